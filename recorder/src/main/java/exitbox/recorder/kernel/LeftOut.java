package exitbox.recorder.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Events that the recorder took from a ring and kept out of the recording, per CPU and table: [Counters] have them among
/// the filtered. They are counted beside the kernel's own counters, and live as long as those. One thread; valid as long
/// as its [Probe].
public final class LeftOut {
    private static final long CPU_BYTES = 8L * Counters.TABLES;

    private final MemorySegment counts;

    LeftOut(MemorySegment counts) {
        this.counts = counts;
    }

    static LeftOut map(int fd, Arena arena) {
        long page = LibC.getpagesize();
        long bytes = LibBpf.libbpf_num_possible_cpus() * CPU_BYTES;
        return new LeftOut(Mapping.map(fd, 0, (bytes + page - 1) & -page, LibC.PROT_READ | LibC.PROT_WRITE, arena));
    }

    public void add(int cpu, int table, long events) {
        counts.set(ValueLayout.JAVA_LONG, place(cpu, table), of(cpu, table) + events);
    }

    public long of(int cpu, int table) {
        return counts.get(ValueLayout.JAVA_LONG, place(cpu, table));
    }

    private static long place(int cpu, int table) {
        return cpu * CPU_BYTES + 8L * table;
    }
}
