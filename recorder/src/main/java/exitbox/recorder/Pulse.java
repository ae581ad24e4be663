package exitbox.recorder;

import exitbox.recorder.kernel.Clock;
import exitbox.recorder.kernel.Counters;
import exitbox.recorder.kernel.Probe;
import exitbox.schemas.contract.Table;
import exitbox.schemas.spool.ClockPair;
import exitbox.schemas.spool.SpoolTail;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What is done once a second, whatever happens: a heartbeat is sent through the ring, and what was lost since the last one, and
/// steps of the clock, become rows.
final class Pulse {
    private static final long BEAT_NS = 1_000_000_000L;
    // Not a column: all that a row and those before it tell of, for a recorder that takes over.
    private static final String RECURSION_TOTAL = "recursion_total";

    private final Probe probe;
    private final Clock clock;
    private final OpenSpool spool;
    private final Losses losses;
    private final ClockWatch clockWatch;
    private final Shortage shortage;
    private final Retirement retirement;
    private final Progress progress;

    private long recursionMisses;
    private long nextNs;

    Pulse(Probe probe, Clock clock, OpenSpool spool, Losses losses, ClockWatch clockWatch, Shortage shortage, Retirement retirement,
            Progress progress) {
        this.probe = probe;
        this.clock = clock;
        this.spool = spool;
        this.losses = losses;
        this.clockWatch = clockWatch;
        this.shortage = shortage;
        this.retirement = retirement;
        this.progress = progress;
    }

    /// When the next one is due.
    long nextNs() {
        return nextNs;
    }

    boolean isDue(long nowNs) {
        return nowNs >= nextNs;
    }

    /// Puts the next one off for a second.
    void putOff(long nowNs) {
        nextNs = nowNs + BEAT_NS;
    }

    /// After a pause the first one tells the sum.
    void beat() throws IOException {
        putOff(clock.bootNs());
        Counters counters = probe.counters();
        if (!shortage.pausing()) {
            watchClock();
            oweLosses(counters);
            spool.pay();
        }
        long bytes = spool.bytes();
        probe.heartbeat(clock.pair(), counters, bytes);
        progress.beat(Vitals.of(probe, counters, shortage.unwritten().totals(), bytes, spool.began().bootNs(), retirement.bytes()));
    }

    /// Clock steps are written before the events that wait in the ring, so that a decoder knows them when it comes
    /// to the events.
    void watchClock() throws IOException {
        ClockPair now = clock.pair();
        Map<String, Object> suspend = clockWatch.suspend(now, clock.sleepNs());
        if (suspend != null) {
            spool.append(Table.CLOCK_STEPS, suspend);
        }
        Map<String, Object> set = clockWatch.set(now);
        if (set != null) {
            spool.append(Table.CLOCK_STEPS, set);
        }
    }

    void oweLosses(Counters counters) {
        Map<String, Object> notFollowed = losses.notFollowed(probe.control().notFollowed(), clock.bootNs());
        if (notFollowed != null) {
            spool.owe(Table.GAPS, notFollowed);
            progress.say((String) notFollowed.get("detail"));
        }
        long epoch = probe.control().lossEpoch();
        List<Map<String, Object>> gaps = losses.since(counters, epoch, clock.bootNs());
        gaps.forEach(gap -> spool.owe(Table.GAPS, gap));
        if (!gaps.isEmpty()) {
            probe.control().lossEpoch(epoch + 1);
        }
    }

    /// Events that no hook saw: the kernel does not run a program inside itself, and counts that.
    void oweRecursion() {
        long misses = probe.recursionMisses();
        if (misses > recursionMisses) {
            Map<String, Object> gap = new LinkedHashMap<>();
            gap.put("count", misses - recursionMisses);
            gap.put("first_boot_ns", spool.began().bootNs());
            gap.put("last_boot_ns", clock.bootNs());
            gap.put("cause", "recursion");
            gap.put(RECURSION_TOTAL, misses);
            recursionMisses = misses;
            spool.owe(Table.GAPS, gap);
        }
    }

    /// A row of `gaps` is written.
    void told(Map<String, Object> gap) {
        if (gap.get(RECURSION_TOTAL) instanceof Long total) {
            probe.control().recursionReported(Math.max(total, probe.control().recursionReported()));
        }
    }

    /// Goes on behind what the recorder before this one has told of, and behind its last look at the clock.
    ///
    /// @param left its last spool; null when that is gone
    void resume(SpoolTail left) {
        if (left != null) {
            left.gaps().forEach(this::told);
            clockWatch.resume(left.clock(), left.sleepNs());
        }
        recursionMisses = probe.control().recursionReported();
    }
}
