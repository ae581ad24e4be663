package exitbox.recorder.kernel;

import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.spool.ClockPair;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Runs the BPF program `heartbeat` on this thread: it puts a record into the ring that travels the whole way,
/// as any event's. One thread at a time.
final class Heartbeat {
    static final String PROGRAM = "heartbeat";

    // struct bpf_test_run_opts (bpf/bpf.h): only its size is set; the program takes no context.
    private static final int TEST_RUN_OPTIONS_BYTES = 80;
    private static final int TEST_RUN_RETVAL = 56;

    private final int program;
    private final int beat;
    private final RecordLayout layout;
    private final MemorySegment key;
    private final MemorySegment values;
    private final MemorySegment options;

    Heartbeat(int program, int beat, RecordLayout layout, Arena arena) {
        this.program = program;
        this.beat = beat;
        this.layout = layout;
        this.key = arena.allocate(4, 4);
        this.values = arena.allocate(layout.size(), 8);
        this.options = arena.allocate(TEST_RUN_OPTIONS_BYTES, 8);
    }

    /// Returns false when the ring was full: the kernel counted that as a loss of table heartbeats.
    boolean send(ClockPair clock, Counters counters, long spoolBytes) {
        set("real_ns", clock.realNs());
        set("real_boot_ns", clock.bootNs());
        set("real_error_ns", clock.errorNs());
        set("spool_bytes", spoolBytes);
        long seen = layout.field("seen").offset();
        long filtered = layout.field("filtered").offset();
        long lost = layout.field("lost").offset();
        for (int table = 0; table < Counters.TABLES; table++) {
            long at = 8L * table;
            values.set(ValueLayout.JAVA_LONG, seen + at, counters.seen(table));
            values.set(ValueLayout.JAVA_LONG, filtered + at, counters.filtered(table));
            values.set(ValueLayout.JAVA_LONG, lost + at, counters.lost(table));
        }
        options.fill((byte) 0);
        options.set(ValueLayout.JAVA_LONG, 0, TEST_RUN_OPTIONS_BYTES);
        if (LibBpf.bpf_map_update_elem(beat, key, values) != 0
                || LibBpf.bpf_prog_test_run_opts(program, options) != 0) {
            throw new IllegalStateException("cannot send a heartbeat through the ring: " + Errno.name(Native.errno()));
        }
        return options.get(ValueLayout.JAVA_INT, TEST_RUN_RETVAL) == 1;
    }

    private void set(String name, long value) {
        values.set(ValueLayout.JAVA_LONG, layout.field(name).offset(), value);
    }
}
