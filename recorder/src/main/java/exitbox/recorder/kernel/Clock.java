package exitbox.recorder.kernel;

import exitbox.schemas.spool.ClockPair;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The kernel's clocks, as the BPF programs read them. Each thread makes its own.
public final class Clock {

    private static final int TRIES = 5;

    private final MemorySegment timespec = Arena.ofAuto().allocate(16, 8);

    /// CLOCK_MONOTONIC: stands still in suspend.
    public long monoNs() {
        return read(LibC.CLOCK_MONOTONIC);
    }

    /// CLOCK_BOOTTIME: since boot, suspend included.
    public long bootNs() {
        return read(LibC.CLOCK_BOOTTIME);
    }

    /// CLOCK_REALTIME: since 1970, as it is set now.
    public long realNs() {
        return read(LibC.CLOCK_REALTIME);
    }

    /// Wall time between two readings of boot time: the narrowest of a few tries. The error is half of the
    /// bracket: it covers being interrupted in between.
    public ClockPair pair() {
        long narrowest = Long.MAX_VALUE;
        ClockPair best = null;
        for (int i = 0; i < TRIES; i++) {
            long before = bootNs();
            long real = realNs();
            long bracket = bootNs() - before;
            if (bracket < narrowest) {
                narrowest = bracket;
                best = new ClockPair(real, before + bracket / 2, (bracket + 1) / 2);
            }
        }
        return best;
    }

    /// CLOCK_BOOTTIME minus CLOCK_MONOTONIC, all suspends since boot: the surest of a few tries, because a thread that
    /// waits for a CPU between two readings would see a sleep that never was.
    public long sleepNs() {
        long narrowest = Long.MAX_VALUE;
        long best = 0;
        for (int i = 0; i < TRIES; i++) {
            long before = monoNs();
            long boot = bootNs();
            long bracket = monoNs() - before;
            if (bracket < narrowest) {
                narrowest = bracket;
                best = boot - before - bracket / 2;
            }
        }
        return best;
    }

    /// Whether somebody keeps the wall clock right, as the kernel was told.
    public static boolean isSynchronized() {
        try (Arena arena = Arena.ofConfined()) {
            // With no bit of `modes` set it only reads.
            return LibC.adjtimex(arena.allocate(LibC.TIMEX_BYTES, 8)) != LibC.TIME_ERROR;
        }
    }

    private long read(int clock) {
        LibC.clock_gettime(clock, timespec);
        return timespec.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000 + timespec.get(ValueLayout.JAVA_LONG, 8);
    }
}
