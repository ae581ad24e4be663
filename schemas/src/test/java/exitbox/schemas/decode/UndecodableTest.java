package exitbox.schemas.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.Layouts;
import exitbox.schemas.Raw;
import exitbox.schemas.Rows;
import exitbox.schemas.Spools;
import exitbox.schemas.contract.Table;
import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.spool.SpoolFormat;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A record without meaning becomes a gap that takes its seq; those after it are decoded.
class UndecodableTest {
    private static final long BOOT_NS = Spools.CLOCK.bootNs();
    private static final RecordLayout EXIT = Layouts.of("exit_record", "table:4 cpu:4 mono_ns:8 boot_ns:8 pid:4 status:4");

    @TempDir
    Path dir;

    @Test
    void recordsWithoutMeaning() throws IOException {
        byte[] exit = Raw.struct(EXIT, 1, 3, 0, BOOT_NS + 5).bytes();
        Raw raw = new Raw().row(exit);
        for (int table : new int[]{0, 3, 14, 15, 16, -1, Integer.MIN_VALUE}) {
            raw.row(Raw.struct(EXIT, table, 3, 0, BOOT_NS + (1L << 60)));
        }
        raw.row(Raw.struct(EXIT, 2, 3, 0, BOOT_NS));
        raw.row(Raw.struct(EXIT, 9, 3, 0, BOOT_NS));
        raw.row(new byte[23]).row(new byte[0]);
        raw.row(Arrays.copyOf(exit, 24)).row(Arrays.copyOf(exit, 33));
        raw.row(exit);
        Rows rows = decode(raw, 100);
        assertEquals(List.of(100L, 114L), rows.column(Table.EXITS, "seq"));
        assertEquals(List.of(
                "101 3 - a record of the unknown table 0",
                "102 3 execs a record of execs, for which the spool has no layout",
                "103 3 - a record of the unknown table 14",
                "104 3 - a record of the unknown table 15",
                "105 3 - a record of the unknown table 16",
                "106 3 - a record of the unknown table -1",
                "107 3 - a record of the unknown table -2147483648",
                "108 3 thread_exits a record of thread_exits, for which the spool has no layout",
                "109 3 gaps a record of gaps, for which the spool has no layout",
                "110 -1 - a record of 23 bytes",
                "111 -1 - a record of 0 bytes",
                "112 3 exits a record of 24 bytes instead of 32",
                "113 3 exits a record of 33 bytes instead of 32"), gaps(rows));
        for (Map<String, Object> gap : rows.table(Table.GAPS)) {
            assertEquals(List.of("undecodable", 1L, BOOT_NS + 5, BOOT_NS + 5, BOOT_NS + 5, "2026-11-20"),
                    List.of(gap.get("cause"), gap.get("count"), gap.get("first_boot_ns"), gap.get("last_boot_ns"), gap.get("boot_ns"),
                            gap.get("date")),
                    "the time of the last sure event, not what the record claims");
        }
    }

    @Test
    void aRecordLongerThanItsFrameTakesAllThatTheFrameHeld() throws IOException {
        byte[] exit = Raw.struct(EXIT, 1, 3, 0, BOOT_NS).bytes();
        for (int length : new int[]{exit.length + 1, 1 << 20, 0x3fffffff}) {
            Path path = spool();
            try (SpoolWriter spool = SpoolWriter.create(path, Spools.header(EXIT))) {
                spool.append(0, 4, 0, 0, 1, new Raw().row(exit).record(exit, length).bytes());
                Spools.append(spool, 5, new Raw().row(exit));
            }
            Rows rows = Rows.of(path);
            assertEquals(List.of(1L, 5L), rows.column(Table.EXITS, "seq"));
            assertEquals(List.of("2 -1 - a record is longer than its frame"), gaps(rows));
            assertEquals(3L, rows.row(Table.GAPS).get("count"));
        }
    }

    @Test
    void aFrameThatHoldsLessOrMoreThanItSays() throws IOException {
        byte[] exit = Raw.struct(EXIT, 1, 3, 0, BOOT_NS).bytes();
        Path path = spool();
        try (SpoolWriter spool = SpoolWriter.create(path, Spools.header(EXIT))) {
            spool.append(0, 5, 0, 0, 1, new Raw().row(exit).row(exit).bytes());
            spool.append(0, 1, 0, 0, 6, new Raw().row(exit).row(exit).row(exit).bytes());
            Spools.append(spool, 7, new Raw().row(exit));
        }
        Rows rows = new Rows();
        var summary = SpoolDecoder.decode(path, new CgroupNames(), rows);
        assertEquals(List.of(1L, 2L, 6L, 7L), rows.column(Table.EXITS, "seq"));
        assertEquals(List.of("3 -1 - the frame says that it holds more records"), gaps(rows));
        assertEquals(3L, rows.row(Table.GAPS).get("count"));
        assertEquals(2 * (8 + exit.length), summary.damagedBytes(), "what has no number is named as damage");
    }

    @Test
    void rowsMadeInUserSpaceThatAreNone() throws IOException {
        Path path = spool();
        try (SpoolWriter spool = SpoolWriter.create(path, Spools.header())) {
            spool.appendRow(Table.RUNS, 1, BOOT_NS, 1, Map.of("event", "start", "from_the_future", List.of(Map.of())));
            long seq = 2;
            for (Object wrong : List.of("x", 1.5, true, List.of(1L), Map.of())) {
                spool.appendRow(Table.GAPS, 1, BOOT_NS, seq++, Map.of("count", wrong));
            }
            spool.appendRow(Table.RUNS, 1, BOOT_NS, seq++, Map.of("pid", 1L << 31));
            spool.appendRow(Table.RUNS, 1, BOOT_NS, seq++, Map.of("options", List.of("a", 1L)));
            spool.appendRow(Table.RUNS, 1, BOOT_NS, seq++, Map.of("boot_ns", "soon"));
            for (String json : List.of("", "{", "null", "[]", "{}{}")) {
                ByteBuffer record = new Raw()
                        .row(Raw.struct(Layouts.of("x", "table:4 cpu:4 mono_ns:8 boot_ns:8 json:" + Math.max(json.length(), 1)), 12, -1, 1,
                                BOOT_NS).set("json", json))
                        .bytes();
                spool.append(SpoolFormat.USER_RING, 1, 0, 0, seq++, record);
            }
            spool.append(SpoolFormat.USER_RING, 1, 0, 0, seq++, new Raw().row(new byte[5]).bytes());
            spool.append(SpoolFormat.USER_RING, 1, 0, 0, seq++,
                    new Raw()
                            .row(Raw.struct(Layouts.of("x", "table:4 cpu:4 mono_ns:8 boot_ns:8 json:4"), 14, -1, 1, BOOT_NS).set("json",
                                    "{}  ".getBytes()))
                            .bytes());
            Map<String, Object> nulls = new LinkedHashMap<>();
            nulls.put("event", "stop");
            nulls.put("boot_ns", null);
            nulls.put("ts", null);
            nulls.put("mono_ns", null);
            nulls.put("host", "another");
            nulls.put("seq", 1L);
            spool.appendRow(Table.RUNS, 1, BOOT_NS, seq++, nulls);
        }
        Rows rows = Rows.of(path);
        assertEquals(List.of("start", "stop"), rows.column(Table.RUNS, "event"));
        assertEquals(List.of(BOOT_NS, BOOT_NS), rows.column(Table.RUNS, "boot_ns"));
        assertEquals(List.of(1L, 17L), rows.column(Table.RUNS, "seq"));
        assertNull(rows.table(Table.RUNS).get(1).get("mono_ns"), "a row may say that its time is not known");
        assertEquals(List.of(Spools.HOST, Spools.HOST), rows.column(Table.RUNS, "host"));
        assertEquals(15, rows.table(Table.GAPS).size());
        assertEquals("2 -1 gaps a row that is none: column count is a BIGINT, not x", gaps(rows).getFirst());
        assertAllAccounted(rows, 1, 17);
    }

    @Test
    void anyNumberOfThemTakesLittleMemory() throws IOException {
        Raw raw = new Raw();
        for (int i = 0; i < 100_000; i++) {
            raw.row(new byte[0]);
        }
        Rows rows = decode(raw, 1);
        assertTrue(rows.largestBatch() <= 4096, rows.largestBatch() + " rows at once");
        assertAllAccounted(rows, 1, 100_000);
        Path path = spool();
        try (SpoolWriter spool = SpoolWriter.create(path, Spools.header())) {
            for (long seq = 1; seq <= 10_000; seq++) {
                spool.appendRow(Table.GAPS, 1, BOOT_NS, seq, Map.of());
            }
        }
        rows = Rows.of(path);
        assertTrue(rows.largestBatch() <= 4096, rows.largestBatch() + " rows at once");
        assertAllAccounted(rows, 1, 10_000);
    }

    static void assertAllAccounted(Rows rows, long first, long last) {
        List<String> wrong = new ArrayList<>();
        Map<Long, Integer> accounted = rows.accounted();
        for (long seq = first; seq <= last; seq++) {
            if (accounted.getOrDefault(seq, 0) != 1) {
                wrong.add("seq " + seq + ": " + accounted.getOrDefault(seq, 0) + " times");
            }
        }
        assertEquals(List.of(), wrong);
        assertEquals(last - first + 1, accounted.size());
    }

    private static List<String> gaps(Rows rows) {
        return rows.table(Table.GAPS).stream().map(gap -> gap.get("seq") + " " + gap.get("cpu") + " "
                + (gap.get("table_name") == null ? "-" : gap.get("table_name")) + " " + gap.get("detail")).toList();
    }

    private Path spool() {
        return dir.resolve(System.nanoTime() + ".spool");
    }

    private Rows decode(Raw raw, long firstSeq) throws IOException {
        Path path = spool();
        try (SpoolWriter spool = SpoolWriter.create(path, Spools.header(EXIT))) {
            Spools.append(spool, firstSeq, raw);
        }
        return Rows.of(path);
    }
}
