package exitbox.recorder.kernel;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/// Files that take up room before anything is written into them.
public final class Allocation {
    // bits/fcntl-linux.h, the same on x86-64 and arm64
    private static final int O_RDWR = 2;
    private static final int O_CREAT = 0x40;
    private static final int O_EXCL = 0x80;
    private static final int O_CLOEXEC = 0x80000;
    private static final int MODE = 0640;

    private Allocation() {}

    /// Makes a new file of this size, its blocks allocated; false when there is no room for it (a shorter file may be left).
    public static boolean make(Path file, long bytes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int fd = Posix.open(arena.allocateFrom(file.toString()), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, MODE);
            if (fd < 0) {
                int errno = Native.errno();
                if (Errno.isLackOfRoom(errno)) {
                    return false;
                }
                throw new IOException(Errno.words(errno) + " (" + file + ")");
            }
            try {
                int errno = Posix.posix_fallocate(fd, bytes);
                if (errno != 0 && !Errno.isLackOfRoom(errno)) {
                    throw new IOException(Errno.words(errno) + " (" + file + ")");
                }
                return errno == 0;
            } finally {
                LibC.close(fd);
            }
        }
    }
}
