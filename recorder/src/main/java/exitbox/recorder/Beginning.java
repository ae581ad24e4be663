package exitbox.recorder;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Room for a run's first rows. Where the disk is full already, a run that is to stay whatever happens (`--on-full`) makes room
/// itself, or waits for it: its programs are at work, so that the rings keep what happens meanwhile, and what they cannot hold
/// is counted.
///
/// @param waiting bytes that another recorder left in the rings, which are written before anything else
/// @param stopped whether nobody wants the run any more
/// @param meanwhile what becomes of events when it is stopped before there is room, as the end of a sentence
record Beginning(OnFull policy, Room room, Retention retention, Service service, LongSupplier waiting, BooleanSupplier stopped,
        String meanwhile, Consumer<String> messages) {
    // A spool's header, some rows, a line of the catalog.
    private static final long LEAST = 256 << 10;
    private static final Duration LOOK = Duration.ofSeconds(1);

    /// Returns when there is room; also when there is none and nobody waits for it: then the first write says so.
    ///
    /// @param left what a recorder that died may have left
    /// @param most how long it waits; null for as long as it takes, zero for not at all
    void await(Reserve left, Duration most) throws IOException {
        left.free();
        long began = System.nanoTime();
        boolean said = false;
        while (policy != OnFull.STOP && room.free() < needed()) {
            if (policy == OnFull.DROP_OLDEST && isMade()) {
                continue;
            }
            if (most != null && System.nanoTime() - began >= most.toNanos()) {
                return;
            }
            if (stopped.getAsBoolean()) {
                throw new Failure(Failure.CANNOT_WRITE, "stopped before it could begin: " + room.lack()
                        + " — make room there, or see --keep-free; " + meanwhile, null);
            }
            if (!said) {
                messages.accept("cannot begin yet: " + room.lack()
                        + " — events wait in the kernel until there is room, and those that it cannot hold are counted");
                said = true;
            }
            service.waits("waits for room on the disk", LOOK);
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    private long needed() {
        return LEAST + waiting.getAsLong();
    }

    private boolean isMade() throws IOException {
        try {
            return retention.makeRoom(needed(), true);
        } catch (IOException e) {
            if (!Room.isLacking(e)) {
                throw e;
            }
            return false;
        }
    }
}
