package exitbox.recorder;

import exitbox.recorder.kernel.Counters;
import exitbox.recorder.kernel.Ring;
import exitbox.recorder.kernel.Tally;
import exitbox.schemas.contract.Table;
import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.spool.RecordCursor;
import exitbox.schemas.spool.SpoolFormat;
import exitbox.schemas.text.Escape;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// Takes the ends of processes and threads whose names do not match out of what the kernel gave, and counts them: `--comm`.
/// A name matches or not as readers' `--comm` sees it, in its printable form.
final class NameFilter {
    private static final int COMM_BYTES = 16;
    // A power of two.
    private static final int KNOWN = 4096;

    private final Pattern pattern;
    private final Tally tally;
    // Where the name stands in a table's records; -1 in tables that are kept whole.
    private final int[] names = new int[Counters.TABLES];
    private final RecordCursor cursor = new RecordCursor();
    private final long[] counts;
    private ByteBuffer rest = ByteBuffer.allocateDirect(0);
    // Verdicts on names, each in the one place that its bytes say.
    private final long[] known = new long[2 * KNOWN];
    private final byte[] verdicts = new byte[KNOWN];

    NameFilter(Pattern pattern, List<RecordLayout> layouts, Tally tally, int cpus) {
        this.pattern = pattern;
        this.tally = tally;
        this.counts = new long[cpus * Counters.TABLES];
        Arrays.fill(names, -1);
        for (RecordLayout layout : layouts) {
            if (layout.struct().equals("exit_record")) {
                names[Table.EXITS.number()] = layout.field("comm").offset();
            } else if (layout.struct().equals("thread_exit_record")) {
                names[Table.THREAD_EXITS.number()] = layout.field("comm").offset();
            }
        }
    }

    String pattern() {
        return pattern.pattern();
    }

    /// What is left of a run of records; it keeps the run's positions. Valid until the next call and as long as the run.
    Ring.Run of(Ring.Run run) {
        ByteBuffer records = run.data().asByteBuffer().order(ByteOrder.nativeOrder());
        int left = 0;
        int kept = 0;
        Arrays.fill(counts, 0);
        cursor.over(records, 0, records.limit());
        while (cursor.next()) {
            int table = cursor.table();
            if (table < 0 || table >= names.length || names[table] < 0 || matches(records, cursor.record() + names[table])) {
                continue;
            }
            if (left == 0 && rest.capacity() < records.limit()) {
                rest = ByteBuffer.allocateDirect(records.limit());
            }
            if (left == 0) {
                rest.clear();
            }
            keep(records, kept, cursor.record() - SpoolFormat.RECORD_PREFIX);
            kept = cursor.record() + SpoolFormat.aligned(cursor.length());
            counts[cursor.cpu() * Counters.TABLES + table]++;
            left++;
        }
        if (left == 0) {
            return run;
        }
        keep(records, kept, records.limit());
        return new Ring.Run(run.from(), run.to(), run.rows() - left, MemorySegment.ofBuffer(rest.flip()));
    }

    private void keep(ByteBuffer records, int from, int to) {
        rest.put(rest.position(), records, from, to - from).position(rest.position() + to - from);
    }

    /// Counts what the last [#of] left out: what it kept is written, or counted.
    void count() {
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                tally.leaveOut(i / Counters.TABLES, i % Counters.TABLES, counts[i]);
            }
        }
    }

    private boolean matches(ByteBuffer records, int at) {
        long first = records.getLong(at);
        long second = records.getLong(at + 8);
        long mixed = (first ^ Long.rotateLeft(second, 29)) * 0x9e3779b97f4a7c15L;
        int slot = (int) (mixed >>> 32) & (KNOWN - 1);
        if (verdicts[slot] == 0 || known[2 * slot] != first || known[2 * slot + 1] != second) {
            known[2 * slot] = first;
            known[2 * slot + 1] = second;
            verdicts[slot] = (byte) (pattern.matcher(name(records, at)).find() ? 1 : -1);
        }
        return verdicts[slot] > 0;
    }

    private static String name(ByteBuffer records, int at) {
        byte[] raw = new byte[COMM_BYTES];
        records.get(at, raw);
        int length = 0;
        while (length < COMM_BYTES && raw[length] != 0) {
            length++;
        }
        return Escape.escape(Arrays.copyOf(raw, length));
    }
}
