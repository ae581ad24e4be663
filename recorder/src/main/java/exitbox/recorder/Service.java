package exitbox.recorder;

import exitbox.recorder.kernel.Clock;
import exitbox.recorder.kernel.Datagrams;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

/// What a run tells the one who supervises it, by sd_notify(3), and when it last was seen to work. Tells nobody where
/// nobody asked. From any thread; it never waits.
final class Service {
    private static final int MESSAGES_PER_TIMEOUT = 4;

    private final Function<String, Boolean> supervisor;
    private final long everyNs;
    // A state that the supervisor has not got yet: its queue was full. Told before anything else.
    private final AtomicReference<String> untold = new AtomicReference<>();
    private volatile boolean ready;
    private volatile long heartbeatRealNs;
    private long fedBootNs = Long.MIN_VALUE;

    /// @param supervisor takes a message, false when it cannot; null: there is none
    /// @param watchdogUsec how long it waits for a sign of life; 0: it does not
    Service(Function<String, Boolean> supervisor, long watchdogUsec) {
        this.supervisor = supervisor == null ? message -> true : supervisor;
        this.everyNs = supervisor == null || watchdogUsec == 0 ? 0 : watchdogUsec * 1000 / MESSAGES_PER_TIMEOUT;
    }

    static final Service NONE = new Service(null, 0);

    /// As the environment says it; [#NONE] when it says nothing.
    static Service of(Map<String, String> environment, long pid) {
        String socket = environment.get("NOTIFY_SOCKET");
        Datagrams datagrams = socket == null ? null : Datagrams.to(socket);
        if (datagrams == null) {
            return NONE;
        }
        String usec = environment.getOrDefault("WATCHDOG_USEC", "");
        boolean ours = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid)).equals(Long.toString(pid));
        return new Service(datagrams::send, ours && usec.matches("[0-9]{1,15}") ? Long.parseLong(usec) : 0);
    }

    /// Whether somebody waits for this run to be ready.
    boolean isSupervised() {
        return this != NONE;
    }

    /// Not ready yet, and for a reason that takes as long as it takes: not to be given up before it says so again.
    ///
    /// @param again when it will say so again, at the latest
    void waits(String status, Duration again) {
        tell("EXTEND_TIMEOUT_USEC=" + again.multipliedBy(MESSAGES_PER_TIMEOUT).toNanos() / 1000 + "\nSTATUS=" + status);
    }

    void ready(String status) {
        ready = true;
        tell("READY=1\nSTATUS=" + status);
    }

    /// A rotation that was asked for begins; [#reloaded] ends it.
    void reloading() {
        if (ready) {
            tell("RELOADING=1\nMONOTONIC_USEC=" + new Clock().monoNs() / 1000);
        }
    }

    void reloaded() {
        if (ready) {
            tell("READY=1");
        }
    }

    void stopping() {
        tell("STOPPING=1");
    }

    /// A heartbeat has come through the ring and stands in the spool: the only thing that keeps the watchdog quiet.
    void heartbeat(long bootNs, long realNs, Supplier<String> status) {
        heartbeatRealNs = realNs;
        String state = untold.getAndSet(null);
        if (state != null) {
            tell(state);
        }
        if (everyNs > 0 && (fedBootNs == Long.MIN_VALUE || bootNs - fedBootNs >= everyNs)) {
            fedBootNs = bootNs;
            supervisor.apply("WATCHDOG=1" + (ready ? "\nSTATUS=" + status.get() : ""));
        }
    }

    /// Wall time of the last heartbeat that came through; 0 before the first.
    long heartbeatRealNs() {
        return heartbeatRealNs;
    }

    private void tell(String state) {
        if (!supervisor.apply(state)) {
            untold.set(state);
        }
    }
}
