package exitbox.schemas.segment;

import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/// Lets parquet-java decompress without Hadoop's codecs.
final class ZstdCodec implements CompressionCodecFactory, CompressionCodecFactory.BytesInputDecompressor {
    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
        if (codec != CompressionCodecName.ZSTD) {
            throw new IllegalArgumentException("a segment is compressed with " + codec);
        }
        return this;
    }

    @Override
    public BytesInput decompress(BytesInput bytes, int decompressedSize) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        bytes.writeAllTo(compressed);
        try (ZstdDecompressCtx zstd = new ZstdDecompressCtx()) {
            return BytesInput.from(zstd.decompress(compressed.toByteArray(), decompressedSize));
        }
    }

    @Override
    public void decompress(ByteBuffer input, int compressedSize, ByteBuffer output, int decompressedSize) {
        throw new UnsupportedOperationException();
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void release() {
    }
}
