package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import exitbox.recorder.kernel.Counts;
import exitbox.recorder.kernel.Ring;
import exitbox.recorder.kernel.Tally;
import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.spool.RecordCursor;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What is left of the kernel's records, forged here, when names choose.
class NameFilterTest {
    private static final int EXITS = 1;
    private static final int THREAD_EXITS = 2;
    private static final int HEARTBEATS = 10;
    private static final int CGROUP_NAMES = 13;
    private static final int NOBODYS = 99;
    private static final int DISCARDED = 1 << 30;
    private static final List<RecordLayout> LAYOUTS = List.of(
            new RecordLayout("exit_record", 51, List.of(new Field("comm", 28, 16))),
            new RecordLayout("thread_exit_record", 40, List.of(new Field("comm", 24, 16))));

    private final Tally tally = Counts.tally(2);
    private final ByteArrayOutputStream records = new ByteArrayOutputStream();
    private int rows;

    @Test
    void keepsTheDeathsWhoseNamesMatchAndAllElse() {
        add(EXITS, 0, "bash");
        add(CGROUP_NAMES, 0, "bash");
        add(EXITS, 1, "nginx");
        add(HEARTBEATS, 0, "bash");
        add(THREAD_EXITS, 1, "bash");
        add(NOBODYS, 0, "bash");
        add(EXITS, 1, "an nginx");
        add(EXITS, 1, "bash");
        NameFilter filter = filter("nginx");
        Ring.Run kept = filter.of(run());
        assertEquals(List.of("13 bash", "1 nginx", "10 bash", "99 bash", "1 an nginx"), words(kept));
        assertEquals(4, kept.rows());
        assertEquals(1000, kept.from());
        assertEquals(1000 + records.size(), kept.to());
        assertEquals(List.of(0L, 0L, 0L), counts(), "not before it is written");
        filter.count();
        assertEquals(List.of(1L, 1L, 1L), counts());
        filter.of(run());
        filter.count();
        assertEquals(List.of(2L, 2L, 2L), counts());
    }

    @Test
    void whatIsTriedAgainCountsOnce() {
        add(EXITS, 0, "bash");
        NameFilter filter = filter("nginx");
        filter.of(run());
        filter.of(run());
        filter.count();
        assertEquals(List.of(1L, 0L, 0L), counts());
    }

    @Test
    void whatIsKeptWholeIsNotCopied() {
        add(EXITS, 0, "nginx");
        Ring.Run run = run();
        assertSame(run, filter("^n.*x$").of(run));
    }

    @Test
    void nothingMayBeLeft() {
        add(EXITS, 0, "bash");
        add(EXITS, 0, "bash");
        Ring.Run kept = filter("nginx").of(run());
        assertEquals(0, kept.data().byteSize());
        assertEquals(0, kept.rows());
    }

    @Test
    void discardedRecordsAreNotCounted() {
        add(EXITS | DISCARDED, 0, "bash");
        NameFilter filter = filter("nginx");
        filter.of(run());
        filter.count();
        assertEquals(List.of(0L, 0L, 0L), counts());
    }

    @Test
    void namesMatchInTheirPrintableForm() {
        for (String name : List.of("a\\b", "a\u001bb", "a\u00fcb", "a b", "sixteen bytes 16")) {
            add(EXITS, 0, name);
        }
        assertEquals(List.of("1 a\\b"), words(filter("a\\\\\\\\b").of(run())));
        assertEquals(List.of("1 a\u001bb"), words(filter("x1b").of(run())));
        assertEquals(List.of("1 a\u00fcb"), words(filter("a\u00fcb").of(run())));
        assertEquals(List.of("1 sixteen bytes 16"), words(filter("^.{16}$").of(run())));
    }

    @Test
    void manyNamesAreEachJudgedByThemselves() {
        NameFilter filter = filter("7");
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 100_000; i++) {
                records.reset();
                rows = 0;
                String name = Integer.toString(i);
                add(EXITS, 0, name);
                assertEquals(name.contains("7") ? 1 : 0, filter.of(run()).rows(), name);
            }
        }
    }

    private NameFilter filter(String pattern) {
        return new NameFilter(Pattern.compile(pattern), LAYOUTS, tally, 2);
    }

    private List<Long> counts() {
        tally.settle();
        return List.of(tally.leftOut(0, EXITS), tally.leftOut(1, EXITS), tally.leftOut(1, THREAD_EXITS));
    }

    /// A record of a size that no other table's has, its name where the table has it.
    private void add(int table, int cpu, String name) {
        int number = table & ~DISCARDED;
        int length = number == EXITS ? 51 : 40;
        ByteBuffer record = ByteBuffer.allocate(8 + (length + 7 & -8)).order(ByteOrder.nativeOrder());
        record.putInt(length | table & DISCARDED).putInt(0).putInt(number).putInt(cpu);
        record.position(8 + (number == EXITS ? 28 : 24)).put(name.getBytes(StandardCharsets.UTF_8));
        records.writeBytes(record.array());
        rows += number == CGROUP_NAMES || (table & DISCARDED) != 0 ? 0 : 1;
    }

    private Ring.Run run() {
        ByteBuffer data = ByteBuffer.allocateDirect(records.size()).put(records.toByteArray()).flip();
        return new Ring.Run(1000, 1000 + records.size(), rows, MemorySegment.ofBuffer(data));
    }

    /// Table and name of each record.
    private static List<String> words(Ring.Run run) {
        List<String> words = new ArrayList<>();
        ByteBuffer data = run.data().asByteBuffer().order(ByteOrder.nativeOrder());
        RecordCursor cursor = new RecordCursor().over(data, 0, data.limit());
        while (cursor.next()) {
            byte[] name = new byte[16];
            data.get(cursor.record() + (cursor.table() == EXITS ? 28 : 24), name);
            words.add(cursor.table() + " " + new String(name, StandardCharsets.UTF_8).replace("\0", ""));
        }
        return words;
    }
}
