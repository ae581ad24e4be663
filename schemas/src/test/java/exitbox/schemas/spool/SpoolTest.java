package exitbox.schemas.spool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.Raw;
import exitbox.schemas.Spools;
import exitbox.schemas.contract.Table;
import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What was appended to a spool is read back; what is damaged, torn or foreign is never taken for a frame.
class SpoolTest {
    private static final RecordLayout LAYOUT = new RecordLayout("exit_record", 32,
            List.of(new Field("pid", 24, 4), new Field("tid", 28, 4)));

    @TempDir
    Path dir;

    private Path path;
    // Where the first frame begins, and where each ends.
    private final List<Long> ends = new ArrayList<>();

    /// Three frames: seq 10 and 11, 12, 13.
    @BeforeEach
    void write() throws IOException {
        path = dir.resolve("000001.spool");
        try (SpoolWriter spool = SpoolWriter.create(path, Spools.header(LAYOUT))) {
            ends.add(spool.bytes());
            spool.append(0, 2, 4096, 4176, 10, new Raw().row(new byte[]{1, 2, 3}).row(new byte[32]).bytes());
            ends.add(spool.bytes());
            spool.appendRow(Table.RUNS, 5, 6, 12, Map.of("event", "start"));
            ends.add(spool.bytes());
            spool.append(0, 1, 4176, 4200, 13, new Raw().row(new byte[16]).bytes());
            ends.add(spool.bytes());
        }
        assertEquals(ends.getLast(), Files.size(path));
    }

    @Test
    void whatWasAppendedIsReadBack() throws IOException {
        try (SpoolReader spool = SpoolReader.open(path)) {
            assertEquals(Spools.header(LAYOUT), spool.header());
            assertEquals(-1, spool.nextSeq());
            Frame frame = spool.next();
            assertEquals("0 2 4096 4176 10",
                    frame.ring() + " " + frame.rows() + " " + frame.from() + " " + frame.to() + " " + frame.firstSeq());
            byte[] records = new Raw().row(new byte[]{1, 2, 3}).row(new byte[32]).bytes().array();
            assertArrayEquals(records, Arrays.copyOf(frame.records().array(), frame.length()));
            assertEquals(SpoolFormat.USER_RING, spool.next().ring());
            assertEquals(13, spool.nextSeq());
            assertEquals(13, spool.next().firstSeq());
            assertNull(spool.next());
            assertEquals(14, spool.nextSeq());
            assertEquals(0, spool.damagedBytes() + spool.tornBytes());
        }
    }

    @Test
    void aSpoolThatIsBeingWritten() throws IOException {
        byte[] whole = Files.readAllBytes(path);
        Path open = dir.resolve("open");
        Files.write(open, Arrays.copyOf(whole, whole.length - 1));
        try (SpoolReader spool = SpoolReader.open(open)) {
            assertEquals(List.of(10L, 12L), seqs(spool));
            Files.write(open, whole);
            assertEquals(List.of(13L), seqs(spool));
            Files.write(open, Spools.concat(whole, Spools.frame(0, 0, 14, new byte[0])));
            assertEquals(List.of(14L), seqs(spool));
        }
    }

    @Test
    void oneThatReadsToAnEndSeesNothingBehindIt() throws IOException {
        try (SpoolReader spool = SpoolReader.open(path)) {
            spool.endAt(ends.get(2));
            assertEquals(List.of(10L, 12L), seqs(spool));
            assertEquals(0, spool.tornBytes());
        }
    }

    @Test
    void aTailTornAtAnyByteIsCutOffAndWrittenAnew() throws IOException {
        byte[] whole = Files.readAllBytes(path);
        Path torn = dir.resolve("torn");
        for (int size = ends.get(2).intValue(); size < whole.length; size++) {
            Files.write(torn, Arrays.copyOf(whole, size));
            try (SpoolReader spool = SpoolReader.open(torn)) {
                assertEquals(List.of(10L, 12L), seqs(spool));
                assertEquals(size - ends.get(2), spool.tornBytes());
                assertEquals(0, spool.damagedBytes());
            }
            SpoolTail tail = SpoolTail.read(torn);
            assertEquals(13, tail.nextSeq());
            try (SpoolWriter spool = SpoolWriter.reopen(torn, tail.header(), tail.end())) {
                Spools.append(spool, 13, new Raw().row(new byte[8]));
                assertEquals(spool.bytes(), Files.size(torn));
            }
            try (SpoolReader spool = SpoolReader.open(torn)) {
                assertEquals(List.of(10L, 12L, 13L), seqs(spool));
                assertEquals(0, spool.tornBytes());
            }
        }
    }

    @Test
    void anyFlippedBitOfAFrameCostsThatFrameOnly() throws IOException {
        for (long bit = ends.get(1) * 8; bit < ends.get(2) * 8; bit++) {
            flip(bit);
            try (SpoolReader spool = SpoolReader.open(path)) {
                assertEquals(List.of(10L, 13L), seqs(spool), "bit " + bit);
                assertEquals(ends.get(2) - ends.get(1), spool.damagedBytes());
            }
            flip(bit);
        }
    }

    @Test
    void framesBehindALongDamageAreFound() throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        byte[] noise = new byte[100_000];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) (i % 7 == 0 ? 1 : 0);
        }
        Files.write(path, Spools.concat(bytes, noise, Spools.frame(0, 1, 40, new byte[8]), noise));
        try (SpoolReader spool = SpoolReader.open(path)) {
            assertEquals(List.of(10L, 12L, 13L, 40L), seqs(spool));
            assertEquals(noise.length, spool.damagedBytes());
            assertEquals(noise.length, spool.tornBytes());
        }
    }

    @Test
    void aFrameThatContradictsItselfIsNone() throws IOException {
        byte[] good = Files.readAllBytes(path);
        byte[] record = new byte[16];
        List<byte[]> wrong = List.of(Spools.frame(0, -1, 14, record), Spools.frame(0, 3, 14, record),
                Spools.frame(0, Integer.MAX_VALUE, 14, record),
                Spools.frame(-2, 1, 14, record), Spools.frame(16, 1, 14, record), Spools.frame(0, 1, -1, record),
                Spools.frame(0, 1, 13, record),
                Spools.frame(0, 1, Long.MAX_VALUE, record), Spools.frame(0, 1, 14, new byte[SpoolFormat.MAX_FRAME]));
        for (byte[] frame : wrong) {
            Files.write(path, Spools.concat(good, frame, Spools.frame(0, 1, 15, record)));
            try (SpoolReader spool = SpoolReader.open(path)) {
                assertEquals(List.of(10L, 12L, 13L, 15L), seqs(spool));
                assertEquals(frame.length, spool.damagedBytes());
            }
        }
    }

    @Test
    void anyFlippedBitOfTheHeaderRefusesTheFile() throws IOException {
        for (long bit = 0; bit < ends.getFirst() * 8; bit++) {
            flip(bit);
            var refused = assertThrows(IOException.class, () -> SpoolReader.open(path), "bit " + bit);
            assertTrue(refused.getMessage().startsWith(path + ": "), refused.getMessage());
            flip(bit);
        }
    }

    @Test
    void aNewerFormatIsRefusedByName() throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        bytes[7] = '2';
        Files.write(path, bytes);
        assertEquals(path + ": is of format 2, and this exitbox reads format 1 — use a newer exitbox",
                assertThrows(IOException.class, () -> SpoolReader.open(path)).getMessage());
        bytes[7] = '0';
        Files.write(path, bytes);
        assertEquals(path + ": no spool (it does not begin with EXBXSPL1)",
                assertThrows(IOException.class, () -> SpoolReader.open(path)).getMessage());
    }

    @Test
    void aHeaderCutAtAnyByteRefusesTheFile() throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        for (int size = 0; size < ends.getFirst(); size++) {
            Files.write(path, Arrays.copyOf(bytes, size));
            assertThrows(IOException.class, () -> SpoolReader.open(path), size + " bytes");
        }
    }

    @Test
    void aHeaderThatLacksOrTwistsAFactRefusesTheFile() throws IOException {
        String good = Spools.header(LAYOUT).toJson();
        Files.write(path, Spools.file(good));
        SpoolReader.open(path).close();
        Files.write(path, Spools.file(good.replace("\"host\"", "\"from_the_future\":[{}],\"host\"")));
        SpoolReader.open(path).close();
        List<String> wrong = new ArrayList<>(List.of("", "[]", "{}", "null", good.substring(1), good.replace("\"web1\"", "null"),
                good.replace("\"web1\"", "7"), good.replace("[24,4]", "[]"), good.replace("[24,4]", "[24]"),
                good.replace("[24,4]", "\"x\""),
                good.replace("[24,4]", "[-8,4]"), good.replace("[24,4]", "[24,-4]"), good.replace("[24,4]", "[24,0]"),
                good.replace("[24,4]", "[30,4]"),
                good.replace("[24,4]", "[2147483647,4]"), good.replace("[24,4]", "[24,4294967300]"),
                good.replace("\"size\":32", "\"size\":-1"),
                good.replace("\"exit_record\"", "null")));
        Stream.of("host", "boot_id", "run_id", "version", "number", "exit_hook", "real_ns", "real_boot_ns", "real_error_ns", "layouts",
                "size", "fields")
                .forEach(fact -> wrong.add(good.replace("\"" + fact + "\"", "\"x\"")));
        for (String header : wrong) {
            Files.write(path, Spools.file(header));
            assertThrows(IOException.class, () -> SpoolReader.open(path), header);
        }
    }

    @Test
    void aSpoolIsNeverOverwritten() throws IOException {
        byte[] before = Files.readAllBytes(path);
        assertThrows(FileAlreadyExistsException.class, () -> SpoolWriter.create(path, Spools.header()));
        assertArrayEquals(before, Files.readAllBytes(path));
        try (Stream<Path> files = Files.list(dir)) {
            assertEquals(List.of(path), files.toList());
        }
    }

    @Test
    void aFrameThatCouldNotBeWrittenLeavesNothingBehind() throws IOException {
        Path full = dir.resolve("full");
        try (FullChannel channel = new FullChannel(full); SpoolWriter spool = new SpoolWriter(full, Spools.header(), channel, 0)) {
            Spools.append(spool, 1, new Raw().row(new byte[8]));
            channel.room = 50;
            assertThrows(IOException.class, () -> Spools.append(spool, 2, new Raw().row(new byte[64])));
            assertEquals(spool.bytes(), Files.size(full));
            channel.room = Long.MAX_VALUE;
            Spools.append(spool, 2, new Raw().row(new byte[64]));
            assertEquals(SpoolFormat.FRAME_HEADER * 2 + 16 + 72, Files.size(full));
        }
    }

    @Test
    void aFrameLongerThanReadersTakeIsNotWritten() throws IOException {
        try (SpoolWriter spool = SpoolWriter.create(dir.resolve("long"), Spools.header())) {
            long before = spool.bytes();
            assertThrows(IllegalArgumentException.class, () -> spool.append(0, 1, 0, 0, 1, ByteBuffer.allocate(SpoolFormat.MAX_FRAME)));
            assertEquals(before, spool.bytes());
            ByteBuffer most = ByteBuffer.allocate(SpoolFormat.MAX_FRAME - SpoolFormat.FRAME_HEADER + 8);
            spool.append(0, 1, 0, 0, 1, most);
            try (SpoolReader reader = SpoolReader.open(spool.path())) {
                assertEquals(most.capacity(), reader.next().length());
            }
        }
    }

    private static List<Long> seqs(SpoolReader spool) throws IOException {
        List<Long> seqs = new ArrayList<>();
        for (Frame frame = spool.next(); frame != null; frame = spool.next()) {
            seqs.add(frame.firstSeq());
        }
        return seqs;
    }

    private void flip(long bit) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(bit / 8);
            int value = file.read();
            file.seek(bit / 8);
            file.write(value ^ 1 << bit % 8);
        }
    }
}
