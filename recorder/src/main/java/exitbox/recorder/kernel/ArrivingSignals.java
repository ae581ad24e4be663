package exitbox.recorder.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// The signals that come to this process, with who sent them; those that have come since its start, too. They have to be
/// blocked in all threads, so the JVM must have been started with them blocked, and told (`-Xrs`) to leave them alone.
public final class ArrivingSignals {

    // struct signalfd_siginfo (sys/signalfd.h)
    private static final int SIGINFO_BYTES = 128;
    private static final int SSI_CODE = 8;
    private static final int SSI_PID = 12;

    /// HUP, INT, QUIT, USR1, USR2, TERM.
    public static final List<Integer> NUMBERS = List.of(1, 2, 3, 10, 12, 15);

    private final MemorySegment info = Arena.global().allocate(SIGINFO_BYTES, 8);
    private final int fd;

    /// @param sender the process that sent it; 0 when it was none, or one of another PID namespace
    public record Arrival(int number, boolean fromKernel, int sender) {}

    public ArrivingSignals() {
        MemorySegment mask = Arena.ofAuto().allocate(Posix.SIGSET_BYTES, 8);
        long bits = 0;
        for (int number : NUMBERS) {
            bits |= 1L << number - 1;
        }
        mask.set(ValueLayout.JAVA_LONG, 0, bits);
        fd = Posix.signalfd(-1, mask, Posix.SFD_CLOEXEC | Posix.SFD_NONBLOCK);
        if (fd < 0) {
            throw new IllegalStateException("signalfd: " + Errno.name(Native.errno()));
        }
    }

    int fd() {
        return fd;
    }

    /// The next one; null when none waits.
    public Arrival next() {
        if (LibC.read(fd, info) != SIGINFO_BYTES) {
            return null;
        }
        // SI_KERNEL and all that is not from a process is above 0.
        return new Arrival(info.get(ValueLayout.JAVA_INT, 0), info.get(ValueLayout.JAVA_INT, SSI_CODE) > 0,
                info.get(ValueLayout.JAVA_INT, SSI_PID));
    }
}
