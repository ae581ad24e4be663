package exitbox.analyzer.dialect;

import exitbox.schemas.text.Escape;
import java.nio.charset.StandardCharsets;

/// The end of a thread as a tool sees it that traces sched_process_exit. One object is filled anew for each event:
/// what is read of it holds until then. Not for several threads.
public final class Exit {
    /// The value of a number that a recording does not have.
    public static final long UNKNOWN = Long.MIN_VALUE;

    /// Process id, and the thread's own; equal when the thread leads its process.
    public long pid;
    public long tid;
    public long ppid;
    /// Wall time of the event, microseconds since 1970.
    public long micros;
    /// When the thread began, and the event, on CLOCK_MONOTONIC.
    public long startMonoNs;
    public long monoNs;
    /// The thread's own exit word (task->exit_code), no verdict on the process.
    public long status;

    private byte[] comm;
    private int commFrom;
    private int commLength;

    /// How long it lived, nanoseconds.
    long age() {
        return startMonoNs == UNKNOWN || monoNs == UNKNOWN ? UNKNOWN : monoNs - startMonoNs;
    }

    /// The thread's name as the kernel has it. The array must not change until the next event.
    public Exit comm(byte[] raw, int from, int length) {
        comm = raw;
        commFrom = from;
        commLength = length;
        return this;
    }

    /// The same from the column `comm`, which is escaped reversibly; null for NULL.
    public Exit comm(String escaped) {
        if (escaped == null) {
            return comm(new byte[]{'-'}, 0, 1);
        }
        byte[] raw = escaped.indexOf('\\') < 0 ? escaped.getBytes(StandardCharsets.UTF_8) : Escape.unescape(escaped);
        return comm(raw, 0, raw.length);
    }

    /// The thread's name in printable form.
    public String name() {
        return new String(Escape.escape(comm, commFrom, commLength), StandardCharsets.UTF_8);
    }

    byte[] comm() {
        return comm;
    }

    int commFrom() {
        return commFrom;
    }

    int commLength() {
        return commLength;
    }
}
