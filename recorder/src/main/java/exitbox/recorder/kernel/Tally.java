package exitbox.recorder.kernel;

import exitbox.schemas.layout.RecordLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// What the recording tells of the kernel's counts, per CPU and table number: events that the recorder took from a ring and
/// left out ([Counters] have them among the filtered) or had no room for, losses that rows of `gaps` tell, and the processes
/// alive. It lies beside the kernel's counters and lives as long as those, so that a recorder that takes over knows. One
/// thread; valid as long as its [Probe].
///
/// What is taken from the rings counts from [#settle] on, with the position up to which it was taken, all or nothing: a
/// recorder that is killed before has counted none of it.
public final class Tally {
    private final MemorySegment memory;
    private final int cpus;
    private final int cpuBytes;
    private final Pair leftOut;
    private final Pair unwritten;
    private final Pair toldTasks;
    private final Pair takenTo;
    private final int holds;
    private final int openSpool;
    private final int toldLost;
    private final int toldUnwritten;

    /// Two times the same: what holds and what will.
    private record Pair(int offset, int size) {
        static Pair of(RecordLayout layout, String name) {
            return new Pair(layout.field(name).offset(), layout.field(name).size() / 2);
        }
    }

    Tally(MemorySegment memory, int cpus, RecordLayout layout) {
        this.memory = memory;
        this.cpus = cpus;
        this.cpuBytes = layout.size();
        this.leftOut = Pair.of(layout, "left_out");
        this.unwritten = Pair.of(layout, "unwritten");
        this.toldTasks = Pair.of(layout, "told_tasks");
        this.takenTo = Pair.of(layout, "taken_to");
        this.holds = layout.field("holds").offset();
        this.openSpool = layout.field("open_spool").offset();
        this.toldLost = layout.field("told_lost").offset();
        this.toldUnwritten = layout.field("told_unwritten").offset();
        level();
    }

    static Tally map(int fd, RecordLayout layout, Arena arena) {
        long page = LibC.getpagesize();
        int cpus = LibBpf.libbpf_num_possible_cpus();
        long bytes = (long) cpus * layout.size();
        return new Tally(Mapping.map(fd, 0, (bytes + page - 1) & -page, LibC.PROT_READ | LibC.PROT_WRITE, arena), cpus, layout);
    }

    public long leftOut(int cpu, int table) {
        return held(cpu, leftOut, table);
    }

    /// From the next [#settle] on.
    public void leaveOut(int cpu, int table, long events) {
        add(cpu, leftOut, table, events);
    }

    /// Events that were taken from a ring and not written, because there was no room for them.
    public long unwritten(int cpu, int table) {
        return held(cpu, unwritten, table);
    }

    /// One more, from the next [#settle] on.
    public void notWritten(int cpu, int table) {
        add(cpu, unwritten, table, 1);
    }

    /// How many rows of tasks the kernel had made when their last snapshot was whole.
    public long toldTasks(int cpu) {
        return held(cpu, toldTasks, 0);
    }

    /// From the next [#settle] on.
    public void toldTasks(int cpu, long rows) {
        set(cpu, next(toldTasks, 0), rows);
    }

    /// The position in a ring up to which all this counts.
    public long takenTo(int ring) {
        return held(0, takenTo, ring);
    }

    /// From now on it holds what was counted. (None of it stood in a ring.)
    public void settle() {
        VarHandle.releaseFence();
        set(0, holds, 1 - held());
        VarHandle.releaseFence();
        level();
    }

    /// The same, up to a position in a ring.
    public void settle(int ring, long to) {
        set(0, next(takenTo, ring), to);
        settle();
    }

    /// The number of the spool that takes what the rings give; 0 before the first.
    public long openSpool() {
        return get(0, openSpool);
    }

    public void openSpool(long number) {
        set(0, openSpool, number);
    }

    public long toldLost(int cpu, int table) {
        return get(cpu, toldLost + 8 * table);
    }

    public void toldLost(int cpu, int table, long events) {
        set(cpu, toldLost + 8 * table, events);
    }

    public long toldUnwritten(int cpu, int table) {
        return get(cpu, toldUnwritten + 8 * table);
    }

    public void toldUnwritten(int cpu, int table, long events) {
        set(cpu, toldUnwritten + 8 * table, events);
    }

    /// Makes what will hold what holds.
    private void level() {
        for (int cpu = 0; cpu < cpus; cpu++) {
            level(cpu, leftOut);
            level(cpu, unwritten);
            level(cpu, toldTasks);
        }
        level(0, takenTo);
    }

    private void level(int cpu, Pair pair) {
        long element = (long) cpu * cpuBytes;
        MemorySegment.copy(memory, element + pair.offset + held() * pair.size, memory, element + next(pair, 0), pair.size);
    }

    private int held() {
        return (int) get(0, holds) & 1;
    }

    private long held(int cpu, Pair pair, int index) {
        return get(cpu, pair.offset + held() * pair.size + 8 * index);
    }

    private int next(Pair pair, int index) {
        return pair.offset + (1 - held()) * pair.size + 8 * index;
    }

    private void add(int cpu, Pair pair, int index, long more) {
        int offset = next(pair, index);
        set(cpu, offset, get(cpu, offset) + more);
    }

    private long get(int cpu, int offset) {
        return memory.get(ValueLayout.JAVA_LONG, (long) cpu * cpuBytes + offset);
    }

    private void set(int cpu, int offset, long value) {
        memory.set(ValueLayout.JAVA_LONG, (long) cpu * cpuBytes + offset, value);
    }
}
