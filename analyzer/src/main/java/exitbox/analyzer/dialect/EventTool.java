package exitbox.analyzer.dialect;

import exitbox.analyzer.session.Row;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.contract.Table;
import java.time.ZoneId;
import java.util.List;

/// A tracer in wide use of something else than exits: which rows of a table it shows, and its lines, to the byte. Where it
/// is wrong, so are they; what it would not have seen is shown all the same, and [#wrong] tells. What would steer a
/// terminal stands as `\xNN`. Not for several threads.
public abstract sealed class EventTool permits ExecTool, Runqslower, Sigsnoop {
    private final String name;

    EventTool(String name) {
        this.name = name;
    }

    public final String name() {
        return name;
    }

    /// The table whose rows it shows.
    public abstract Table table();

    /// What a line is made of, as SQL over that table.
    public abstract List<String> columns();

    /// The condition on the rows it shows, as far as SQL can tell; "" for none.
    public abstract String condition();

    public abstract void header(TextOut out);

    /// Writes a row's line; false when the tool, with its options, has none for it.
    ///
    /// @param row of [#columns]
    /// @param startMicros when the tool would have been started, microseconds since 1970
    public abstract boolean line(Row row, long startMicros, TextOut out);

    /// What is not right about the line, or that the tool would have had none; null when all is right. The row is the
    /// one that [#line] got last.
    public abstract String wrong(Row row);

    /// What all its lines have to be read with; null when there is nothing to say.
    public String caution() {
        return null;
    }

    /// What the recorder has to be told for the rows of this table, or for those that were asked for; null when it records
    /// them anyway.
    public abstract String recorderOption();

    public static List<String> names() {
        return List.of("execsnoop", "execsnoop-libbpf", "runqslower", "sigsnoop");
    }

    /// The tool of this name; null when there is none.
    ///
    /// @param zone the local one, for tools that print local time
    public static EventTool of(String name, Given given, ZoneId zone) {
        return switch (name) {
            case "execsnoop" -> new Execsnoop(given, zone);
            case "execsnoop-libbpf" -> new ExecsnoopLibbpf(given, zone);
            case "runqslower" -> new Runqslower(given, zone);
            case "sigsnoop" -> new Sigsnoop(given, zone);
            default -> null;
        };
    }

    static String and(List<String> conditions) {
        return String.join(" AND ", conditions);
    }
}
