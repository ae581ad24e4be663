package exitbox.schemas.spool;

import java.nio.ByteBuffer;

/// A frame as it was read: `length` bytes of records, little endian. The buffer is the reader's and
/// holds the frame only until the next is read.
public record Frame(int ring, int rows, long from, long to, long firstSeq, ByteBuffer records, int length) {
}
