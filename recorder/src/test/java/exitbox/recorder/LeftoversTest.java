package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.Ledger;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.contract.Table;
import exitbox.schemas.segment.Sealer;
import exitbox.schemas.spool.ClockPair;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.spool.SpoolReader;
import exitbox.schemas.spool.SpoolTail;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a start makes of the folder that earlier runs left, as a crash, a full disk or a stranger may have left it.
class LeftoversTest {
    private static final String HOST = "web1";
    private static final String BOOT = "boot-1";
    private static final long NOW = 900_000;

    @TempDir
    Path dir;

    private Recording recording;
    private final List<String> messages = new ArrayList<>();

    @BeforeEach
    void folder() throws IOException {
        recording = new Recording(dir);
        Access.own().createFolders(recording.spoolFolder(HOST));
        Access.own().createFolders(recording.catalogFolder());
    }

    @Test
    void anEmptyRecordingBeginsWithOne() throws IOException {
        Spools spools = find(BOOT);
        assertEquals(1, spools.nextSeq());
        assertEquals(List.of(), spools.leftovers());
        assertEquals(recording.spool(HOST, 1), create(spools));
        assertEquals(List.of(), messages);
    }

    @Test
    void aRunThatStoppedGoesOnInTheNext() throws IOException {
        spool(1, 1, 5, true);
        Spools spools = find(BOOT);
        assertEquals(6, spools.nextSeq());
        assertEquals(List.of(recording.spool(HOST, 1)), spools.leftovers());
        assertEquals(recording.spool(HOST, 2), create(spools));
        assertEquals(6, nextSeq(1), "no row is added to a run that ended well");
    }

    @Test
    void aRunThatWasKilledGetsTheGapInItsOwnSpool() throws IOException {
        spool(1, 1, 5, false);
        assertEquals(7, find(BOOT).nextSeq());
        assertEquals(7, nextSeq(1));
        assertEquals(7, find(BOOT).nextSeq(), "once, however often the start is tried");
        seal(1);
        assertEquals(List.of(), find("boot-2").leftovers());
        assertNull(find("boot-2").missingEnd());
    }

    @Test
    void aTornFrameIsCutOffBeforeTheGap() throws IOException {
        spool(1, 1, 5, false);
        Files.write(recording.spool(HOST, 1), new byte[]{9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9}, StandardOpenOption.APPEND);
        assertEquals(7, find(BOOT).nextSeq());
        try (SpoolReader reader = SpoolReader.open(recording.spool(HOST, 1))) {
            while (reader.next() != null) {
                // to the end
            }
            assertEquals(0, reader.tornBytes());
            assertEquals(0, reader.damagedBytes());
        }
    }

    @Test
    void theNewestSpoolMayBeWithoutRows() throws IOException {
        spool(1, 1, 5, false);
        spool(2, 6, 0, false);
        Spools spools = find(BOOT);
        assertEquals(7, spools.nextSeq());
        assertEquals(6, nextSeq(1), "the run did not end here");
        assertEquals(7, nextSeq(2));
    }

    @Test
    void ofARunThatWasRotatedOnlyTheLastSpoolLacksAnEnd() throws IOException {
        spool(1, 1, 5, false);
        spool(2, 6, 3, false);
        seal(1);
        assertEquals(10, find(BOOT).nextSeq());
        assertEquals(10, nextSeq(2));
    }

    @Test
    void aNameThatAPowerCutLeftWithoutAByteIsRemoved() throws IOException {
        spool(3, 1, 5, true);
        Files.createFile(recording.spool(HOST, 4));
        Spools spools = find(BOOT);
        assertEquals(List.of(recording.spool(HOST, 3)), spools.leftovers());
        assertEquals(List.of(), messages);
        assertTrue(Files.notExists(recording.spool(HOST, 4)));
        assertEquals(recording.spool(HOST, 5), create(spools), "its number is not given again");
    }

    @Test
    void foreignAndTornFilesAreNamedAndLeftAlone() throws IOException {
        spool(3, 1, 5, true);
        Map<Long, byte[]> files = Map.of(5L, "hello".getBytes(), 6L, new byte[4096],
                7L, java.util.Arrays.copyOf(Files.readAllBytes(recording.spool(HOST, 3)), 40));
        for (Map.Entry<Long, byte[]> file : files.entrySet()) {
            Files.write(recording.spool(HOST, file.getKey()), file.getValue());
        }
        Files.copy(recording.spool(HOST, 3), recording.spool(HOST, 8)); // says that it is number 3
        Files.writeString(recording.spoolFolder(HOST).resolve("notes.txt"), "not a spool's name");
        Spools spools = find(BOOT);
        assertEquals(List.of(recording.spool(HOST, 3)), spools.leftovers());
        assertEquals(6, spools.nextSeq());
        assertEquals(recording.spool(HOST, 9), create(spools));
        assertEquals(4, messages.size(), messages.toString());
        for (int i = 0; i < 4; i++) {
            String begin = recording.spool(HOST, 5 + i) + ": ";
            assertTrue(messages.get(i).startsWith(begin), messages.get(i));
            assertEquals(-1, messages.get(i).indexOf(begin, 1), "the path once: " + messages.get(i));
        }
        for (Map.Entry<Long, byte[]> file : files.entrySet()) {
            org.junit.jupiter.api.Assertions.assertArrayEquals(file.getValue(), Files.readAllBytes(recording.spool(HOST, file.getKey())));
        }
    }

    @Test
    void anotherSpoolUnderASealedNumberIsNotDropped() throws IOException {
        spool(1, 1, 5, true);
        seal(1);
        spool(1, 1, 2, true, "run-other");
        assertEquals(List.of(), find(BOOT).leftovers());
        assertTrue(messages.getFirst().contains("another spool of this number is sealed"), messages.toString());
        assertTrue(Files.exists(recording.spool(HOST, 1)));
    }

    @Test
    void aSpoolWhoseCatalogLineStandsIsOnlyDropped() throws IOException {
        spool(1, 1, 5, true);
        Path kept = dir.resolve("kept");
        Files.copy(recording.spool(HOST, 1), kept);
        seal(1);
        Files.copy(kept, recording.spool(HOST, 1)); // as if killed before it was deleted
        assertEquals(List.of(recording.spool(HOST, 1)), find(BOOT).leftovers());
        assertNull(new Sealer(recording, Access.own()).seal(recording.spool(HOST, 1), HOST));
        assertTrue(Files.notExists(recording.spool(HOST, 1)));
        assertEquals(1, Catalog.read(recording.catalog(HOST)).lines().size());
    }

    @Test
    void aRunWhoseOpenSpoolIsMissingGetsTheGapInTheNextRun() throws IOException {
        spool(1, 1, 5, false);
        seal(1);
        Map<String, Object> sameBoot = find(BOOT).missingEnd();
        assertEquals("unclean_end", sameBoot.get("cause"));
        assertEquals(NOW, sameBoot.get("last_boot_ns"));
        assertNotNull(sameBoot.get("first_boot_ns"));
        Map<String, Object> otherBoot = find("boot-2").missingEnd();
        assertNull(otherBoot.get("last_boot_ns"), "times of two boots cannot be compared");
        assertNull(otherBoot.get("first_boot_ns"));
    }

    /// A gap without a count is not yet the one for the end.
    @Test
    void aLossNobodyCountedIsNoEnd() throws IOException {
        spool(1, 1, 5, false);
        gap(1, 6, Map.of("cause", "follow_full"));
        seal(1);
        assertEquals(-1, Catalog.read(recording.catalog(HOST)).spools().getLast().lostRows());
        assertEquals("unclean_end", find(BOOT).missingEnd().get("cause"));
        spool(2, 7, 1, false);
        gap(2, 8, Map.of("cause", "unclean_end", "detail", "run run-1 ended without a stop"));
        seal(2);
        assertNull(find(BOOT).missingEnd());
    }

    private void gap(long number, long seq, Map<String, Object> row) throws IOException {
        Path path = recording.spool(HOST, number);
        SpoolTail tail = SpoolTail.read(path);
        try (SpoolWriter writer = SpoolWriter.reopen(path, tail.header(), tail.end())) {
            writer.appendRow(Table.GAPS, 0, 2000, seq, row);
        }
    }

    @Test
    void numbersGoOnBehindADamagedCatalogLine() throws IOException {
        spool(1, 1, 5, false);
        spool(2, 6, 7, true);
        seal(1);
        seal(2);
        List<String> lines = new ArrayList<>(Files.readAllLines(recording.catalog(HOST)));
        lines.set(1, lines.get(1).replace("\"rows\":", "\"rowz\":"));
        Files.write(recording.catalog(HOST), lines);
        Spools spools = find(BOOT);
        assertEquals(13, spools.nextSeq());
        assertEquals(recording.spool(HOST, 3), create(spools));
        assertTrue(messages.getFirst().startsWith(recording.catalog(HOST) + ": line 2: "), messages.toString());
    }

    /// Or their files would be written over, were they of the same second.
    @Test
    void numbersGoOnBehindLinesThatSomebodyCutOff() throws IOException {
        spool(1, 1, 5, false);
        spool(2, 6, 7, true);
        seal(1);
        seal(2);
        Files.write(recording.catalog(HOST), Files.readAllLines(recording.catalog(HOST)).subList(0, 1));
        Spools spools = find(BOOT);
        assertEquals(13, spools.nextSeq());
        assertEquals(recording.spool(HOST, 3), create(spools));
        assertEquals(List.of(), messages, "verify says it");
    }

    private Spools find(String bootId) throws IOException {
        messages.clear();
        return Spools.find(recording, HOST, Ledger.read(recording.catalog(HOST)), Access.own(), bootId, NOW, null, messages::add);
    }

    private Path create(Spools spools) throws IOException {
        try (SpoolWriter writer = spools.create(header(0, "run-2"))) {
            return writer.path();
        }
    }

    private void seal(long number) throws IOException {
        assertNotNull(new Sealer(recording, Access.own()).seal(recording.spool(HOST, number), HOST));
    }

    private long nextSeq(long number) throws IOException {
        try (SpoolReader reader = SpoolReader.open(recording.spool(HOST, number))) {
            while (reader.next() != null) {
                // to the end
            }
            return reader.nextSeq();
        }
    }

    private void spool(long number, long firstSeq, int rows, boolean stopped) throws IOException {
        spool(number, firstSeq, rows, stopped, "run-1");
    }

    /// A spool of rows as they are made in user space, the last of them a stop if asked for.
    private void spool(long number, long firstSeq, int rows, boolean stopped, String runId) throws IOException {
        try (SpoolWriter writer = SpoolWriter.create(recording.spool(HOST, number), header(number, runId))) {
            for (int row = 0; row < rows; row++) {
                boolean last = stopped && row == rows - 1;
                writer.appendRow(Table.RUNS, 0, 1000 + row, firstSeq + row, Map.of("event", last ? "stop" : "start", "run_id", runId));
            }
        }
    }

    private static SpoolHeader header(long number, String runId) {
        return new SpoolHeader(HOST, BOOT, runId, "test", number, "group_dead", new ClockPair(1_760_000_000_000_000_000L, 1000, 10),
                List.of());
    }
}
