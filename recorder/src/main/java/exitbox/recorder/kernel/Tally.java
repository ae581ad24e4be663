package exitbox.recorder.kernel;

import exitbox.schemas.layout.RecordLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What the recording tells of the kernel's counts, per CPU and table number: events that the recorder took from a ring and
/// left out ([Counters] have them among the filtered) or had no room for, losses that rows of `gaps` tell, and the processes alive. It lies beside
/// the kernel's counters and lives as long as those, so that a recorder that takes over knows. One thread; valid as long as
/// its [Probe].
public final class Tally {
    private final MemorySegment memory;
    private final int cpuBytes;
    private final int leftOut;
    private final int toldLost;
    private final int unwritten;
    private final int toldUnwritten;
    private final int toldTasks;
    private final int leftOutTo;

    Tally(MemorySegment memory, RecordLayout layout) {
        this.memory = memory;
        this.cpuBytes = layout.size();
        this.leftOut = layout.field("left_out").offset();
        this.toldLost = layout.field("told_lost").offset();
        this.unwritten = layout.field("unwritten").offset();
        this.toldUnwritten = layout.field("told_unwritten").offset();
        this.toldTasks = layout.field("told_tasks").offset();
        this.leftOutTo = layout.field("left_out_to").offset();
    }

    static Tally map(int fd, RecordLayout layout, Arena arena) {
        long page = LibC.getpagesize();
        long bytes = (long) LibBpf.libbpf_num_possible_cpus() * layout.size();
        return new Tally(Mapping.map(fd, 0, (bytes + page - 1) & -page, LibC.PROT_READ | LibC.PROT_WRITE, arena), layout);
    }

    public long leftOut(int cpu, int table) {
        return get(cpu, leftOut + 8 * table);
    }

    public void leftOut(int cpu, int table, long events) {
        set(cpu, leftOut + 8 * table, events);
    }

    /// The position in the ring of deaths up to which [#leftOut] counts.
    public long leftOutTo() {
        return get(0, leftOutTo);
    }

    public void leftOutTo(long position) {
        set(0, leftOutTo, position);
    }

    public long toldLost(int cpu, int table) {
        return get(cpu, toldLost + 8 * table);
    }

    public void toldLost(int cpu, int table, long events) {
        set(cpu, toldLost + 8 * table, events);
    }

    /// Events that were taken from a ring and not written, because there was no room for them.
    public long unwritten(int cpu, int table) {
        return get(cpu, unwritten + 8 * table);
    }

    public void unwritten(int cpu, int table, long events) {
        set(cpu, unwritten + 8 * table, events);
    }

    public long toldUnwritten(int cpu, int table) {
        return get(cpu, toldUnwritten + 8 * table);
    }

    public void toldUnwritten(int cpu, int table, long events) {
        set(cpu, toldUnwritten + 8 * table, events);
    }

    /// How many rows of tasks the kernel had made when their last snapshot was whole.
    public long toldTasks(int cpu) {
        return get(cpu, toldTasks);
    }

    public void toldTasks(int cpu, long rows) {
        set(cpu, toldTasks, rows);
    }

    private long get(int cpu, int offset) {
        return memory.get(ValueLayout.JAVA_LONG, (long) cpu * cpuBytes + offset);
    }

    private void set(int cpu, int offset, long value) {
        memory.set(ValueLayout.JAVA_LONG, (long) cpu * cpuBytes + offset, value);
    }
}
