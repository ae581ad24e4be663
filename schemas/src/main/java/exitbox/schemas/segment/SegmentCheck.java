package exitbox.schemas.segment;

import com.github.luben.zstd.ZstdDecompressCtx;
import exitbox.schemas.catalog.Access;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/// Reads a segment back page by page: the footer, every page's CRC, and every compressed page's own
/// checksum. Needs no Hadoop, and no more memory than the largest column chunk.
///
/// Parquet has no checksum over the footer, the indexes before it and the headers of pages: what is changed there
/// without a contradiction is found by the catalog's sha256 only.
public final class SegmentCheck {
    private static final byte[] MAGIC = {'P', 'A', 'R', '1'};
    private static final int MAX_PAGE = 128 << 20;

    private SegmentCheck() {
    }

    /// The number of rows of a file that is whole; an [IOException] says what is wrong with another.
    public static long rows(Path path) throws IOException {
        return whole(path).rows();
    }

    /// What is in a file that is whole.
    ///
    /// @param nulls for each of its columns how many values are missing, by the headers of its pages
    public record Whole(long rows, Map<String, Long> nulls) {
    }

    /// Reads the whole file; an [IOException] says what is wrong with one that is not.
    public static Whole whole(Path path) throws IOException {
        Map<String, Long> nulls = new HashMap<>();
        try (RandomAccessFile file = new RandomAccessFile(Access.file(path).toFile(), "r");
                ZstdDecompressCtx zstd = new ZstdDecompressCtx()) {
            FileMetaData footer = footer(file, path);
            long rows = 0;
            for (RowGroup group : footer.getRow_groups()) {
                for (ColumnChunk chunk : group.getColumns()) {
                    long missing = check(file, path, chunk.getMeta_data(), group.getNum_rows(), zstd);
                    nulls.merge(chunk.getMeta_data().getPath_in_schema().getFirst(), missing, Long::sum);
                }
                rows += group.getNum_rows();
            }
            if (rows != footer.getNum_rows()) {
                throw new IOException(path + ": its footer is damaged (rows)");
            }
            return new Whole(rows, nulls);
        } catch (RuntimeException e) {
            throw new IOException(path + ": its footer or the header of a page is damaged", e);
        }
    }

    /// The footer alone.
    public static FileMetaData footer(Path path) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(Access.file(path).toFile(), "r")) {
            return footer(file, path);
        }
    }

    /// Where a column chunk begins in its file.
    static long start(ColumnMetaData column) {
        return column.isSetDictionary_page_offset() && column.getDictionary_page_offset() > 0
                ? Math.min(column.getDictionary_page_offset(), column.getData_page_offset())
                : column.getData_page_offset();
    }

    private static FileMetaData footer(RandomAccessFile file, Path path) throws IOException {
        long size = file.length();
        byte[] start = new byte[4];
        byte[] end = new byte[8];
        if (size < 12) {
            throw new IOException(path + ": no Parquet file (" + size + " bytes)");
        }
        file.readFully(start);
        file.seek(size - 8);
        file.readFully(end);
        int length = ByteBuffer.wrap(end).order(ByteOrder.LITTLE_ENDIAN).getInt();
        if (!Arrays.equals(start, MAGIC) || !Arrays.equals(end, 4, 8, MAGIC, 0, 4) || length < 0 || length > size - 12) {
            throw new IOException(path + ": no Parquet file, or cut off");
        }
        byte[] footer = new byte[length];
        file.seek(size - 8 - length);
        file.readFully(footer);
        try {
            return Util.readFileMetaData(new ByteArrayInputStream(footer));
        } catch (IOException | RuntimeException e) {
            throw new IOException(path + ": its footer is damaged", e);
        }
    }

    /// Returns how many values of the chunk are missing.
    static long check(RandomAccessFile file, Path path, ColumnMetaData column, long rows, ZstdDecompressCtx zstd)
            throws IOException {
        long from = start(column);
        if (from < 0 || column.getTotal_compressed_size() < 0 || column.getTotal_compressed_size() > file.length() - from) {
            throw new IOException(path + ": its footer is damaged (places of columns)");
        }
        byte[] chunk = new byte[Math.toIntExact(column.getTotal_compressed_size())];
        file.seek(from);
        file.readFully(chunk);
        String where = path + ", column " + String.join(".", column.getPath_in_schema());
        InputStream in = new ByteArrayInputStream(chunk);
        long values = 0;
        long rowsRead = 0;
        long nulls = 0;
        while (in.available() > 0) {
            PageHeader header = header(in, where);
            byte[] page = in.readNBytes(header.getCompressed_page_size());
            CRC32 crc = new CRC32();
            crc.update(page);
            if (page.length != header.getCompressed_page_size() || !header.isSetCrc() || (int) crc.getValue() != header.getCrc()) {
                throw new IOException(where + ": a page fails its CRC");
            }
            if (!column.getEncodings().contains(encoding(header))) {
                throw new IOException(where + ": a page has an encoding that the footer does not name");
            }
            decompress(header, page, zstd, where);
            if (header.isSetData_page_header_v2()) {
                values += header.getData_page_header_v2().getNum_values();
                rowsRead += header.getData_page_header_v2().getNum_rows();
                nulls += header.getData_page_header_v2().getNum_nulls();
            }
        }
        if (values != column.getNum_values() || rowsRead != rows) {
            throw new IOException(where + ": " + rowsRead + " rows instead of " + rows);
        }
        return nulls;
    }

    private static Encoding encoding(PageHeader header) {
        return header.isSetData_page_header_v2() ? header.getData_page_header_v2().getEncoding()
                : header.getDictionary_page_header().getEncoding();
    }

    private static PageHeader header(InputStream in, String where) throws IOException {
        try {
            return Util.readPageHeader(in);
        } catch (IOException e) {
            throw new IOException(where + ": the header of a page is damaged", e);
        }
    }

    private static void decompress(PageHeader header, byte[] page, ZstdDecompressCtx zstd, String where) throws IOException {
        int levels = 0;
        boolean compressed = true;
        if (header.isSetData_page_header_v2()) {
            levels = header.getData_page_header_v2().getRepetition_levels_byte_length() + header.getData_page_header_v2()
                    .getDefinition_levels_byte_length();
            compressed = header.getData_page_header_v2().isIs_compressed();
        }
        if (header.getUncompressed_page_size() > MAX_PAGE) {
            throw new IOException(
                    where + ": a page of " + header.getUncompressed_page_size() + " bytes, more than any this program writes");
        }
        // A page without values is not compressed, all others are.
        if (page.length == levels ? header.getUncompressed_page_size() != levels : !compressed || page.length < levels) {
            throw new IOException(where + ": the header of a page is damaged");
        }
        if (header.isSetDictionary_page_header()
                && header.getDictionary_page_header().getNum_values() > header.getUncompressed_page_size()) {
            throw new IOException(where + ": a dictionary of more values than bytes");
        }
        if (page.length > levels) {
            try {
                zstd.decompress(Arrays.copyOfRange(page, levels, page.length), header.getUncompressed_page_size() - levels);
            } catch (RuntimeException e) {
                throw new IOException(where + ": a page cannot be decompressed", e);
            }
        }
    }
}
