package exitbox.recorder;

import exitbox.recorder.kernel.Clock;
import exitbox.recorder.kernel.Counters;
import exitbox.recorder.kernel.Pins;
import exitbox.recorder.kernel.Probe;
import exitbox.recorder.kernel.Wait;
import exitbox.schemas.contract.Table;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// The one thread between kernel and spool: copies what waits ([Intake]), sends a heartbeat once a second ([Pulse]),
/// and rotates when that is due. It never waits for fsync or sealing.
final class Drain {
    private static final long LARGE_SPOOL = 128 << 10;
    // Each that waits to be sealed takes memory and an open file.
    private static final int MOST_PENDING = 16;
    private static final long SPOOL_BYTES_WHEN_LATE = 64 << 20;
    // What waits when a spool is full makes it larger by as much of it at most.
    private static final int BACKLOG = 8;
    // While events come, their spool is this fresh; a ring that fills up wakes the thread earlier by itself.
    private static final int BUSY_MILLIS = 100;

    private final Probe probe;
    private final Intake intake;
    private final Wait wait;
    private final Orders orders;
    private final Folder folder;
    private final Clock clock = new Clock();
    private final Spools spools;
    private final OpenSpool spool;
    private final Retirement retirement;
    private final Rotation rotation;
    private final RunRows run;
    private final Progress progress;
    private final Service service;
    private final Pins pins;
    private final Losses losses;
    private final Shortage shortage;
    private final Pulse pulse;

    private long snapshotBootNs;
    // A write failed, and none has succeeded since.
    private boolean suspect;
    private long heartbeats;

    /// @param pins where the programs are pinned when the run stands on disk; null when they are not to outlive this process
    Drain(Probe probe, Pins pins, Intake intake, Wait wait, Orders orders, Folder folder, Spools spools, Retirement retirement,
            Rotation rotation,
            RunRows run,
            SpoolHeader header, Progress progress, Service service, Shortage shortage) {
        this.probe = probe;
        this.pins = pins;
        this.intake = intake;
        this.wait = wait;
        this.orders = orders;
        this.folder = folder;
        this.spools = spools;
        this.retirement = retirement;
        this.rotation = rotation;
        this.run = run;
        this.progress = progress;
        this.service = service;
        this.shortage = shortage;
        this.losses = new Losses(probe.tally(), probe.counters().cpus(), clock.bootNs());
        this.spool = new OpenSpool(spools, header, clock, probe.tally(), this::told);
        this.pulse =
                new Pulse(probe, clock, spool, losses, new ClockWatch(header.clock(), clock.sleepNs()), shortage, retirement, progress);
    }

    /// The open spool; from any thread.
    Path spool() {
        return spool.path();
    }

    /// See [OpenSpool#sync]; from any thread.
    void sync() throws IOException {
        spool.sync();
    }

    /// Records until [Orders] say stop or the time is over, then ends the events, empties the ring, and writes the
    /// stop row with the kernel's last counts. Looks at the ring at least every `idle`, also when nothing happens.
    /// Calls `begun` when the run stands on disk.
    void record(Duration limit, Duration idle, Runnable begun) throws IOException {
        begin();
        // A sign of life from before whatever begins now.
        pulse.beat();
        begun.run();
        long idleMillis = Math.max(idle.toMillis(), 1);
        long started = clock.bootNs();
        long end = limit == null ? Long.MAX_VALUE : started + limit.toNanos();
        pulse.putOff(started);
        while (orders.stopReason() == null) {
            long now = clock.bootNs();
            if (now >= end) {
                orders.stop("duration");
            }
            boolean busy = false;
            boolean more = false;
            shortage.attempt();
            try {
                watchClock();
                long own = 0;
                if (pulse.isDue(now)) {
                    own = 1;
                    pulse.putOff(now); // also when there is no room for what comes before it
                    look();
                    pulse.beat();
                }
                busy = drain() > own;
                more = isFull();
                if (!shortage.holding() && (orders.rotation() || more || rotation.due(spool.began(), now, clock.realNs()))) {
                    nextSpool();
                }
            } catch (IOException e) {
                mend(e);
                more = false;
            }
            long untilMillis = Math.max(Math.min(pulse.nextNs(), end) - clock.bootNs(), 0) / 1_000_000 + 1;
            wait.await(more ? 0 : (int) Math.min(untilMillis, busy ? Math.min(BUSY_MILLIS, idleMillis) : idleMillis));
        }
        if (orders.leaving() && probe.isPinned()) {
            goAway();
        } else {
            end();
        }
    }

    /// Leaves all to the recorder that takes over: what waits in the rings too, where there is no room for it.
    private void goAway() throws IOException {
        shortage.retire();
        shortage.goOn();
        shortage.end().forEach(gap -> spool.owe(Table.GAPS, gap));
        try {
            spool.pay();
            drain();
        } catch (IOException e) {
            if (!Room.isLacking(e)) {
                throw e;
            }
        }
        spool.leave();
    }

    private void end() throws IOException {
        probe.detach();
        empty();
        try {
            pulse.beat();
        } catch (IOException e) {
            mend(e);
        }
        empty();
        if (folder.stands() && !spool.stands()) {
            // What it held is a loss that has to be told.
            nextSpool();
        }
        // Not before: what is written now and made of all this is what it was held for.
        shortage.retire();
        shortage.goOn();
        Counters last = probe.counters();
        pulse.oweLosses(last);
        pulse.oweRecursion();
        shortage.end().forEach(gap -> spool.owe(Table.GAPS, gap));
        spool.owe(Table.RUNS, run.stop(orders.stopReason(), last));
        while (!isPaid()) {
            wait.await(BUSY_MILLIS);
        }
        probe.unpin();
        if (spool.stands()) {
            retirement.submit(spool.writer());
        } else {
            spool.leave();
        }
    }

    /// Writes the rows that are owed; false when there is no room, but will be.
    private boolean isPaid() throws IOException {
        shortage.attempt();
        try {
            spool.pay();
            return true;
        } catch (IOException e) {
            if (!Room.isLacking(e) || !shortage.isRoomMade()) {
                throw e;
            }
            return false;
        }
    }

    /// Takes all out of the rings.
    private void empty() throws IOException {
        while (!intake.isEmpty()) {
            shortage.attempt();
            try {
                if (pulse.isDue(clock.bootNs())) {
                    pulse.beat();
                }
                watchClock();
                long moved = drain();
                if (!shortage.holding() && (orders.rotation() || isFull())) {
                    nextSpool();
                } else if (moved == 0 && !intake.isEmpty()) {
                    wait.await(BUSY_MILLIS);
                }
            } catch (IOException e) {
                mend(e);
            }
        }
    }

    /// Each time before events are taken, which may lie behind a step that nobody has noticed yet. (After a pause the first
    /// sample tells the sum.)
    private void watchClock() throws IOException {
        if (!shortage.pausing()) {
            pulse.watchClock();
        }
    }

    private boolean isFull() {
        return spool.bytes() >= spoolBytes();
    }

    /// How large the open spool grows; a frame more at most. Larger than asked for where sealing does not keep up: few large ones
    /// take less time than many small ones. (Where `--keep-size` has to hold, waiting for room bounds what waits.)
    private long spoolBytes() {
        long bytes = Math.min(rotation.bytes(), shortage.spoolBytes());
        boolean late = retirement.pending() >= MOST_PENDING && !shortage.quota().isLimited();
        return late ? Math.max(bytes, SPOOL_BYTES_WHEN_LATE) : bytes;
    }

    /// Why the run ended before it was told to; null when it did not.
    String lack() {
        return shortage.ended();
    }

    private void begin() throws IOException {
        if (probe.runTakenOver() != null) {
            takeOver();
            return;
        }
        spool.begin();
        // Not now: deaths have been seen since.
        spool.append(Table.RUNS, probe.armedMonoNs(), probe.armedBootNs(), run.start(probe));
        if (spools.missingEnd() != null) {
            spool.append(Table.GAPS, spools.missingEnd());
        }
        if (pins != null) {
            // Not before: a run that is taken over has a start.
            probe.pin(pins, run.id(), intake.comm());
        }
        firstSnapshot();
    }

    /// A run that has begun goes on, or ends, as `--on-full` says.
    private void firstSnapshot() throws IOException {
        try {
            snapshot();
        } catch (IOException e) {
            mend(e);
        }
    }

    /// What waits in the rings belongs to the spool in which the run was left, with the names of cgroups that it has and the
    /// layouts that its header tells; from the takeover's row on there is a new one.
    private void takeOver() throws IOException {
        Spools.Unfinished left = spools.unfinished();
        pulse.resume(left == null ? null : left.tail());
        if (left == null) {
            spool.begin();
            spool.append(Table.GAPS, spools.removed(probe.armedBootNs(), clock.bootNs()));
        } else {
            boolean gone = spools.isGone(probe.tally().openSpool());
            spool.resume(left);
            if (gone) {
                // And this is an older one, which waited to be sealed.
                spool.append(Table.GAPS, spools.removed(left.tail().lastBootNs(), clock.bootNs()));
            }
            intake.resumeBehind(left.tail().ringEnds());
            losses.resume(left.tail().gaps());
            for (Map<String, Object> gap : losses.ofSnapshot(probe.counters(), left.tasks(), left.tail().header().clock().bootNs(),
                    left.tail().lastBootNs())) {
                spool.append(Table.GAPS, gap);
            }
            losses.snapshotTold(probe.counters());
            for (Map<String, Object> gap : losses.ofShortage(left.tail().lastBootNs(), clock.bootNs())) {
                spool.append(Table.GAPS, gap);
            }
        }
        pulse.watchClock();
        // However large it gets.
        spool.count(intake.drain(spool.writer(), spool.seq(), Long.MAX_VALUE));
        snapshotBootNs = clock.bootNs();
        nextSpool();
        spool.append(Table.RUNS, run.takeover(probe));
        if (pins == null) {
            probe.unpin();
        }
        firstSnapshot();
    }

    /// What is alive from before the hooks were attached, or a rotation later what still is.
    private void snapshot() throws IOException {
        snapshotBootNs = spool.began().bootNs();
        try {
            spool.count(intake.snapshot(spool.writer(), spool.seq(), shortage.unwritten()));
        } finally {
            // What could not be written is counted.
            losses.snapshotTold(probe.counters());
        }
    }

    /// A row of `gaps` is written.
    private void told(Map<String, Object> gap) {
        losses.told(gap);
        pulse.told(gap);
        if ("removed".equals(gap.get("cause")) && gap.get("count") instanceof Long rows) {
            progress.removed(rows);
        }
    }

    /// Moves what waits into the spool, at most a ring's worth; returns how many rows. While there is no room: counts it,
    /// and returns how many bytes.
    private long drain() throws IOException {
        return drain(spoolBytes());
    }

    /// The same.
    ///
    /// @param full how large the spool may get
    private long drain(long full) throws IOException {
        if (shortage.counting()) {
            long bytes = intake.count(shortage.unwritten());
            tellHeartbeat();
            return bytes;
        }
        if (shortage.holding()) {
            if (shortage.isOver()) {
                shortage.goOn();
            } else if (!retirement.isMakingRoom()) {
                shortage.full(shortage.why(), true, true);
            }
        }
        if (shortage.pausing() || isOverQuota()) {
            return 0;
        }
        long rows = intake.drain(spool.writer(), spool.seq(),
                Math.min(full, spool.bytes() + Math.min(shortage.quota().left(), full)));
        spool.count(rows);
        suspect &= rows == 0;
        tellHeartbeat();
        return rows;
    }

    /// Whether nothing more may be written for now: what is being sealed, or deleted, makes room. Only where `--keep-size` asks
    /// for it the drain waits for that, and what happens meanwhile waits in the rings.
    private boolean isOverQuota() throws IOException {
        Quota quota = shortage.quota();
        quota.spooled(spool.allBytes());
        if (!quota.isReached() || retirement.isMakingRoom()) {
            return quota.isReached();
        }
        if (spool.bytes() > LARGE_SPOOL) {
            orders.rotate(); // sealed it takes less
        } else {
            shortage.full("--keep-size " + quota.text() + " is used up, and nothing sealed is left to delete", true, false);
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
        spool.countWhole();
        if (Room.isLacking(failure)) {
            shortage.full("cannot write " + spool.path() + ": " + Failure.reason(failure), true, true);
        } else if (suspect) {
            throw failure;
        } else {
            suspect = true;
            progress.say("cannot write " + spool.path() + ": " + Failure.reason(failure) + " — it is sealed now, and a new one begun");
            nextSpool();
        }
    }

    /// Looks how much room there is.
    private void look() throws IOException {
        String refused = orders.takeRefusal();
        if (refused != null) {
            shortage.full(refused, true, true);
        }
        String lack = shortage.lack();
        if (shortage.counting() && shortage.isOver()) {
            goOn();
        } else if (shortage.counting()) {
            shortage.tryAgain();
        }
        if (lack != null) {
            shortage.full(lack, false, true);
        }
    }

    /// There is room again. What waits is counted still: the names of its cgroups are among what was not written.
    private void goOn() throws IOException {
        probe.control().namesEpoch(probe.control().namesEpoch() + 1);
        drain();
        progress.say("there is room again: " + shortage.unwritten().count() + " events were counted and not kept");
        shortage.end().forEach(gap -> spool.owe(Table.GAPS, gap));
        retirement.tryAgain();
        spool.pay();
    }

    /// From here on the kernel names each cgroup once more, so that the new spool can be read by itself. That comes
    /// last: what is named before it is drained into the old spool, what is named after it into the new one. Where more waits
    /// than the old one can take, cgroups of the rest are known to those only who have read the old one too.
    private void nextSpool() throws IOException {
        pulse.oweRecursion();
        OpenSpool.File next = spool.next();
        try {
            if (!suspect) {
                drain(spoolBytes() / BACKLOG * (BACKLOG + 1));
            }
        } catch (IOException e) {
            spool.discard(next);
            throw e;
        }
        probe.control().namesEpoch(probe.control().namesEpoch() + 1);
        SpoolWriter closed = spool.turn(next);
        if (closed != null) {
            retirement.submit(closed);
        }
        orders.rotationDone();
        if (!shortage.counting()) {
            spool.pay();
            if (spool.began().bootNs() - snapshotBootNs >= rotation.age().toNanos()) {
                snapshot();
            }
        }
    }
}
