package exitbox.analyzer.replay;

import exitbox.analyzer.dialect.EventTool;
import exitbox.analyzer.dialect.ExitTool;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A form that events are replayed in: the columns it needs, and how it writes them.
public sealed interface Dialect permits TextDialect, JsonDialect, ToolDialect, EventToolDialect, EventDialect {
    /// The names in a query that its rows come from.
    default Set<String> sources() {
        return Set.of("deaths");
    }

    /// The columns it asks for that cost a look elsewhere, see [Reading#provide].
    default Set<String> asked() {
        return Set.of();
    }

    /// The query for its rows, without an order.
    String query(Reading reading);

    /// Whether it counts its lines itself, as not every row makes one.
    default boolean limitsItself() {
        return false;
    }

    /// Writes all rows; returns how many events there were.
    long write(Rows rows, TextOut out, ZoneId zone, Paint paint);

    /// The dialect of the program's own that has this name; null when there is none.
    ///
    /// @param screenWidth the terminal's columns; 0 when the lines go elsewhere
    static Dialect of(String name, int screenWidth) {
        return switch (name) {
            case "text" -> new TextDialect(screenWidth);
            case "json" -> new JsonDialect();
            default -> null;
        };
    }

    static List<String> names() {
        List<String> names = new ArrayList<>(List.of("text", "json"));
        names.addAll(ExitTool.names());
        names.addAll(EventTool.names());
        return names;
    }
}
