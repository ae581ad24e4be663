package exitbox.schemas.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.schemas.Layouts;
import exitbox.schemas.Raw;
import exitbox.schemas.Rows;
import exitbox.schemas.Spools;
import exitbox.schemas.contract.Table;
import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damage to a spool becomes a gap that says how many rows are missing and between which times.
class DamageTest {
    private static final long BOOT_NS = Spools.CLOCK.bootNs();
    private static final RecordLayout EXIT = Layouts.of("exit_record", "table:4 cpu:4 mono_ns:8 boot_ns:8 pid:4 status:4");

    @TempDir
    Path dir;

    private Path path;
    private byte[] bytes;
    // Where the first frame begins, and where each ends.
    private final List<Integer> ends = new ArrayList<>();

    /// Frames of two rows each: seq 10 and 11, …, 16 and 17; each row's time is its seq.
    @BeforeEach
    void write() throws IOException {
        path = dir.resolve("000001.spool");
        try (SpoolWriter spool = SpoolWriter.create(path, Spools.header(EXIT))) {
            ends.add((int) spool.bytes());
            for (long seq = 10; seq < 18; seq += 2) {
                Spools.append(spool, seq, new Raw().row(exit(seq)).row(exit(seq + 1)));
                ends.add((int) spool.bytes());
            }
        }
        bytes = Files.readAllBytes(path);
    }

    @Test
    void aFrameInTheMidst() throws IOException {
        bytes[ends.get(2) - 1] ^= 1;
        Rows rows = decode(bytes);
        assertEquals(List.of(10L, 11L, 14L, 15L, 16L, 17L), rows.column(Table.EXITS, "seq"));
        assertGap(rows, 12, 2L, BOOT_NS + 11, BOOT_NS + 14, "damaged", "120 bytes of the spool failed their checksum");
    }

    /// As one that is being written has by then.
    @Test
    void noMoreThanItHadWhenSomebodyLooked() throws IOException {
        Rows rows = new Rows();
        var summary = SpoolDecoder.decode(path, ends.get(2) + 1, new CgroupNames(), rows);
        assertEquals(List.of(10L, 11L, 12L, 13L), rows.column(Table.EXITS, "seq"));
        assertEquals(List.of(14L, 1L), List.of(summary.nextSeq(), summary.tornBytes()));
    }

    @Test
    void twoFramesInARow() throws IOException {
        bytes[ends.get(1)] ^= 1;
        bytes[ends.get(2)] ^= 1;
        assertGap(decode(bytes), 12, 4L, BOOT_NS + 11, BOOT_NS + 16, "damaged", "240 bytes of the spool failed their checksum");
    }

    @Test
    void twoApart() throws IOException {
        bytes = Arrays.copyOf(bytes, bytes.length);
        bytes[ends.get(1)] ^= 1;
        byte[] more =
                Spools.concat(bytes, Spools.frame(0, 1, 18, new byte[40]), Spools.frame(0, 1, 19, new Raw().row(exit(19)).bytes().array()));
        more[bytes.length + 50] ^= 1;
        Rows rows = decode(more);
        assertEquals(List.of(12L, 18L), rows.column(Table.GAPS, "seq"));
        assertEquals(List.of(2L, 1L), rows.column(Table.GAPS, "count"));
        UndecodableTest.assertAllAccounted(rows, 10, 19);
    }

    @Test
    void aFrameThatIsCutOut() throws IOException {
        byte[] cut = Spools.concat(Arrays.copyOf(bytes, ends.get(1)), Arrays.copyOfRange(bytes, ends.get(2), bytes.length));
        assertGap(decode(cut), 12, 2L, BOOT_NS + 11, BOOT_NS + 14, "damaged", "frames of the spool are missing");
    }

    @Test
    void theFirstFrame() throws IOException {
        bytes[ends.get(0)] ^= 1;
        assertGap(decode(bytes, 10, false), 10, 2L, BOOT_NS, BOOT_NS + 12, "damaged", "120 bytes of the spool failed their checksum");
        // Without knowing where the spool before ended: some are missing, the last before 12 for sure.
        assertGap(decode(bytes), 11, null, BOOT_NS, BOOT_NS + 12, "damaged", "120 bytes of the spool failed their checksum");
    }

    @Test
    void theEndOfTheSpoolBefore() throws IOException {
        Rows rows = decode(bytes, 7, false);
        assertGap(rows, 7, 3L, BOOT_NS, BOOT_NS + 10, "damaged", "frames of the spool are missing");
        UndecodableTest.assertAllAccounted(rows, 7, 17);
    }

    @Test
    void theLastFrame() throws IOException {
        bytes[ends.get(3)] ^= 1;
        Rows open = decode(bytes, 10, false);
        assertEquals(List.of(), open.table(Table.GAPS), "it may be under way, or the next spool tells");
        Files.write(path, bytes);
        Rows rows = new Rows();
        var summary = SpoolDecoder.decode(path, 10, true, new CgroupNames(), rows);
        assertGap(rows, 16, null, BOOT_NS + 15, BOOT_NS + 15, "damaged", "120 bytes at the end of the spool make no frame");
        assertEquals(17, summary.nextSeq(), "the gap has a number of its own");
    }

    @Test
    void theLastFrameWhereClaimsAreCoalesced() throws IOException {
        Path live = dir.resolve("000002.spool");
        try (SpoolWriter spool = SpoolWriter.create(live, Spools.header("live", EXIT))) {
            Spools.append(spool, 10, new Raw().row(exit(10)));
        }
        assertGap(decode(Spools.concat(Files.readAllBytes(live), new byte[50]), 10, true), 11, null, BOOT_NS + 10, BOOT_NS + 10, "damaged",
                "50 bytes at the end of the spool make no frame");
    }

    @Test
    void nothingIsLeft() throws IOException {
        for (int end : ends.subList(0, 4)) {
            bytes[end] ^= 1;
        }
        Files.write(path, bytes);
        Rows rows = new Rows();
        var summary = SpoolDecoder.decode(path, 10, true, new CgroupNames(), rows);
        assertGap(rows, 10, null, BOOT_NS, BOOT_NS, "damaged", "480 bytes at the end of the spool make no frame");
        assertEquals(11, summary.nextSeq());
        assertEquals(Map.of(), decode(bytes, 10, false).all());
    }

    @Test
    void behindAStopNothingIsMissed() throws IOException {
        try (SpoolWriter spool = SpoolWriter.reopen(path, Spools.header(EXIT), bytes.length)) {
            spool.appendRow(Table.RUNS, 0, BOOT_NS, 18, Map.of("event", "stop"));
        }
        byte[] torn = Spools.concat(Files.readAllBytes(path), new byte[50]);
        assertEquals(List.of(), decode(torn, 10, true).table(Table.GAPS));
    }

    private static Raw.Struct exit(long time) {
        return Raw.struct(EXIT, 1, 0, 0, BOOT_NS + time);
    }

    private Rows decode(byte[] spool) throws IOException {
        return decode(spool, -1, false);
    }

    private Rows decode(byte[] spool, long firstSeq, boolean last) throws IOException {
        Files.write(path, spool);
        Rows rows = new Rows();
        SpoolDecoder.decode(path, firstSeq, last, new CgroupNames(), rows);
        return rows;
    }

    private static void assertGap(Rows rows, long seq, Long count, long firstBootNs, long lastBootNs, String cause, String detail) {
        Map<String, Object> gap = rows.row(Table.GAPS);
        assertEquals(Arrays.asList(seq, count, firstBootNs, lastBootNs, cause, detail), Arrays.asList(gap.get("seq"), gap.get("count"),
                gap.get("first_boot_ns"), gap.get("last_boot_ns"), gap.get("cause"), gap.get("detail")));
    }
}
