package exitbox.analyzer.live;

import exitbox.schemas.contract.Table;
import exitbox.schemas.rows.Batch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Collects what followers hand out, table by table, and puts the ends of processes and threads in the order of time.
final class Events {
    private static final Comparator<Event> ORDER = Comparator.comparingLong((Event event) -> event.number("boot_ns", 0))
            .thenComparingLong(event -> event.number("seq", 0));

    private List<Event> ends = new ArrayList<>();
    private List<Event> others = new ArrayList<>();

    /// Takes a batch's rows from this seq on. Heartbeats tell nothing that a line shows.
    void accept(Batch batch, long firstSeq) {
        Table table = batch.table().table();
        if (table == Table.HEARTBEATS) {
            return;
        }
        List<Event> kind = table == Table.EXITS || table == Table.THREAD_EXITS ? ends : others;
        for (Event event : Event.of(batch)) {
            if (event.number("seq", 0) >= firstSeq) {
                kind.add(event);
            }
        }
    }

    /// The ends that came since the last call, the earliest first.
    List<Event> ends() {
        List<Event> taken = ends;
        ends = new ArrayList<>();
        taken.sort(ORDER);
        return taken;
    }

    /// The rows of `runs`, `gaps` and `clock_steps` that came since the last call.
    List<Event> others() {
        List<Event> taken = others;
        others = new ArrayList<>();
        return taken;
    }
}
