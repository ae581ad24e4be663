package exitbox.recorder.kernel;

import java.lang.foreign.Arena;

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

    public static LeftOut leftOut(int cpus) {
        return new LeftOut(Arena.ofAuto().allocate(8L * Counters.TABLES * cpus, 8));
    }

    public Counters counters() {
        return new Counters(cpus, values.clone());
    }
}
