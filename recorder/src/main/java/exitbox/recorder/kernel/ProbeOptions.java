package exitbox.recorder.kernel;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What the BPF programs are started with. Filters are applied in the kernel, and what they leave out is counted.
///
/// @param ringBytes the size of the ring for deaths and OOM kills: a power of two and a multiple of the page size
/// @param uid only deaths of this user's processes
/// @param cgroup only deaths in the cgroup with this id
/// @param pid only this process's death
/// @param failedOnly only deaths with a status other than 0
/// @param threads every thread's beginning and end, not only leaders that leave early
/// @param hook the only exit hook to try; null for the best one that the kernel has
/// @param events what is recorded beside deaths
/// @param mostFollowed room for the processes that are put into [Probe#followed], and their descendants, when only those are
///     recorded; 0 when all are
public record ProbeOptions(long ringBytes, OptionalLong uid, OptionalLong cgroup, OptionalInt pid, boolean failedOnly, boolean threads,
        ExitHook hook, EventOptions events, int mostFollowed) {

    public static final long DEFAULT_RING_BYTES = 32L << 20;

    private static final long MAX_RING_BYTES = 512L << 20; // mapped twice in a row, it is one buffer

    public ProbeOptions {
        Objects.requireNonNull(uid);
        Objects.requireNonNull(cgroup);
        Objects.requireNonNull(pid);
        Objects.requireNonNull(events);
        String problem = ringProblem(ringBytes);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
    }

    /// All deaths and nothing else, into a ring of the default size.
    public static ProbeOptions deaths() {
        return new ProbeOptions(DEFAULT_RING_BYTES, OptionalLong.empty(), OptionalLong.empty(), OptionalInt.empty(), false, false, null,
                EventOptions.none(), 0);
    }

    public ProbeOptions withRingBytes(long bytes) {
        return new ProbeOptions(bytes, uid, cgroup, pid, failedOnly, threads, hook, events, mostFollowed);
    }

    public ProbeOptions withHook(ExitHook only) {
        return new ProbeOptions(ringBytes, uid, cgroup, pid, failedOnly, threads, only, events, mostFollowed);
    }

    public ProbeOptions withEvents(EventOptions also) {
        return new ProbeOptions(ringBytes, uid, cgroup, pid, failedOnly, threads, hook, also, mostFollowed);
    }

    public ProbeOptions withMostFollowed(int most) {
        return new ProbeOptions(ringBytes, uid, cgroup, pid, failedOnly, threads, hook, events, most);
    }

    /// Writes them where the programs read them, before they are loaded.
    void give(BpfObject.Settings settings) {
        settings.set("uid", uid.orElse(-1));
        settings.set("cgroup", cgroup.orElse(0));
        settings.set("wake_bytes", ringBytes / 4);
        settings.set("page_bytes", LibC.getpagesize());
        settings.set("pid", pid.orElse(0));
        settings.set("failed_only", failedOnly ? 1 : 0);
        settings.set("threads", threads ? 1 : 0);
        settings.set("events_wake_bytes", events.neededRingBytes() / 4);
        settings.set("runq_min_ns", events.runqMinNs());
        settings.set("signals_all", events.allSignals() ? 1 : 0);
        settings.set("max_args_bytes", events.maxArgsBytes());
        settings.set("tree", mostFollowed > 0 ? 1 : 0);
        settings.set("recorder", mostFollowed > 0 ? ProcessHandle.current().pid() : 0);
    }

    /// All of it, for comparing what programs were loaded with.
    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("ring_bytes", ringBytes);
        facts.put("uid", uid.orElse(-1));
        facts.put("cgroup", cgroup.orElse(0));
        facts.put("pid", (long) pid.orElse(0));
        facts.put("failed_only", failedOnly);
        facts.put("threads", threads);
        facts.put("hook", hook == null ? "auto" : hook.word());
        facts.put("most_followed", (long) mostFollowed);
        facts.put("events", events.hooks().stream().map(EventHook::word).sorted().toList());
        facts.put("events_ring_bytes", events.neededRingBytes());
        facts.put("all_signals", events.allSignals());
        facts.put("runq_min_ns", events.runqMinNs());
        facts.put("max_args_bytes", (long) events.maxArgsBytes());
        return facts;
    }

    /// Why the kernel would not make a ring of this size; null when it would.
    public static String ringProblem(long bytes) {
        int page = LibC.getpagesize();
        if (bytes < page || bytes > MAX_RING_BYTES) {
            return bytes + " bytes: a ring has between " + page + " bytes and 512 MiB";
        }
        if (Long.bitCount(bytes) != 1) {
            long below = Long.highestOneBit(bytes);
            return bytes + " bytes: a ring's size is a power of two — try " + (below >> 10) + "K or " + (below >> 9) + "K";
        }
        return null;
    }
}
