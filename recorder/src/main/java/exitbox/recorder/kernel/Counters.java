package exitbox.recorder.kernel;

import exitbox.schemas.layout.RecordLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;

/// What the kernel counted until one moment, per CPU and table number (0 to 15): every event that a hook saw was
/// written into the ring, filtered, or lost. What the recorder itself left out ([Tally]) counts as filtered. Counts only
/// grow while a probe lives.
///
/// A snapshot is exact once the probe is detached, nothing is between `seen` and the ring and nothing waits in it; before,
/// an event under way on another CPU can be counted as seen and not yet as lost.
public final class Counters {

    public static final int TABLES = 16;

    private final int cpus;
    private final long[] values; // [cpu][table][Column]

    Counters(int cpus, long[] values) {
        this.cpus = cpus;
        this.values = values;
    }

    /// CPUs that the kernel could have, present or not.
    public int cpus() {
        return cpus;
    }

    public long seen(int cpu, int table) {
        return at(cpu, table, Column.SEEN);
    }

    public long filtered(int cpu, int table) {
        return at(cpu, table, Column.FILTERED);
    }

    public long lost(int cpu, int table) {
        return at(cpu, table, Column.LOST);
    }

    /// When the first loss of [#epoch] happened.
    public long firstLostBootNs(int cpu, int table) {
        return at(cpu, table, Column.FIRST_LOST_BOOT_NS);
    }

    public long lastLostBootNs(int cpu, int table) {
        return at(cpu, table, Column.LAST_LOST_BOOT_NS);
    }

    /// The loss epoch ([Control#lossEpoch]) of the newest loss: a first loss of an older epoch was reported before.
    public long epoch(int cpu, int table) {
        return at(cpu, table, Column.EPOCH);
    }

    /// Summed over CPUs.
    public long seen(int table) {
        return sum(table, Column.SEEN);
    }

    /// Summed over CPUs.
    public long filtered(int table) {
        return sum(table, Column.FILTERED);
    }

    /// Summed over CPUs.
    public long lost(int table) {
        return sum(table, Column.LOST);
    }

    private long at(int cpu, int table, Column column) {
        return values[(cpu * TABLES + table) * Column.COUNT + column.ordinal()];
    }

    private long sum(int table, Column column) {
        long sum = 0;
        for (int cpu = 0; cpu < cpus; cpu++) {
            sum += at(cpu, table, column);
        }
        return sum;
    }

    private enum Column {
        SEEN, FILTERED, LOST, FIRST_LOST_BOOT_NS, LAST_LOST_BOOT_NS, EPOCH;

        static final int COUNT = values().length;
    }

    /// Reads the per-CPU map `counters`, and adds what was left out. One thread at a time.
    static final class Reader {

        private final int fd;
        private final Tally tally;
        private final int cpus = LibBpf.libbpf_num_possible_cpus();
        private final int stride;
        private final int[] offsets = new int[Column.COUNT];
        private final MemorySegment key;
        private final MemorySegment values;

        Reader(int fd, RecordLayout layout, Tally tally, Arena arena) {
            this.fd = fd;
            this.tally = tally;
            this.stride = (layout.size() + 7) & -8; // the kernel's distance between two CPUs' values
            for (Column column : Column.values()) {
                offsets[column.ordinal()] = layout.field(column.name().toLowerCase(Locale.ROOT)).offset();
            }
            this.key = arena.allocate(4, 4);
            this.values = arena.allocate((long) cpus * stride, 8);
        }

        Counters read() {
            long[] all = new long[cpus * TABLES * Column.COUNT];
            for (int table = 0; table < TABLES; table++) {
                key.set(ValueLayout.JAVA_INT, 0, table);
                if (LibBpf.bpf_map_lookup_elem(fd, key, values) != 0) {
                    throw new IllegalStateException("cannot read the counters: " + Errno.name(Native.errno()));
                }
                for (int cpu = 0; cpu < cpus; cpu++) {
                    for (int i = 0; i < Column.COUNT; i++) {
                        all[(cpu * TABLES + table) * Column.COUNT + i] = values.get(ValueLayout.JAVA_LONG, (long) cpu * stride
                                + offsets[i]);
                    }
                    all[(cpu * TABLES + table) * Column.COUNT + Column.FILTERED.ordinal()] += tally.leftOut(cpu, table);
                }
            }
            return new Counters(cpus, all);
        }
    }
}
