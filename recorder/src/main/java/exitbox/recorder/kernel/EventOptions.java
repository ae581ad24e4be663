package exitbox.recorder.kernel;

import java.util.EnumSet;
import java.util.Set;

/// What is recorded beside deaths.
///
/// @param hooks what to attach
/// @param ringBytes size of the ring for execs, forks, signals and waits; as [ProbeOptions#ringBytes]
/// @param allSignals every signal, not only those that end processes as a rule
/// @param runqMinNs the shortest wait for a CPU that is recorded
/// @param maxArgsBytes how much of a program's arguments is kept; 0 none
public record EventOptions(Set<EventHook> hooks, long ringBytes, boolean allSignals, long runqMinNs, int maxArgsBytes) {

    public static final long DEFAULT_RING_BYTES = 32L << 20;

    /// The most that the kernel's programs can keep of a program's arguments.
    public static final int MAX_ARGS_BYTES = 128 << 10;

    public EventOptions {
        hooks = Set.copyOf(hooks);
        String problem = ProbeOptions.ringProblem(ringBytes);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
    }

    /// Deaths only.
    public static EventOptions none() {
        return of(EnumSet.noneOf(EventHook.class));
    }

    /// These hooks, each with its defaults.
    public static EventOptions of(Set<EventHook> hooks) {
        return new EventOptions(hooks, DEFAULT_RING_BYTES, false, 0, MAX_ARGS_BYTES);
    }

    /// What the ring takes: one that nothing is written to is as small as the kernel allows.
    long neededRingBytes() {
        boolean used = hooks.stream().anyMatch(hook -> hook != EventHook.OOM && hook != EventHook.TASKS);
        return used ? ringBytes : LibC.getpagesize();
    }
}
