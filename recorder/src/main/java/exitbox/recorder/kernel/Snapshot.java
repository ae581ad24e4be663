package exitbox.recorder.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The processes that are alive, read from the kernel once, some records at a time. One thread.
public final class Snapshot implements AutoCloseable {
    // The kernel hands out at most what its own buffer of eight pages holds.
    private static final int BYTES = 256 << 10;

    private final int fd;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment buffer = arena.allocate(BYTES, 8);
    private long position;

    private Snapshot(int fd) {
        this.fd = fd;
    }

    /// Null when the kernel refuses, and [LibC#errno] says why.
    static Snapshot open(long link) {
        int fd = LibBpf.bpf_iter_create(LibBpf.bpf_link__fd(link));
        return fd < 0 ? null : new Snapshot(fd);
    }

    /// The next records, laid out as a ring's; empty at the end. Valid until the next call. Throws when the kernel breaks off.
    public Ring.Run next() {
        long n;
        do {
            n = LibC.read(fd, buffer);
        } while (n < 0 && (LibC.errno() == Errno.EAGAIN || LibC.errno() == Errno.EINTR));
        if (n < 0) {
            throw new KernelException(KernelException.BPF_REFUSED, "cannot read the processes that are alive: "
                    + Errno.name(LibC.errno()));
        }
        long from = position;
        position += n;
        return new Ring.Run(from, position, rows(n), buffer.asSlice(0, n));
    }

    private int rows(long end) {
        int rows = 0;
        for (long at = 0; at < end;) {
            if (buffer.get(ValueLayout.JAVA_INT, at + Ring.HEADER_BYTES) != Ring.CGROUP_NAMES) {
                rows++;
            }
            at += (Ring.HEADER_BYTES + buffer.get(ValueLayout.JAVA_INT, at) + 7L) & -8L;
        }
        return rows;
    }

    @Override
    public void close() {
        LibC.close(fd);
        arena.close();
    }
}
