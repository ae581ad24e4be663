package exitbox.schemas.segment;

import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Util;

/// The pages of a column chunk, decompressed one by one.
final class ChunkPages implements PageReader {
    private final ColumnMetaData column;
    private final ZstdDecompressCtx zstd;
    private final ByteArrayInputStream in;

    ChunkPages(RandomAccessFile file, ColumnMetaData column, ZstdDecompressCtx zstd) throws IOException {
        this.column = column;
        this.zstd = zstd;
        byte[] chunk = new byte[Math.toIntExact(column.getTotal_compressed_size())];
        file.seek(SegmentCheck.start(column));
        file.readFully(chunk);
        this.in = new ByteArrayInputStream(chunk);
    }

    @Override
    public long getTotalValueCount() {
        return column.getNum_values();
    }

    @Override
    public DictionaryPage readDictionaryPage() {
        if (!column.isSetDictionary_page_offset() || column.getDictionary_page_offset() <= 0) {
            return null;
        }
        try {
            PageHeader header = Util.readPageHeader(in);
            byte[] page = in.readNBytes(header.getCompressed_page_size());
            byte[] plain = page.length == 0 ? page : zstd.decompress(page, header.getUncompressed_page_size());
            return new DictionaryPage(BytesInput.from(plain), header.getDictionary_page_header().getNum_values(),
                    encoding(header.getDictionary_page_header().getEncoding()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public DataPage readPage() {
        try {
            PageHeader header = Util.readPageHeader(in);
            DataPageHeaderV2 data = header.getData_page_header_v2();
            byte[] page = in.readNBytes(header.getCompressed_page_size());
            int repetition = data.getRepetition_levels_byte_length();
            int levels = repetition + data.getDefinition_levels_byte_length();
            byte[] values = Arrays.copyOfRange(page, levels, page.length);
            if (data.isIs_compressed() && values.length > 0) {
                values = zstd.decompress(values, header.getUncompressed_page_size() - levels);
            }
            return DataPageV2.uncompressed(data.getNum_rows(), data.getNum_nulls(), data.getNum_values(),
                    BytesInput.from(page, 0, repetition), BytesInput.from(page, repetition, levels - repetition),
                    encoding(data.getEncoding()), BytesInput.from(values), null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Encoding encoding(org.apache.parquet.format.Encoding encoding) {
        return Encoding.valueOf(encoding.name());
    }
}
