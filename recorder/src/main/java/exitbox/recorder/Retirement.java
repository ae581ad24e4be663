package exitbox.recorder;

import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;

/// What becomes of spools that are written no more: they are sealed ([Sealing]), or dropped ([Feed]).
interface Retirement {
    /// They stay, for the run that begins next.
    Retirement LATER = new Retirement() {
        @Override
        public void submit(SpoolWriter spool) throws IOException {
            spool.force();
            spool.close();
        }

        @Override
        public long bytes() {
            return 0;
        }
    };

    /// Takes a closed spool; returns soon, the drain waits for it.
    void submit(SpoolWriter spool) throws IOException;

    /// Begins to make room for more, and returns at once; false when nothing is left that may be given up.
    ///
    /// @param refused whether a write failed for want of room
    default boolean makeRoom(boolean refused) {
        return false;
    }

    /// Whether what it does now makes room, or is done when that is known to fail.
    default boolean isMakingRoom() {
        return false;
    }

    /// How often something that makes room has ended.
    default long ended() {
        return 0;
    }

    /// Begins to do what failed before.
    default void tryAgain() {
    }

    /// Bytes of spools that are about to become less.
    default long pendingBytes() {
        return 0;
    }

    /// How many spools that are.
    default int pending() {
        return 0;
    }

    /// Bytes of what this run's spools have become.
    long bytes();
}
