package exitbox.recorder.kernel;

import static exitbox.recorder.kernel.Native.call;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/// The C library's functions for starting a process as somebody else, for signals, for waiting, and for files. Each returns what C
/// returns; after a failure (-1, or NULL) [Native#errno] says why, except for `posix_spawn` and `posix_fallocate`, which return the reason.
final class Posix {

    // spawn.h
    static final int POSIX_SPAWN_SETSIGMASK = 0x08;

    // signal.h, bits/signum-generic.h
    static final int SIGQUIT = 3;
    static final int SIGILL = 4;
    static final int SIGBUS = 7;
    static final int SIGFPE = 8;
    static final int SIGSEGV = 11;
    static final int SIGCHLD = 17;
    static final long SIG_DFL = 0;
    static final long SIG_IGN = 1;
    static final int SIGSET_BYTES = 128;

    // sys/signalfd.h, poll.h
    static final int SFD_CLOEXEC = 0x80000;
    static final int SFD_NONBLOCK = 0x800;
    static final int POLLIN = 1;

    // fcntl.h, unistd.h
    static final int F_SETFD = 2;
    static final int FD_CLOEXEC = 1;
    static final int O_DIRECTORY = System.getProperty("os.arch").equals("aarch64") ? 0x4000 : 0x10000;
    static final int O_PATH = 0x200000;
    static final int F_OK = 0;
    static final int X_OK = 1;

    // linux/prctl.h, linux/capability.h
    static final int PR_CAP_AMBIENT = 47;
    static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    static final int LINUX_CAPABILITY_VERSION_3 = 0x20080522;

    private static final boolean X86 = System.getProperty("os.arch").equals("amd64");
    private static final long SYS_setgroups = X86 ? 116 : 159;
    private static final long SYS_setresuid = X86 ? 117 : 147;
    private static final long SYS_setresgid = X86 ? 119 : 149;
    private static final long SYS_capset = X86 ? 126 : 91;
    private static final long SYS_pidfd_open = 434;

    private static final SymbolLookup LIBC = Linker.nativeLinker().defaultLookup();

    private static final MemorySegment posix_spawn = Native.symbol(LIBC, "posix_spawn");
    private static final MemorySegment posix_spawnattr_init = Native.symbol(LIBC, "posix_spawnattr_init");
    private static final MemorySegment posix_spawnattr_setflags = Native.symbol(LIBC, "posix_spawnattr_setflags");
    private static final MemorySegment posix_spawnattr_setsigmask = Native.symbol(LIBC, "posix_spawnattr_setsigmask");
    private static final MemorySegment waitpid = Native.symbol(LIBC, "waitpid");
    private static final MemorySegment kill = Native.symbol(LIBC, "kill");
    private static final MemorySegment signal = Native.symbol(LIBC, "signal");
    private static final MemorySegment signalfd = Native.symbol(LIBC, "signalfd");
    private static final MemorySegment poll = Native.symbol(LIBC, "poll");
    private static final MemorySegment getpgid = Native.symbol(LIBC, "getpgid");
    private static final MemorySegment fcntl = Native.symbol(LIBC, "fcntl");
    private static final MemorySegment access = Native.symbol(LIBC, "access");
    private static final MemorySegment open = Native.symbol(LIBC, "open");
    private static final MemorySegment posix_fallocate = Native.symbol(LIBC, "posix_fallocate");
    private static final MemorySegment strerror = Native.symbol(LIBC, "strerror");
    private static final MemorySegment getpwnam = Native.symbol(LIBC, "getpwnam");
    private static final MemorySegment getpwuid = Native.symbol(LIBC, "getpwuid");
    private static final MemorySegment getgrnam = Native.symbol(LIBC, "getgrnam");
    private static final MemorySegment getgrouplist = Native.symbol(LIBC, "getgrouplist");
    private static final MemorySegment prctl = Native.symbol(LIBC, "prctl");
    private static final MemorySegment syscall = Native.symbol(LIBC, "syscall");

    private Posix() {}

    /// Returns 0, or the error number that stopped it.
    static int posix_spawn(MemorySegment pid, MemorySegment path, MemorySegment attributes, MemorySegment argv, MemorySegment envp) {
        return (int) call(posix_spawn, pid.address(), path.address(), 0, attributes.address(), argv.address(), envp.address());
    }

    static int posix_spawnattr_init(MemorySegment attributes) {
        return (int) call(posix_spawnattr_init, attributes.address());
    }

    static int posix_spawnattr_setflags(MemorySegment attributes, int flags) {
        return (int) call(posix_spawnattr_setflags, attributes.address(), flags);
    }

    static int posix_spawnattr_setsigmask(MemorySegment attributes, MemorySegment mask) {
        return (int) call(posix_spawnattr_setsigmask, attributes.address(), mask.address());
    }

    static int waitpid(int pid, MemorySegment status, int options) {
        return (int) call(waitpid, pid, status.address(), options, 0);
    }

    static int kill(int pid, int number) {
        return (int) call(kill, pid, number);
    }

    static long signal(int number, long handler) {
        return call(signal, number, handler);
    }

    static int signalfd(int fd, MemorySegment mask, int flags) {
        return (int) call(signalfd, fd, mask.address(), flags, 0);
    }

    static int poll(MemorySegment fds, int count, int timeoutMillis) {
        return (int) call(poll, fds.address(), count, timeoutMillis, 0);
    }

    static int getpgid(int pid) {
        return (int) call(getpgid, pid);
    }

    static int fcntl(int fd, int command, int argument) {
        return (int) call(fcntl, fd, command, argument, 0);
    }

    static int access(MemorySegment path, int mode) {
        return (int) call(access, path.address(), mode);
    }

    static int open(MemorySegment path, int flags) {
        return (int) call(open, path.address(), flags);
    }

    static int open(MemorySegment path, int flags, int mode) {
        return (int) call(open, path.address(), flags, mode, 0);
    }

    /// Returns 0, or the error number that stopped it.
    static int posix_fallocate(int fd, long bytes) {
        return (int) call(posix_fallocate, fd, 0, bytes, 0);
    }

    static String strerror(int errno) {
        return Native.string(call(strerror, errno));
    }

    /// The address of a struct passwd that the next look-up overwrites; 0 when there is no such user.
    static long getpwnam(MemorySegment name) {
        return call(getpwnam, name.address());
    }

    static long getpwuid(int uid) {
        return call(getpwuid, uid);
    }

    /// The address of a struct group that the next look-up overwrites; 0 when there is no such group.
    static long getgrnam(MemorySegment name) {
        return call(getgrnam, name.address());
    }

    static int getgrouplist(long name, int group, MemorySegment groups, MemorySegment count) {
        return (int) call(getgrouplist, name, group, groups.address(), count.address());
    }

    // The system calls, because the C library's functions of these names change every thread of the process. These change
    // the calling thread and whom it starts.

    static int setgroups(long count, MemorySegment groups) {
        return (int) call(syscall, SYS_setgroups, count, groups.address(), 0);
    }

    static int setresgid(int gid) {
        return (int) call(syscall, SYS_setresgid, gid, gid, gid);
    }

    static int setresuid(int uid) {
        return (int) call(syscall, SYS_setresuid, uid, uid, uid);
    }

    static int capset(MemorySegment header, MemorySegment data) {
        return (int) call(syscall, SYS_capset, header.address(), data.address(), 0);
    }

    static int clearAmbientCapabilities() {
        return (int) call(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0);
    }

    static int pidfd_open(int pid) {
        return (int) call(syscall, SYS_pidfd_open, pid, 0, 0);
    }
}
