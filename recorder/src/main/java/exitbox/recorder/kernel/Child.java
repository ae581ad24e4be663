package exitbox.recorder.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntPredicate;

/// A child of this process, until its death is known: waits for it, and passes on to it signals that come to this process.
/// For one thread.
public final class Child implements AutoCloseable {

    private static final int POLLFD_BYTES = 8;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment fds = arena.allocate(2 * POLLFD_BYTES, 8);
    private final MemorySegment status = arena.allocate(4, 4);
    private final int pid;
    private final int pidfd;

    /// `pid` has not been waited for.
    public Child(int pid) {
        this.pid = pid;
        this.pidfd = Posix.pidfd_open(pid);
        if (pidfd < 0) {
            throw new IllegalStateException("pidfd_open: " + Errno.name(Native.errno()));
        }
    }

    /// Waits until the child has died and returns the word that waitpid(2) gives. Until then passes on each signal, but for
    /// those that the child has had as well: from the terminal, when both are in one process group, and those whose sender
    /// is one of `ours`, which signalled its whole group.
    public int await(ArrivingSignals signals, IntPredicate ours) {
        watch(0, pidfd);
        watch(1, signals.fd());
        while (!readable(0)) {
            Posix.poll(fds, 2, -1);
            for (ArrivingSignals.Arrival signal = signals.next(); signal != null; signal = signals.next()) {
                boolean had = signal.fromKernel() ? Posix.getpgid(pid) == Posix.getpgid(0) : ours.test(signal.sender());
                // It may be dead, but nobody else has its number before it is waited for.
                if (!had) {
                    Posix.kill(pid, signal.number());
                }
            }
        }
        Posix.waitpid(pid, status, 0);
        return status.get(ValueLayout.JAVA_INT, 0);
    }

    private void watch(int index, int fd) {
        fds.set(ValueLayout.JAVA_INT, (long) index * POLLFD_BYTES, fd);
        fds.set(ValueLayout.JAVA_INT, (long) index * POLLFD_BYTES + 4, Posix.POLLIN);
    }

    private boolean readable(int index) {
        return (fds.get(ValueLayout.JAVA_SHORT, (long) index * POLLFD_BYTES + 6) & Posix.POLLIN) != 0;
    }

    @Override
    public void close() {
        LibC.close(pidfd);
        arena.close();
    }
}
