package exitbox.recorder.kernel;

import static exitbox.recorder.kernel.Native.call;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.concurrent.locks.LockSupport;

/// The few functions of the C library that Java has no equivalent for. Each returns what C returns;
/// after a failure (-1) [#errno] says why. Safe from any thread.
public final class LibC {

    // bits/mman-linux.h
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int MAP_SHARED = 1;

    // bits/time.h
    static final int CLOCK_REALTIME = 0;
    static final int CLOCK_MONOTONIC = 1;
    static final int CLOCK_BOOTTIME = 7;

    // sys/timex.h
    static final int TIME_ERROR = 5;
    static final int TIMEX_BYTES = 208;

    // sys/epoll.h
    static final int EPOLL_CLOEXEC = 0x80000;
    static final int EPOLL_CTL_ADD = 1;
    static final int EPOLLIN = 1;
    static final int EPOLLET = 1 << 31;

    // sys/eventfd.h, sys/timerfd.h
    static final int EFD_CLOEXEC = 0x80000;
    static final int EFD_NONBLOCK = 0x800;
    static final int TFD_CLOEXEC = 0x80000;
    static final int TFD_NONBLOCK = 0x800;
    static final int TFD_TIMER_ABSTIME = 1;
    static final int TFD_TIMER_CANCEL_ON_SET = 2;

    // linux/membarrier.h; the system call has no wrapper in the C library
    private static final int MEMBARRIER_CMD_GLOBAL = 1;

    private static final SymbolLookup LIBC = Linker.nativeLinker().defaultLookup();

    private static final MemorySegment mmap = Native.symbol(LIBC, "mmap");
    private static final MemorySegment munmap = Native.symbol(LIBC, "munmap");
    private static final MemorySegment close = Native.symbol(LIBC, "close");
    private static final MemorySegment read = Native.symbol(LIBC, "read");
    private static final MemorySegment write = Native.symbol(LIBC, "write");
    private static final MemorySegment epoll_create1 = Native.symbol(LIBC, "epoll_create1");
    private static final MemorySegment epoll_ctl = Native.symbol(LIBC, "epoll_ctl");
    private static final MemorySegment epoll_wait = Native.symbol(LIBC, "epoll_wait");
    private static final MemorySegment eventfd = Native.symbol(LIBC, "eventfd");
    private static final MemorySegment timerfd_create = Native.symbol(LIBC, "timerfd_create");
    private static final MemorySegment timerfd_settime = Native.symbol(LIBC, "timerfd_settime");
    private static final MemorySegment clock_gettime = Native.replaceable(LIBC, "clock_gettime");
    private static final MemorySegment adjtimex = Native.symbol(LIBC, "adjtimex");
    private static final MemorySegment geteuid = Native.symbol(LIBC, "geteuid");
    private static final MemorySegment isatty = Native.symbol(LIBC, "isatty");
    private static final MemorySegment getpagesize = Native.symbol(LIBC, "getpagesize");
    private static final MemorySegment vsnprintf = Native.symbol(LIBC, "vsnprintf");
    private static final MemorySegment syscall = Native.symbol(LIBC, "syscall");

    private LibC() {}

    /// Why this thread's last call failed.
    public static int errno() {
        return Native.errno();
    }

    static long mmap(long bytes, int protection, int flags, int fd, long offset) {
        return call(mmap, 0, bytes, protection, flags, fd, offset);
    }

    static int munmap(long address, long bytes) {
        return (int) call(munmap, address, bytes);
    }

    static int close(int fd) {
        return (int) call(close, fd);
    }

    static long read(int fd, MemorySegment into) {
        return call(read, fd, into.address(), into.byteSize(), 0);
    }

    /// Returns the bytes written, which may be fewer than asked for.
    public static long write(int fd, MemorySegment from) {
        return call(write, fd, from.address(), from.byteSize(), 0);
    }

    static int epoll_create1(int flags) {
        return (int) call(epoll_create1, flags);
    }

    static int epoll_ctl(int epfd, int operation, int fd, MemorySegment event) {
        return (int) call(epoll_ctl, epfd, operation, fd, event.address());
    }

    static int epoll_wait(int epfd, MemorySegment events, int maxEvents, int timeoutMillis) {
        return (int) call(epoll_wait, epfd, events.address(), maxEvents, timeoutMillis);
    }

    static int eventfd(int initial, int flags) {
        return (int) call(eventfd, initial, flags);
    }

    static int timerfd_create(int clock, int flags) {
        return (int) call(timerfd_create, clock, flags);
    }

    static int timerfd_settime(int fd, int flags, MemorySegment newValue) {
        return (int) call(timerfd_settime, fd, flags, newValue.address(), 0);
    }

    static int clock_gettime(int clock, MemorySegment timespec) {
        return (int) call(clock_gettime, clock, timespec.address());
    }

    static int adjtimex(MemorySegment timex) {
        return (int) call(adjtimex, timex.address());
    }

    public static int geteuid() {
        return (int) call(geteuid);
    }

    /// Whether this file descriptor is a terminal.
    public static boolean isTerminal(int fd) {
        return (int) call(isatty, fd) == 1;
    }

    static int getpagesize() {
        return (int) call(getpagesize);
    }

    /// `arguments` is a va_list, which the 64-bit Linux ABIs pass as a pointer.
    static int vsnprintf(MemorySegment into, long format, long arguments) {
        return (int) call(vsnprintf, into.address(), into.byteSize(), format, arguments);
    }

    /// Returns when every CPU has left the tracepoints and BPF programs it was in: the kernel waits for an RCU grace
    /// period. Where the system call is not to be had (nohz_full), a time no program takes has to do.
    static void waitForPrograms() {
        long number = System.getProperty("os.arch").equals("amd64") ? 324 : 283;
        if ((int) call(syscall, number, MEMBARRIER_CMD_GLOBAL, 0, 0) != 0) {
            LockSupport.parkNanos(50_000_000);
        }
    }
}
