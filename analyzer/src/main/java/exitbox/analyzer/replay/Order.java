package exitbox.analyzer.replay;

import exitbox.analyzer.recording.Boots;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Session;
import java.util.ArrayList;
import java.util.List;

/// The order of events. Within a boot it is that of CLOCK_BOOTTIME, which no one can set; boots of one host follow
/// each other; events of several hosts can be put in order by their wall clocks only.
public final class Order {
    private Order() {}

    /// The ORDER BY clause for rows with the columns that every table has.
    public static String by(Reading reading, boolean newestFirst) {
        List<String> keys = new ArrayList<>();
        List<String> boots = reading.boots().stream().map(Boots.Boot::id).toList();
        if (reading.hosts().size() > 1) {
            keys.add("ts");
            keys.add("host");
        } else if (boots.size() > 1) {
            keys.add("list_position([" + String.join(", ", boots.stream().map(Session::quote).toList()) + "], boot_id)");
        }
        keys.add("boot_ns");
        keys.add("seq");
        String direction = newestFirst ? " DESC" : "";
        return " ORDER BY " + String.join(direction + ", ", keys) + direction;
    }
}
