package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.recorder.kernel.Counts;
import exitbox.recorder.kernel.Tally;
import exitbox.schemas.contract.Table;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What is counted of records that are not written.
class UnwrittenTest {
    private static final int DISCARDED = 1 << 30;

    private final Tally tally = Counts.tally(2);
    private final Unwritten unwritten = new Unwritten(tally);

    @Test
    void countsByTableAndCpuWithTheFirstAndTheLast() {
        unwritten.add(
                records(record(Table.EXITS.number(), 1, 500), record(Table.FORKS.number(), 1, 501), record(Table.EXITS.number(), 0, 502)));
        unwritten.add(records(record(Table.EXITS.number(), 1, 900)));
        assertEquals(4, unwritten.count());
        assertEquals(List.of(gap("exits", 0, 1, 502, 502), gap("exits", 1, 2, 500, 900), gap("forks", 1, 1, 501, 501)),
                take());
    }

    @Test
    void leavesOutWhatIsNoEvent() {
        unwritten.add(records(record(Table.CGROUP_NAMES, 0, 1), new long[]{DISCARDED, Table.EXITS.number(), 0, 1}));
        assertEquals(0, unwritten.count());
    }

    @Test
    void beginsAnewOnceTakenButForItsTotals() {
        unwritten.add(records(record(Table.EXITS.number(), 0, 1), record(Table.EXECS.number(), 0, 2)));
        take();
        unwritten.add(records(record(Table.EXITS.number(), 0, 3)));
        assertEquals(1, unwritten.count());
        assertEquals(2, unwritten.totals()[Table.EXITS.number()]);
        assertEquals(1, unwritten.totals()[Table.EXECS.number()]);
        assertEquals(List.of(gap("exits", 0, 1, 3, 3)), take());
        assertEquals(List.of(), take());
    }

    @Test
    void whatADeadRecorderCountedAndDidNotTellIsToldByTheNext() {
        Losses losses = new Losses(tally, 2, 0);
        unwritten.add(records(record(Table.EXITS.number(), 1, 5), record(Table.EXITS.number(), 1, 6)));
        tally.settle();
        unwritten.take("full").forEach(losses::told);
        assertEquals(List.of(), losses.ofShortage(7, 8));
        unwritten.add(records(record(Table.EXITS.number(), 1, 9)));
        tally.settle();
        List<Map<String, Object>> gaps = new Losses(tally, 2, 0).ofShortage(7, 8);
        assertEquals(1, gaps.size());
        assertEquals(List.of(1L, "exits", 1L, 7L, 8L, "disk_full"), Stream.of("cpu", "table_name", "count", "first_boot_ns", "last_boot_ns",
                "cause").map(gaps.getFirst()::get).toList());
        gaps.forEach(losses::told);
        assertEquals(List.of(), losses.ofShortage(7, 8));
    }

    /// The rows' columns.
    private List<Map<String, Object>> take() {
        return unwritten.take("full").stream().map(HashMap::new).peek(gap -> gap.remove(Unwritten.TOTAL))
                .map(gap -> (Map<String, Object>) gap)
                .toList();
    }

    private static Map<String, Object> gap(String table, long cpu, long count, long first, long last) {
        return Map.of("table_name", table, "cpu", cpu, "count", count, "first_boot_ns", first, "last_boot_ns", last, "cause", "disk_full",
                "detail", "full");
    }

    private static long[] record(int table, int cpu, long bootNs) {
        return new long[]{0, table, cpu, bootNs};
    }

    /// Records with their ring buffer headers, of {flags, table, cpu, boot_ns} each.
    private static MemorySegment records(long[]... all) {
        ByteBuffer bytes = ByteBuffer.allocate(all.length * 32).order(ByteOrder.nativeOrder());
        for (long[] one : all) {
            bytes.putInt(24 | (int) one[0]).putInt(0).putInt((int) one[1]).putInt((int) one[2]).putLong(0).putLong(one[3]);
        }
        return MemorySegment.ofBuffer(bytes.flip());
    }
}
