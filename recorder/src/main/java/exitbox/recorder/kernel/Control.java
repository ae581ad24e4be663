package exitbox.recorder.kernel;

import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// The page shared with the BPF programs, through which user space steers them while they run.
/// Valid as long as its [Probe].
public final class Control {

    private final MemorySegment memory;
    private final long namesEpoch;
    private final long lossEpoch;
    private final long recursionReported;
    private final long seeding;
    private final long adopted;
    private final long follows;
    private final long notFollowed;

    Control(int fd, RecordLayout layout, Arena arena) {
        this.memory = Mapping.map(fd, 0, LibC.getpagesize(), LibC.PROT_READ | LibC.PROT_WRITE, arena);
        this.namesEpoch = layout.field("names_epoch").offset();
        this.lossEpoch = layout.field("loss_epoch").offset();
        this.recursionReported = layout.field("recursion_reported").offset();
        this.seeding = offset(layout, "seeding");
        this.adopted = offset(layout, "adopted");
        this.follows = offset(layout, "follows");
        this.notFollowed = offset(layout, "not_followed");
    }

    /// -1 for what programs of an older version lack, which are pinned: they follow nobody.
    private static long offset(RecordLayout layout, String field) {
        Field found = layout.find(field);
        return found == null ? -1 : found.offset();
    }

    public long namesEpoch() {
        return get(namesEpoch);
    }

    /// From now on each cgroup's name is sent once more, before the first record that needs it: a new spool began.
    /// Events already under way may still go without.
    public void namesEpoch(long epoch) {
        set(namesEpoch, epoch);
    }

    public long lossEpoch() {
        return get(lossEpoch);
    }

    /// The next loss of each CPU and table is again a first one: earlier losses have been reported.
    public void lossEpoch(long epoch) {
        set(lossEpoch, epoch);
    }

    /// How many of the runs that the kernel skipped ([Probe#recursionMisses]) the recording tells of.
    public long recursionReported() {
        return get(recursionReported);
    }

    /// Kept here for a recorder that takes over.
    public void recursionReported(long misses) {
        set(recursionReported, misses);
    }

    /// Whether [Followed] keeps the dead, while an [Adoption] lasts.
    void seeding(boolean lasts) {
        set(seeding, lasts ? 1 : 0);
    }

    /// Processes that were found alive and taken into [Followed] up to now.
    long adopted() {
        return get(adopted);
    }

    /// Processes that came to be followed by descent, up to now: counted before they are.
    public long follows() {
        return get(follows);
    }

    /// Processes that should be followed and were not, for want of room, up to now.
    public long notFollowed() {
        return get(notFollowed);
    }

    private long get(long offset) {
        if (offset < 0) {
            return 0;
        }
        long value = memory.get(ValueLayout.JAVA_LONG, offset);
        VarHandle.acquireFence();
        return value;
    }

    private void set(long offset, long value) {
        VarHandle.releaseFence();
        memory.set(ValueLayout.JAVA_LONG, offset, value);
    }
}
