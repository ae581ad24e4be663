package exitbox.recorder;

import exitbox.recorder.kernel.KernelException;
import exitbox.recorder.kernel.Probe;
import exitbox.recorder.kernel.Ring;
import exitbox.recorder.kernel.Snapshot;
import exitbox.recorder.kernel.Tally;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;

/// Copies what the kernel has into a spool, frame by frame: what waits in the rings, and the processes that are alive.
/// A ring's memory is given back to the kernel only after its frame was written.
final class Intake {
    // Ring ids in spools, forever.
    private static final int DEATHS = 0;
    private static final int EVENTS = 1;
    private static final int TASKS = 2;

    private static final int FRAME_BYTES = 1 << 18;
    // Of a spool at least: it shall not be overfull by much.
    private static final int FRAMES = 8;

    private final Probe probe;
    private final Ring deaths;
    private final Ring events;
    private final Tally tally;
    private final NameFilter filter;
    private final Consumer<String> messages;
    private long tasksPosition;
    private long heartbeats;

    /// @param filter which deaths are kept; null when all are
    /// @param messages told what went wrong, for people
    Intake(Probe probe, NameFilter filter, Consumer<String> messages) {
        this.probe = probe;
        this.tally = probe.tally();
        this.filter = filter;
        this.messages = messages;
        this.deaths = probe.deaths();
        this.events = probe.eventsRing();
    }

    /// What lies before these positions, by ring id, is in a spool already: another recorder died before it gave it back. So is
    /// what it counted.
    void resumeBehind(Map<Integer, Long> positions) {
        deaths.resumeBehind(tally.takenTo(DEATHS));
        events.resumeBehind(tally.takenTo(EVENTS));
        long written = positions.getOrDefault(DEATHS, 0L);
        long waiting = written - deaths.consumerPosition();
        if (filter != null && waiting > 0 && waiting <= FRAME_BYTES) {
            // It died before it counted what it had left out there.
            filter.of(deaths.committed((int) waiting));
            filter.count();
            tally.settle(DEATHS, written);
        }
        deaths.resumeBehind(written);
        events.resumeBehind(positions.getOrDefault(EVENTS, 0L));
    }

    /// Moves what waits into the spool, a ring's worth of events at most, and none after the frame with which the spool gets
    /// `full` bytes; deaths come first, and again after each frame of events. Returns how many rows that were.
    long drain(SpoolWriter spool, long firstSeq, long full) throws IOException {
        long seq = firstSeq + move(DEATHS, deaths, deaths.bytes(), spool, firstSeq, full);
        long end = events.consumerPosition() + events.bytes();
        for (long from = -1; from != events.consumerPosition() && events.consumerPosition() < end;) {
            from = events.consumerPosition();
            seq += move(EVENTS, events, 1, spool, seq, full);
            seq += move(DEATHS, deaths, deaths.bytes(), spool, seq, full);
        }
        return seq - firstSeq;
    }

    /// The pattern of names that are kept; null when all are.
    String comm() {
        return filter == null ? null : filter.pattern();
    }

    /// Whether nothing waits.
    boolean isEmpty() {
        return deaths.fillBytes() == 0 && events.fillBytes() == 0;
    }

    /// How many heartbeats have come through a ring and stand in a spool, or were counted because there was no room.
    long heartbeats() {
        return heartbeats;
    }

    /// Takes what waits out of the rings without writing it, a ring's worth at most; returns how many bytes that were.
    long count(Unwritten unwritten) {
        return count(DEATHS, deaths, unwritten) + count(EVENTS, events, unwritten);
    }

    private long count(int id, Ring ring, Unwritten unwritten) {
        long start = ring.consumerPosition();
        for (Ring.Run run = ring.committed(FRAME_BYTES); !run.isEmpty(); run = ring.committed(FRAME_BYTES)) {
            Ring.Run kept = kept(id, run);
            unwritten.add(kept.data());
            if (filter != null && id == DEATHS) {
                filter.count();
            }
            tally.settle(id, run.to());
            heartbeats += run.heartbeats();
            ring.release(run.to());
            if (run.to() - start >= ring.bytes()) {
                break;
            }
        }
        return ring.consumerPosition() - start;
    }

    /// What of a run is recorded.
    private Ring.Run kept(int id, Ring.Run run) {
        return filter == null || id != DEATHS ? run : filter.of(run);
    }

    /// Moves frames until `most` bytes are reached, the spool is full, or nothing waits.
    private long move(int id, Ring ring, long most, SpoolWriter spool, long firstSeq, long full) throws IOException {
        long moved = 0;
        long rows = 0;
        while (spool.bytes() < full) {
            Ring.Run run = ring.committed((int) Math.min(FRAME_BYTES, full / FRAMES));
            if (run.isEmpty()) {
                break;
            }
            Ring.Run kept = kept(id, run);
            if (kept.data().byteSize() > 0) {
                spool.append(id, kept.rows(), run.from(), run.to(), firstSeq + rows, kept.data().asByteBuffer());
            }
            if (filter != null && id == DEATHS) {
                filter.count();
                tally.settle(id, run.to());
            }
            ring.release(run.to());
            rows += kept.rows();
            heartbeats += run.heartbeats();
            moved += run.to() - run.from();
            if (moved >= most) {
                break;
            }
        }
        return rows;
    }

    /// Writes the processes that are alive; returns how many rows that were, 0 where they cannot be had. The kernel has
    /// counted them: when that fails, the rest is counted too.
    long snapshot(SpoolWriter spool, long firstSeq, Unwritten unwritten) throws IOException {
        long rows = 0;
        IOException failure = null;
        try (Snapshot snapshot = probe.snapshot()) {
            long start = tasksPosition;
            for (Ring.Run run = next(snapshot); run != null && !run.isEmpty(); run = next(snapshot)) {
                try {
                    if (failure == null) {
                        spool.append(TASKS, run.rows(), start + run.from(), start + run.to(), firstSeq + rows, run.data().asByteBuffer());
                        rows += run.rows();
                    }
                } catch (IOException e) {
                    failure = e;
                }
                if (failure != null) {
                    unwritten.add(run.data());
                }
                tasksPosition = start + run.to();
            }
        }
        if (failure != null) {
            throw failure;
        }
        return rows;
    }

    private Ring.Run next(Snapshot snapshot) {
        try {
            return snapshot == null ? null : snapshot.next();
        } catch (KernelException e) {
            messages.accept(e.getMessage() + " — the recording goes on without the rest of them");
            return null;
        }
    }
}
