package exitbox.recorder.kernel;

/// Names of the error numbers that the kernel and libbpf answer with (asm-generic/errno.h).
public final class Errno {

    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int ENOEXEC = 8;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    public static final int ENOSPC = 28;
    public static final int EDQUOT = 122;
    static final int ECANCELED = 125;

    private Errno() {}

    /// In words, as the C library has them in the process's language: what Java's exceptions say.
    public static String words(int errno) {
        return Posix.strerror(errno);
    }

    static boolean isLackOfRoom(int errno) {
        return errno == ENOSPC || errno == EDQUOT;
    }

    static String name(int errno) {
        return switch (errno) {
            case 1 -> "EPERM";
            case 2 -> "ENOENT";
            case 3 -> "ESRCH";
            case 4 -> "EINTR";
            case 5 -> "EIO";
            case 7 -> "E2BIG";
            case 8 -> "ENOEXEC";
            case 9 -> "EBADF";
            case 11 -> "EAGAIN";
            case 12 -> "ENOMEM";
            case 13 -> "EACCES";
            case 14 -> "EFAULT";
            case 16 -> "EBUSY";
            case 17 -> "EEXIST";
            case 19 -> "ENODEV";
            case 22 -> "EINVAL";
            case 23 -> "ENFILE";
            case 24 -> "EMFILE";
            case 28 -> "ENOSPC";
            case 38 -> "ENOSYS";
            case 95 -> "EOPNOTSUPP";
            case 125 -> "ECANCELED";
            case 524 -> "ENOTSUPP";
            default -> (errno > 4000 ? "libbpf's error " : "errno ") + errno; // enum libbpf_errno begins there
        };
    }
}
