package exitbox.recorder.kernel;

import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import java.lang.foreign.Arena;
import java.util.List;

/// Makes counters as the kernel might have them.
public final class Counts {
    private static final int COLUMNS = 6;

    private final int cpus;
    private final long[] values;

    public Counts(int cpus) {
        this.cpus = cpus;
        this.values = new long[cpus * Counters.TABLES * COLUMNS];
    }

    public Counts lost(int cpu, int table, long lost, long firstBootNs, long lastBootNs, long epoch) {
        int at = (cpu * Counters.TABLES + table) * COLUMNS;
        values[at] = lost; // all that was seen
        values[at + 2] = lost;
        values[at + 3] = firstBootNs;
        values[at + 4] = lastBootNs;
        values[at + 5] = epoch;
        return this;
    }

    public static Tally tally(int cpus) {
        int tables = 8 * Counters.TABLES;
        RecordLayout layout = new RecordLayout("tally", 4 * tables + 16, List.of(new Field("left_out", 0, tables),
                new Field("told_lost", tables, tables), new Field("unwritten", 2 * tables, tables),
                new Field("told_unwritten", 3 * tables, tables), new Field("told_tasks", 4 * tables, 8),
                new Field("left_out_to", 4 * tables + 8, 8)));
        return new Tally(Arena.ofAuto().allocate((long) layout.size() * cpus, 8), layout);
    }

    public Counters counters() {
        return new Counters(cpus, values.clone());
    }
}
