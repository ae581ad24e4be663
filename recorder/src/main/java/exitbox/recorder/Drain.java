package exitbox.recorder;

import exitbox.recorder.kernel.Clock;
import exitbox.recorder.kernel.Counters;
import exitbox.recorder.kernel.Probe;
import exitbox.recorder.kernel.Wait;
import exitbox.schemas.contract.Table;
import exitbox.schemas.spool.ClockPair;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The one thread between kernel and spool: copies what waits ([Intake]), sends a heartbeat through the ring once a second,
/// writes losses and clock steps, and rotates when that is due. It never waits for fsync or sealing.
final class Drain {
    private static final long BEAT_NS = 1_000_000_000L;
    // While events come, their spool is this fresh; a ring that fills up wakes the thread earlier by itself.
    private static final int BUSY_MILLIS = 100;

    private final Probe probe;
    private final Intake intake;
    private final Wait wait;
    private final Clock clock = new Clock();
    private final Spools spools;
    private final Retirement retirement;
    private final Rotation rotation;
    private final Run run;
    private final Progress progress;
    private final Service service;
    private final ClockWatch clockWatch;
    private final Losses losses;

    private SpoolHeader header;
    private volatile Open open;
    private long seq;
    private long recursionMisses;
    private long snapshotBootNs;
    private boolean listening = true;
    private volatile String stopReason;
    private volatile boolean rotateNow;
    private volatile Runnable rotated;
    private long heartbeats;

    /// The open spool, the number of its first row, and what its name stood for when it was made.
    private record Open(SpoolWriter spool, long firstSeq, Object fileKey) {
        boolean stands() throws IOException {
            return Objects.equals(fileKey, Drain.fileKey(spool));
        }
    }

    Drain(Probe probe, Intake intake, Wait wait, Spools spools, Retirement retirement, Rotation rotation, Run run, SpoolHeader header,
            Progress progress, Service service) {
        this.probe = probe;
        this.intake = intake;
        this.wait = wait;
        this.spools = spools;
        this.retirement = retirement;
        this.rotation = rotation;
        this.run = run;
        this.progress = progress;
        this.service = service;
        this.header = header;
        this.seq = spools.nextSeq();
        this.clockWatch = new ClockWatch(header.clock(), clock.sleepNs());
        this.losses = new Losses(probe.counters(), clock.bootNs());
    }

    /// Ends the loop soon; from any thread. The first reason counts.
    void stop(String reason) {
        if (stopReason == null) {
            stopReason = reason;
        }
        wake();
    }

    /// Closes the spool soon and has it sealed; from any thread.
    void rotate() {
        rotateNow = true;
        wake();
    }

    /// The same, and says when the next one stands.
    void rotate(Runnable then) {
        rotated = then;
        rotate();
    }

    /// Has it look at the rings now; from any thread.
    synchronized void wake() {
        if (listening) {
            wait.wake();
        }
    }

    /// From now on nobody is woken: what [Wait] has may be given back.
    synchronized void stopListening() {
        listening = false;
    }

    /// The open spool.
    Path spool() {
        return open.spool().path();
    }

    /// Brings the open spool to the disk; for a thread that does nothing else. Throws when that failed, and when the
    /// file is there no more, for then what is written goes nowhere.
    void sync() throws IOException {
        Open now = open;
        if (now == null) {
            return;
        }
        try {
            now.spool().force();
            if (!now.stands() && now == open) {
                throw new NoSuchFileException(now.spool().path().toString(), null, "the file was removed or replaced");
            }
        } catch (ClosedChannelException e) {
            // Rotated meanwhile: whoever closed it had brought it to the disk before.
        }
    }

    /// Records until [#stop] is called or the time is over, then ends the events, empties the ring, and writes the
    /// stop row with the kernel's last counts. Looks at the ring at least every `idle`, also when nothing happens.
    /// Calls `begun` when the run stands on disk.
    void record(Duration limit, Duration idle, Runnable begun) throws IOException {
        begin();
        // A sign of life from before whatever begins now.
        beat();
        begun.run();
        long idleMillis = Math.max(idle.toMillis(), 1);
        long started = clock.bootNs();
        long end = limit == null ? Long.MAX_VALUE : started + limit.toNanos();
        long nextBeat = started + BEAT_NS;
        while (stopReason == null) {
            long now = clock.bootNs();
            if (now >= end) {
                stop("duration");
            }
            long own = 0;
            if (now >= nextBeat) {
                beat();
                own = 1;
                nextBeat = now + BEAT_NS;
            }
            boolean busy = drain() > own;
            if (rotateNow || rotation.due(header.clock(), open.spool().bytes(), now, clock.realNs())) {
                rotateNow = false;
                nextSpool();
                tellRotated();
            }
            long untilMillis = Math.max(Math.min(nextBeat, end) - clock.bootNs(), 0) / 1_000_000 + 1;
            int happened = wait.await((int) Math.min(untilMillis, busy ? Math.min(BUSY_MILLIS, idleMillis) : idleMillis));
            if ((happened & Wait.CLOCK_SET) != 0) {
                watchClock();
            }
        }
        probe.detach();
        while (drain() > 0) {
            // until nothing is left
        }
        beat();
        Counters last = probe.counters();
        reportLosses(last);
        drain();
        reportRecursion();
        append(Table.RUNS, run.stop(stopReason, last));
        retirement.submit(open.spool());
    }

    private void begin() throws IOException {
        open = newSpool();
        // Not now: deaths have been seen since.
        open.spool().appendRow(Table.RUNS, probe.armedMonoNs(), probe.armedBootNs(), seq++, run.start(probe));
        if (spools.missingEnd() != null) {
            append(Table.GAPS, spools.missingEnd());
        }
        snapshot();
    }

    /// What is alive from before the hooks were attached, or a rotation later what still is.
    private void snapshot() throws IOException {
        snapshotBootNs = header.clock().bootNs();
        seq += intake.snapshot(open.spool(), seq);
    }

    /// Moves what waits into the spool, at most a ring's worth; returns how many rows.
    private long drain() throws IOException {
        long rows = intake.drain(open.spool(), seq);
        seq += rows;
        if (intake.heartbeats() > heartbeats) {
            heartbeats = intake.heartbeats();
            service.heartbeat(clock.bootNs(), clock.realNs(), progress::status);
        }
        return rows;
    }

    private void beat() throws IOException {
        watchClock();
        Counters counters = probe.counters();
        reportLosses(counters);
        long bytes = open.spool().bytes();
        probe.heartbeat(clock.pair(), counters, bytes);
        progress.beat(Vitals.of(probe, counters, bytes, header.clock().bootNs(), retirement.bytes()));
    }

    private void reportLosses(Counters counters) throws IOException {
        long epoch = probe.control().lossEpoch();
        List<Map<String, Object>> gaps = losses.since(counters, epoch, clock.bootNs());
        for (Map<String, Object> gap : gaps) {
            append(Table.GAPS, gap);
        }
        if (!gaps.isEmpty()) {
            probe.control().lossEpoch(epoch + 1);
        }
    }

    /// Events that no hook saw: the kernel does not run a program inside itself, and counts that.
    private void reportRecursion() throws IOException {
        long misses = probe.recursionMisses();
        if (misses > recursionMisses) {
            Map<String, Object> gap = new LinkedHashMap<>();
            gap.put("count", misses - recursionMisses);
            gap.put("first_boot_ns", header.clock().bootNs());
            gap.put("last_boot_ns", clock.bootNs());
            gap.put("cause", "recursion");
            append(Table.GAPS, gap);
            recursionMisses = misses;
        }
    }

    /// Clock steps are written before the events that wait in the ring, so that a decoder knows them when it comes
    /// to the events.
    private void watchClock() throws IOException {
        ClockPair now = clock.pair();
        Map<String, Object> suspend = clockWatch.suspend(now, clock.sleepNs());
        if (suspend != null) {
            append(Table.CLOCK_STEPS, suspend);
        }
        Map<String, Object> set = clockWatch.set(now);
        if (set != null) {
            append(Table.CLOCK_STEPS, set);
        }
    }

    /// From here on the kernel names each cgroup once more, so that the new spool can be read by itself. That comes
    /// last: what is named before it is drained into the old spool, what is named after it into the new one.
    private void nextSpool() throws IOException {
        Open old = open;
        reportRecursion();
        header = header.withNumber(0, clock.pair());
        Open next = newSpool();
        drain();
        probe.control().namesEpoch(probe.control().namesEpoch() + 1);
        if (old.stands()) {
            open = new Open(next.spool(), seq, next.fileKey());
            retirement.submit(old.spool());
        } else {
            beginAgain(old, next);
        }
        if (header.clock().bootNs() - snapshotBootNs >= rotation.age().toNanos()) {
            snapshot();
        }
    }

    private void tellRotated() {
        Runnable then = rotated;
        if (then != null) {
            rotated = null;
            then.run();
        }
    }

    private Open newSpool() throws IOException {
        SpoolWriter spool = spools.create(header);
        return new Open(spool, seq, fileKey(spool));
    }

    /// Goes on after a spool that was taken away: its rows are a known loss, and their numbers are given once more.
    private void beginAgain(Open old, Open next) throws IOException {
        old.spool().close();
        Map<String, Object> gap = new LinkedHashMap<>();
        gap.put("count", seq - old.firstSeq());
        gap.put("first_boot_ns", old.spool().header().clock().bootNs());
        gap.put("last_boot_ns", header.clock().bootNs());
        gap.put("cause", "removed");
        gap.put("detail", "spool " + old.spool().path().getFileName() + " was removed or replaced before it was sealed");
        seq = old.firstSeq();
        open = new Open(next.spool(), seq, next.fileKey());
        append(Table.GAPS, gap);
    }

    /// Device and inode; null when there is no such file any more.
    private static Object fileKey(SpoolWriter spool) throws IOException {
        try {
            return Files.readAttributes(spool.path(), BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private void append(Table table, Map<String, Object> row) throws IOException {
        open.spool().appendRow(table, clock.monoNs(), clock.bootNs(), seq, row);
        seq++;
    }
}
