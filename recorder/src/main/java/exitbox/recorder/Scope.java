package exitbox.recorder;

import exitbox.recorder.kernel.Followed;
import exitbox.recorder.kernel.Probe;
import java.util.List;

/// Which processes a run records: all, or some with all that they start.
interface Scope {
    /// All of the machine, until somebody says stop.
    Scope MACHINE = new Scope() {};

    /// Whether only those processes are recorded that [Probe#followed] has, and their descendants.
    default boolean some() {
        return false;
    }

    /// As the recording says what it left out.
    default List<String> filters() {
        return List.of();
    }

    /// Whether the terminal belongs to somebody else while the run lasts: its lines and its signals.
    default boolean quiet() {
        return false;
    }

    /// Throws a [Failure] where the kernel's programs cannot tell those processes.
    static void checkNumbers() {
        if (!Followed.isPossible()) {
            throw new Failure(Failure.BPF_REFUSED, "cannot follow processes: the kernel knows those of this PID namespace by other numbers"
                    + " — run exitbox outside of the container", null);
        }
    }

    /// The hooks are attached, nothing is on disk yet.
    default void armed(Probe probe) {}

    /// The run stands on disk, and what happens from now on is recorded. On the drain's thread.
    default void begun(Probe probe, Orders orders) {}

    /// Nothing is recorded any more, and all that was is written.
    default void ended() {}
}
