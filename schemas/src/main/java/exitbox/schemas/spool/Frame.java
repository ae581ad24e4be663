package exitbox.schemas.spool;

/// A frame as it was read: `length` bytes of records from `data[0]`. The array is the reader's and
/// holds the frame only until the next is read.
public record Frame(int ring, int rows, long from, long to, long firstSeq, byte[] data, int length) {
}
