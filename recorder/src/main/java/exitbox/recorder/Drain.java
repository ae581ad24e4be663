package exitbox.recorder;

import exitbox.recorder.kernel.Clock;
import exitbox.recorder.kernel.Counters;
import exitbox.recorder.kernel.Pins;
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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The one thread between kernel and spool: copies what waits ([Intake]), sends a heartbeat through the ring once a second,
/// writes losses and clock steps, and rotates when that is due. It never waits for fsync or sealing.
final class Drain {
    private static final long BEAT_NS = 1_000_000_000L;
    private static final long LARGE_SPOOL = 128 << 10;
    // While events come, their spool is this fresh; a ring that fills up wakes the thread earlier by itself.
    private static final int BUSY_MILLIS = 100;

    private final Probe probe;
    private final Intake intake;
    private final Wait wait;
    private final Clock clock = new Clock();
    private final Spools spools;
    private final Retirement retirement;
    private final Rotation rotation;
    private final RunRows run;
    private final Progress progress;
    private final Service service;
    private final Pins pins;
    private final ClockWatch clockWatch;
    private final Losses losses;
    private final Shortage shortage;
    // Rows that are to be written: what they tell is told by nothing else.
    private final Deque<Owed> owed = new ArrayDeque<>();

    private SpoolHeader header;
    private volatile Open open;
    private long seq;
    private long recursionMisses;
    private long snapshotBootNs;
    private long nextBeatNs;
    // A write failed, and none has succeeded since.
    private boolean suspect;
    private boolean listening = true;
    private String lack;
    private volatile String stopReason;
    private volatile boolean rotateNow;
    private volatile Runnable rotated;
    private long heartbeats;
    private volatile boolean leaving;
    // Bytes of the spools that were closed.
    private long spooled;

    /// The open spool, the number of its first row, and what its name stood for when it was made.
    private record Open(SpoolWriter spool, long firstSeq, Object fileKey) {
        boolean stands() throws IOException {
            return Objects.equals(fileKey, Drain.fileKey(spool));
        }
    }

    private record Owed(Table table, Map<String, Object> row) {
    }

    /// @param pins where the programs are pinned when the run stands on disk; null when they are not to outlive this process
    Drain(Probe probe, Pins pins, Intake intake, Wait wait, Spools spools, Retirement retirement, Rotation rotation, RunRows run,
            SpoolHeader header, Progress progress, Service service, Shortage shortage) {
        this.probe = probe;
        this.pins = pins;
        this.intake = intake;
        this.wait = wait;
        this.spools = spools;
        this.retirement = retirement;
        this.rotation = rotation;
        this.run = run;
        this.progress = progress;
        this.service = service;
        this.shortage = shortage;
        this.header = header;
        this.seq = spools.nextSeq();
        this.clockWatch = new ClockWatch(header.clock(), clock.sleepNs());
        this.losses = new Losses(probe.tally(), probe.counters().cpus(), clock.bootNs());
    }

    /// Ends the loop soon; from any thread. The first reason counts.
    void stop(String reason) {
        if (stopReason == null) {
            stopReason = reason;
        }
        wake();
    }

    /// Ends the loop soon. What is pinned stays at work, for a recorder that takes over; from any thread.
    void leave(String reason) {
        leaving = probe.isPinned();
        stop(reason);
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
        nextBeatNs = started + BEAT_NS;
        int happened = 0;
        while (stopReason == null) {
            long now = clock.bootNs();
            if (now >= end) {
                stop("duration");
            }
            boolean busy = false;
            boolean more = false;
            try {
                // (After a pause the first sample tells the sum.)
                if ((happened & Wait.CLOCK_SET) != 0 && !shortage.pausing()) {
                    watchClock();
                }
                long own = 0;
                if (now >= nextBeatNs) {
                    own = 1;
                    nextBeatNs = now + BEAT_NS; // also when there is no room for what comes before it
                    look();
                    beat();
                }
                busy = drain() > own;
                more = isFull();
                if (!shortage.holding() && (rotateNow || more || rotation.due(header.clock(), open.spool().bytes(), now, clock.realNs()))) {
                    nextSpool();
                    rotateNow = false;
                    tellRotated();
                }
            } catch (IOException e) {
                mend(e);
                more = false;
            }
            long untilMillis = Math.max(Math.min(nextBeatNs, end) - clock.bootNs(), 0) / 1_000_000 + 1;
            happened = wait.await(more ? 0 : (int) Math.min(untilMillis, busy ? Math.min(BUSY_MILLIS, idleMillis) : idleMillis));
        }
        if (leaving) {
            shortage.retire();
            shortage.end().forEach(gap -> owe(Table.GAPS, gap));
            pay();
            drain();
            open.spool().force();
            open.spool().close();
        } else {
            end();
        }
    }

    private void end() throws IOException {
        probe.detach();
        empty();
        try {
            beat();
        } catch (IOException e) {
            mend(e);
        }
        empty();
        // Not before: what is written now and made of all this is what it was held for.
        shortage.retire();
        shortage.goOn();
        Counters last = probe.counters();
        oweLosses(last);
        oweRecursion();
        shortage.end().forEach(gap -> owe(Table.GAPS, gap));
        owe(Table.RUNS, run.stop(stopReason, last));
        while (!isPaid()) {
            wait.await(BUSY_MILLIS);
        }
        probe.unpin();
        retirement.submit(open.spool());
    }

    /// Writes the rows that are owed; false when there is no room, but will be.
    private boolean isPaid() throws IOException {
        try {
            pay();
            return true;
        } catch (IOException e) {
            if (!Room.isLacking(e) || !retirement.isMakingRoom()) {
                throw e;
            }
            return false;
        }
    }

    /// Takes all out of the rings.
    private void empty() throws IOException {
        while (!intake.isEmpty()) {
            try {
                if (clock.bootNs() >= nextBeatNs) {
                    beat();
                }
                long moved = drain();
                if (!shortage.holding() && (rotateNow || isFull())) {
                    nextSpool();
                    rotateNow = false;
                } else if (moved == 0 && !intake.isEmpty()) {
                    wait.await(BUSY_MILLIS);
                }
            } catch (IOException e) {
                mend(e);
            }
        }
    }

    private boolean isFull() {
        return open.spool().bytes() >= spoolBytes();
    }

    /// How large the open spool grows; a frame more at most.
    private long spoolBytes() {
        return Math.min(rotation.bytes(), shortage.spoolBytes());
    }

    /// Why the run ended before it was told to; null when it did not.
    String lack() {
        return lack;
    }

    private void begin() throws IOException {
        if (probe.runTakenOver() != null) {
            takeOver();
            return;
        }
        open = newSpool();
        // Not now: deaths have been seen since.
        open.spool().appendRow(Table.RUNS, probe.armedMonoNs(), probe.armedBootNs(), seq++, run.start(probe));
        if (spools.missingEnd() != null) {
            append(Table.GAPS, spools.missingEnd());
        }
        if (pins != null) {
            // Not before: a run that is taken over has a start.
            probe.pin(pins, run.id(), intake.comm());
        }
        snapshot();
    }

    /// What waits in the rings belongs to the spool in which the run was left, with the names of cgroups that it has and the
    /// layouts that its header tells; from the takeover's row on there is a new one.
    private void takeOver() throws IOException {
        Spools.Unfinished left = spools.unfinished();
        if (left == null) {
            open = newSpool();
        } else {
            SpoolWriter spool = left.reopen();
            open = new Open(spool, Math.max(left.tail().firstSeq(), 0), fileKey(spool));
            intake.resumeBehind(left.tail().ringEnds());
            losses.resume(left.tail().gaps());
            for (Map<String, Object> gap : losses.ofSnapshot(probe.counters(), left.tail().tasks(), left.tail().header().clock().bootNs(),
                    left.tail().lastBootNs())) {
                append(Table.GAPS, gap);
            }
            losses.snapshotTold(probe.counters());
        }
        recursionMisses = probe.control().recursionReported();
        // However large it gets.
        seq += intake.drain(open.spool(), seq, Long.MAX_VALUE);
        snapshotBootNs = clock.bootNs();
        nextSpool();
        append(Table.RUNS, run.takeover(probe));
        if (pins == null) {
            probe.unpin();
        }
        snapshot();
    }

    /// What is alive from before the hooks were attached, or a rotation later what still is.
    private void snapshot() throws IOException {
        snapshotBootNs = header.clock().bootNs();
        seq += intake.snapshot(open.spool(), seq, shortage.unwritten());
        losses.snapshotTold(probe.counters());
    }

    /// Moves what waits into the spool, at most a ring's worth; returns how many rows. While there is no room: counts it,
    /// and returns how many bytes.
    private long drain() throws IOException {
        if (shortage.counting()) {
            long bytes = intake.count(shortage.unwritten());
            tellHeartbeat();
            return bytes;
        }
        if (shortage.holding()) {
            if (shortage.isOver()) {
                shortage.goOn();
            } else if (!retirement.isMakingRoom()) {
                full(shortage.why(), true, true);
            }
        }
        if (shortage.pausing() || isOverQuota()) {
            return 0;
        }
        long rows = intake.drain(open.spool(), seq,
                Math.min(spoolBytes(), open.spool().bytes() + Math.min(shortage.quota().left(), spoolBytes())));
        seq += rows;
        suspect &= rows == 0;
        tellHeartbeat();
        return rows;
    }

    /// Whether nothing more may be written for now: what is being sealed, or deleted, makes room. Only where `--keep-size` asks
    /// for it the drain waits for that, and what happens meanwhile waits in the rings.
    private boolean isOverQuota() throws IOException {
        Quota quota = shortage.quota();
        quota.spooled(spooled + open.spool().bytes());
        if (!quota.isReached() || retirement.isMakingRoom()) {
            return quota.isReached();
        }
        if (open.spool().bytes() > LARGE_SPOOL) {
            rotateNow = true; // sealed it takes less
        } else {
            full("--keep-size " + quota.text() + " is used up, and nothing sealed is left to delete", true, false);
        }
        return true;
    }

    private void tellHeartbeat() {
        if (intake.heartbeats() > heartbeats) {
            heartbeats = intake.heartbeats();
            service.heartbeat(clock.bootNs(), clock.realNs(), progress::status);
        }
    }

    /// Goes on after a write that failed. Nothing of its frame stands in the spool, and what was in it waits in the ring.
    private void mend(IOException failure) throws IOException {
        // The frames before it do stand.
        seq = Math.max(seq, open.spool().nextSeq());
        if (Room.isLacking(failure)) {
            full(Failure.reason(failure), true, true);
        } else if (suspect) {
            throw failure;
        } else {
            suspect = true;
            progress.say("cannot write " + spool() + ": " + Failure.reason(failure) + " — it is sealed now, and a new one begun");
            nextSpool();
        }
    }

    /// Looks how much room there is.
    private void look() throws IOException {
        String now = shortage.lack(retirement.pendingBytes());
        if (shortage.counting() && shortage.isOver()) {
            goOn();
        } else if (shortage.counting()) {
            retirement.tryAgain();
            if (shortage.policy() == OnFull.DROP_OLDEST) {
                retirement.makeRoom();
            }
        }
        if (now != null) {
            full(now, false, true);
        }
    }

    /// @param refused whether nothing can be written any more, whatever the options say
    /// @param drop whether deleting helps
    private void full(String why, boolean refused, boolean drop) throws IOException {
        shortage.free();
        if (drop && shortage.policy() == OnFull.DROP_OLDEST) {
            retirement.makeRoom();
        }
        if (retirement.isMakingRoom()) {
            if (refused) {
                shortage.hold(why);
            }
            return;
        }
        if (stopReason != null || shortage.policy() == OnFull.STOP) {
            stop("disk full: " + why);
            lack = why;
            if (refused) {
                shortage.count(why);
            }
            return;
        }
        if (!shortage.counting()) {
            progress.say(why + " — from now on events are counted, not kept, until there is room again");
            shortage.count(why);
            rotateNow = true; // sealed it takes less
        }
    }

    /// There is room again. What waits is counted still: the names of its cgroups are among what was not written.
    private void goOn() throws IOException {
        probe.control().namesEpoch(probe.control().namesEpoch() + 1);
        drain();
        progress.say("there is room again: " + shortage.unwritten().count() + " events were counted and not kept");
        shortage.end().forEach(gap -> owe(Table.GAPS, gap));
        retirement.tryAgain();
        pay();
    }

    private void beat() throws IOException {
        nextBeatNs = clock.bootNs() + BEAT_NS;
        Counters counters = probe.counters();
        if (!shortage.pausing()) {
            watchClock();
            oweLosses(counters);
            pay();
        }
        long bytes = open.spool().bytes();
        probe.heartbeat(clock.pair(), counters, bytes);
        progress.beat(Vitals.of(probe, counters, shortage.unwritten().totals(), bytes, header.clock().bootNs(), retirement.bytes()));
    }

    private void oweLosses(Counters counters) {
        Map<String, Object> notFollowed = losses.notFollowed(probe.control().notFollowed(), clock.bootNs());
        if (notFollowed != null) {
            owe(Table.GAPS, notFollowed);
            progress.say((String) notFollowed.get("detail"));
        }
        long epoch = probe.control().lossEpoch();
        List<Map<String, Object>> gaps = losses.since(counters, epoch, clock.bootNs());
        gaps.forEach(gap -> owe(Table.GAPS, gap));
        if (!gaps.isEmpty()) {
            probe.control().lossEpoch(epoch + 1);
        }
    }

    /// Events that no hook saw: the kernel does not run a program inside itself, and counts that.
    private void oweRecursion() {
        long misses = probe.recursionMisses();
        if (misses > recursionMisses) {
            Map<String, Object> gap = new LinkedHashMap<>();
            gap.put("count", misses - recursionMisses);
            gap.put("first_boot_ns", header.clock().bootNs());
            gap.put("last_boot_ns", clock.bootNs());
            gap.put("cause", "recursion");
            recursionMisses = misses;
            probe.control().recursionReported(misses);
            owe(Table.GAPS, gap);
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
        oweRecursion();
        header = header.withNumber(0, clock.pair());
        Open next = newSpool();
        try {
            if (!suspect) {
                drain();
            }
        } catch (IOException e) {
            next.spool().close();
            Files.deleteIfExists(next.spool().path());
            throw e;
        }
        probe.control().namesEpoch(probe.control().namesEpoch() + 1);
        if (old.stands()) {
            open = new Open(next.spool(), seq, next.fileKey());
            spooled += old.spool().bytes();
            retirement.submit(old.spool());
        } else {
            beginAgain(old, next);
        }
        if (!shortage.counting()) {
            pay();
            if (header.clock().bootNs() - snapshotBootNs >= rotation.age().toNanos()) {
                snapshot();
            }
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
        owe(table, row);
        pay();
    }

    private void owe(Table table, Map<String, Object> row) {
        owed.add(new Owed(table, row));
    }

    private void pay() throws IOException {
        for (Owed next = owed.peek(); next != null; next = owed.peek()) {
            open.spool().appendRow(next.table(), clock.monoNs(), clock.bootNs(), seq, next.row());
            seq++;
            owed.remove();
            if (next.table() == Table.GAPS) {
                losses.told(next.row());
            }
        }
    }
}
