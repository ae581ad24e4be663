package exitbox.schemas.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.Rows;
import exitbox.schemas.contract.Table;
import exitbox.schemas.segment.Sample.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damage to a segment's rows is found without the catalog; a footer that lies is refused, whatever it says.
class SegmentCheckTest {
    private static final int ROWS = 5000;

    @TempDir
    Path dir;

    private Path path;
    private byte[] bytes;
    private int footerStart;

    @BeforeEach
    void write() throws IOException {
        path = dir.resolve("sample.parquet");
        new Sample(1, ROWS, Shape.MANY, Shape.FEW_WITH_NULLS, Shape.ONE, Shape.NULLS).write(path, 4096);
        bytes = Files.readAllBytes(path);
        footerStart = bytes.length - 8 - ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(bytes.length - 8);
    }

    @Test
    void aFlippedBitInAnyPageIsFound() throws IOException {
        // Behind the pages stand indexes and the footer, over which Parquet has no checksum: the catalog's sha256 covers them.
        int pagesEnd = pagesEnd();
        assertTrue(bytes.length - pagesEnd < bytes.length / 5, "most of the file is pages");
        Random random = new Random(1);
        List<Integer> missed = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int bit = random.nextInt(pagesEnd * 8);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            if (!isRefused(bytes)) {
                missed.add(bit / 8);
            }
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
        // Nor has it one over the headers of pages, some 40 bytes each, whose statistics may say anything.
        assertTrue(missed.size() <= 3, "missed at " + missed);
        assertEquals(ROWS, rows(bytes));
    }

    /// What is changed where Parquet has no checksum may cost rows; those that are saved are what they were. All bits with
    /// -Dexitbox.flips=all, others with -Dexitbox.flips.seed=N.
    @Test
    void aFlippedBitMayLoseRowsButChangesNone() throws IOException {
        for (Shape shape : Shape.values()) {
            List<Map<String, Object>> group = twoGroupsAlike(shape);
            assertEquals(List.of(group, group).stream().flatMap(List::stream).toList(), salvaged(), shape.name());
            Random random = new Random(Long.getLong("exitbox.flips.seed", 1));
            boolean all = "all".equals(System.getProperty("exitbox.flips"));
            for (int bit = 0; bit < bytes.length * 8; bit++) {
                if (!all && random.nextInt(100) != 0) {
                    continue;
                }
                bytes[bit / 8] ^= (byte) (1 << bit % 8);
                Files.write(path, bytes);
                List<Map<String, Object>> saved = salvaged();
                bytes[bit / 8] ^= (byte) (1 << bit % 8);
                assertEquals(0, saved.size() % group.size(), shape + ", bit " + bit);
                for (int row = 0; row < saved.size(); row++) {
                    assertEquals(group.get(row % group.size()), saved.get(row), shape + ", bit " + bit);
                }
            }
        }
    }

    private List<Map<String, Object>> twoGroupsAlike(Shape shape) throws IOException {
        Path one = dir.resolve("one.parquet");
        Files.deleteIfExists(one);
        Sample sample = new Sample(1, 40, shape);
        sample.write(one, 4096);
        Rows rows = new Rows();
        SegmentReader.salvage(sample.table(), one, rows);
        Files.deleteIfExists(path);
        try (SegmentWriter writer = new SegmentWriter(path, sample.table())) {
            for (int group = 0; group < 2; group++) {
                SegmentReader.salvage(sample.table(), one, writer::write);
                writer.endGroup();
            }
            writer.finish(Map.of());
        }
        bytes = Files.readAllBytes(path);
        return rows.table(Table.EXITS);
    }

    private List<Map<String, Object>> salvaged() throws IOException {
        Rows rows = new Rows();
        SegmentReader.salvage(Sample.TABLE, path, rows);
        return rows.table(Table.EXITS);
    }

    @Test
    void aCutFileIsRefused() throws IOException {
        for (int size = 0; size < bytes.length; size += 1 + size / 50) {
            assertTrue(isRefused(Arrays.copyOf(bytes, size)), size + " bytes");
        }
        assertTrue(isRefused(Arrays.copyOf(bytes, bytes.length - 1)));
        assertTrue(isRefused(Arrays.copyOf(bytes, bytes.length + 1)));
    }

    @Test
    void foreignFilesAreRefused() throws IOException {
        for (String text : List.of("", "PAR1", "PAR1PAR1PAR1", "hello, world", "PAR1\0\0\0\0\0\0\0\0PAR1",
                "PAR1....\u007f\u007f\u007f\u007fPAR1")) {
            assertTrue(isRefused(text.getBytes()), text);
        }
    }

    @Test
    void aFooterThatLiesIsRefusedWithoutTakingMemory() throws IOException {
        assertEquals(ROWS, rows(withFooter(footer -> {
        })), "a footer written anew is one");
        List<Lie> lies = List.of(
                footer -> footer.setNum_rows(ROWS + 1),
                footer -> footer.getRow_groups().getFirst().setNum_rows(ROWS - 1),
                footer -> footer.getRow_groups().getFirst().getColumns().getFirst().setMeta_data(null),
                footer -> footer.getRow_groups().clear(),
                footer -> first(footer).setTotal_compressed_size(Integer.MAX_VALUE),
                footer -> first(footer).setTotal_compressed_size(Long.MAX_VALUE),
                footer -> first(footer).setTotal_compressed_size(-1),
                footer -> first(footer).setTotal_compressed_size(first(footer).getTotal_compressed_size() - 1),
                footer -> first(footer).setDictionary_page_offset(-4).setData_page_offset(-4),
                footer -> first(footer).setDictionary_page_offset(Long.MAX_VALUE).setData_page_offset(Long.MAX_VALUE),
                footer -> first(footer).setDictionary_page_offset(5).setData_page_offset(5),
                footer -> first(footer).setNum_values(ROWS * 2),
                footer -> first(footer).setNum_values(-1),
                footer -> first(footer).getEncodings().clear());
        for (int i = 0; i < lies.size(); i++) {
            assertTrue(isRefused(withFooter(lies.get(i))), "lie " + i);
        }
    }

    @Test
    void noiseNeverEscapesAsAnythingButIOException() throws IOException {
        Random random = new Random(2);
        for (int i = 0; i < 300; i++) {
            byte[] twisted = bytes.clone();
            for (int n = random.nextInt(20); n >= 0; n--) {
                twisted[footerStart + random.nextInt(bytes.length - footerStart)] = (byte) random.nextInt();
            }
            isRefused(twisted);
        }
    }

    private interface Lie {
        void tell(FileMetaData footer);
    }

    private static ColumnMetaData first(FileMetaData footer) {
        return footer.getRow_groups().getFirst().getColumns().getFirst().getMeta_data();
    }

    private byte[] withFooter(Lie lie) throws IOException {
        Files.write(path, bytes);
        FileMetaData footer = SegmentCheck.footer(path);
        lie.tell(footer);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, footerStart);
        Util.writeFileMetaData(footer, out);
        int length = out.size() - footerStart;
        out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(length).array());
        out.writeBytes("PAR1".getBytes());
        return out.toByteArray();
    }

    private int pagesEnd() throws IOException {
        long end = 0;
        for (var column : SegmentCheck.footer(path).getRow_groups().getFirst().getColumns()) {
            ColumnMetaData data = column.getMeta_data();
            long start = data.isSetDictionary_page_offset() ? data.getDictionary_page_offset() : data.getData_page_offset();
            end = Math.max(end, start + data.getTotal_compressed_size());
        }
        return Math.toIntExact(end);
    }

    private long rows(byte[] file) throws IOException {
        Files.write(path, file);
        return SegmentCheck.rows(path);
    }

    private boolean isRefused(byte[] file) throws IOException {
        Files.write(path, file);
        try {
            SegmentCheck.rows(path);
            return false;
        } catch (IOException e) {
            assertTrue(e.getMessage().startsWith(path.toString()), e.getMessage());
            return true;
        }
    }
}
