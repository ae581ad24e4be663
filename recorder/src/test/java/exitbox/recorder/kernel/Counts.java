package exitbox.recorder.kernel;

import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Makes counters as the kernel might have them.
public final class Counts {
    private static final int COLUMNS = 6;
    private static final int TABLES = 8 * Counters.TABLES;

    /// `struct tally`.
    public static final RecordLayout TALLY = new RecordLayout("tally", 6 * TABLES + 64, List.of(new Field("left_out", 0, 2 * TABLES),
            new Field("unwritten", 2 * TABLES, 2 * TABLES), new Field("told_tasks", 4 * TABLES, 16),
            new Field("taken_to", 4 * TABLES + 16, 32), new Field("holds", 4 * TABLES + 48, 8), new Field("open_spool", 4 * TABLES + 56, 8),
            new Field("told_lost", 4 * TABLES + 64, TABLES), new Field("told_unwritten", 5 * TABLES + 64, TABLES)));

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
        return tally(cpus, Arena.ofAuto().allocate((long) TALLY.size() * cpus, 8));
    }

    /// What another has left in this memory.
    public static Tally tally(int cpus, MemorySegment memory) {
        return new Tally(memory, cpus, TALLY);
    }

    public Counters counters() {
        return new Counters(cpus, values.clone());
    }
}
