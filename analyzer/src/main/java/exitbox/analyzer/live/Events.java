package exitbox.analyzer.live;

import exitbox.schemas.contract.Table;
import exitbox.schemas.rows.Batch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// Collects what followers hand out, table by table, and puts the events that are to be shown in the order of time.
final class Events {
    private static final Comparator<Event> ORDER = Comparator.comparingLong((Event event) -> event.number("boot_ns", 0))
            .thenComparingLong(event -> event.number("seq", 0));

    private final Set<Table> shown;
    private List<Event> events = new ArrayList<>();
    private List<Event> others = new ArrayList<>();

    /// @param shown the tables whose rows may be shown
    Events(Set<Table> shown) {
        this.shown = shown;
    }

    /// Takes a batch's rows from this seq on.
    void accept(Batch batch, long firstSeq) {
        Table table = batch.table().table();
        boolean told = table == Table.RUNS || table == Table.GAPS;
        if (!shown.contains(table) && !told) {
            return;
        }
        for (Event event : Event.of(batch)) {
            if (event.number("seq", 0) >= firstSeq) {
                if (shown.contains(table)) {
                    events.add(event);
                }
                if (told) {
                    others.add(event);
                }
            }
        }
    }

    /// The events to show that came since the last call, the earliest first.
    List<Event> shown() {
        List<Event> taken = events;
        events = new ArrayList<>();
        taken.sort(ORDER);
        return taken;
    }

    /// The rows of `runs` and `gaps` that came since the last call.
    List<Event> others() {
        List<Event> taken = others;
        others = new ArrayList<>();
        return taken;
    }
}
