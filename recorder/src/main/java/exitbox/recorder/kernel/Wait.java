package exitbox.recorder.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Where the drain's thread sleeps: until a ring is a quarter full, somebody calls [#wake], the wall clock is
/// set, or time is up. [#wake] is for any thread, the rest for the drain's.
public final class Wait implements AutoCloseable {

    /// Bits of [#await]'s answer; 0 is a timeout.
    public static final int RING = 1;
    public static final int WOKEN = 2;
    public static final int CLOCK_SET = 4;

    // struct epoll_event is packed on x86-64 only.
    private static final int EVENT_BYTES = System.getProperty("os.arch").equals("amd64") ? 12 : 16;
    private static final int EVENT_DATA = EVENT_BYTES - 8;
    private static final int MAX_EVENTS = 4;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment events = arena.allocate(MAX_EVENTS * EVENT_BYTES, 8);
    private final MemorySegment eight = arena.allocate(8, 8);
    private final MemorySegment one = arena.allocate(8, 8);
    private final MemorySegment farAway = arena.allocate(32, 8); // struct itimerspec
    private final int epoll = check("epoll_create1", LibC.epoll_create1(LibC.EPOLL_CLOEXEC));
    private final int wake = check("eventfd", LibC.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK));
    private final int clock = check("timerfd_create", LibC.timerfd_create(LibC.CLOCK_REALTIME, LibC.TFD_CLOEXEC | LibC.TFD_NONBLOCK));

    public Wait(Ring... rings) {
        one.set(ValueLayout.JAVA_LONG, 0, 1);
        farAway.set(ValueLayout.JAVA_LONG, 16, Long.MAX_VALUE / 1_000_000_000 - 1); // it_value.tv_sec: the last a timer takes
        // Edge-triggered: a ring with something in it is always readable, and only the kernel's wake-up matters.
        for (Ring ring : rings) {
            add(ring.fd(), LibC.EPOLLIN | LibC.EPOLLET, RING);
        }
        add(wake, LibC.EPOLLIN, WOKEN);
        add(clock, LibC.EPOLLIN, CLOCK_SET);
        watchClock();
    }

    private void add(int fd, int what, int bit) {
        events.set(ValueLayout.JAVA_INT, 0, what);
        events.set(ValueLayout.JAVA_LONG_UNALIGNED, EVENT_DATA, bit);
        check("epoll_ctl", LibC.epoll_ctl(epoll, LibC.EPOLL_CTL_ADD, fd, events));
    }

    /// A timer that never expires, and is cancelled when the wall clock is set.
    private void watchClock() {
        check("timerfd_settime",
                LibC.timerfd_settime(clock, LibC.TFD_TIMER_ABSTIME | LibC.TFD_TIMER_CANCEL_ON_SET, farAway));
    }

    /// Sleeps until something happens, at most this long, and says what did. It may return early with 0.
    public int await(int timeoutMillis) {
        int count = LibC.epoll_wait(epoll, events, MAX_EVENTS, timeoutMillis);
        if (count < 0 && LibC.errno() != Errno.EINTR) {
            check("epoll_wait", count);
        }
        int happened = 0;
        for (int i = 0; i < count; i++) {
            happened |= (int) events.get(ValueLayout.JAVA_LONG_UNALIGNED, (long) i * EVENT_BYTES + EVENT_DATA);
        }
        if ((happened & WOKEN) != 0) {
            LibC.read(wake, eight);
        }
        if ((happened & CLOCK_SET) != 0) {
            LibC.read(clock, eight); // ECANCELED
            watchClock();
        }
        return happened;
    }

    /// Ends a sleep, or lets the next one end at once.
    public void wake() {
        LibC.write(wake, one);
    }

    @Override
    public void close() {
        LibC.close(clock);
        LibC.close(wake);
        LibC.close(epoll);
        arena.close();
    }

    private static int check(String function, int result) {
        if (result < 0) {
            throw new IllegalStateException(function + ": " + Errno.name(LibC.errno()));
        }
        return result;
    }
}
