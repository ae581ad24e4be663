package exitbox.schemas.segment;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/// Zstandard for Parquet's pages without Hadoop's codecs. Every frame carries a checksum of its
/// content: readers that check no page CRCs (DuckDB) find damage by it.
final class Zstd implements CompressionCodecFactory, CompressionCodecFactory.BytesInputCompressor, CompressionCodecFactory.BytesInputDecompressor {
    // Levels 3 and 6 take more time and gave not a byte on this data.
    private static final int LEVEL = 1;

    private final ZstdCompressCtx compress = new ZstdCompressCtx().setLevel(LEVEL).setChecksum(true);
    private final ZstdDecompressCtx decompress = new ZstdDecompressCtx();

    @Override
    public BytesInput compress(BytesInput bytes) {
        return BytesInput.from(compress.compress(toArray(bytes)));
    }

    @Override
    public BytesInput decompress(BytesInput bytes, int uncompressedSize) {
        return BytesInput.from(decompress.decompress(toArray(bytes), uncompressedSize));
    }

    @Override
    public void decompress(ByteBuffer input, int compressedSize, ByteBuffer output, int uncompressedSize) {
        byte[] in = new byte[compressedSize];
        input.get(in);
        output.put(decompress.decompress(in, uncompressedSize));
    }

    private static byte[] toArray(BytesInput bytes) {
        try {
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory cannot be read", e);
        }
    }

    @Override
    public CompressionCodecName getCodecName() {
        return CompressionCodecName.ZSTD;
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName name) {
        return this;
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
        return this;
    }

    @Override
    public void release() {
        compress.close();
        decompress.close();
    }
}
