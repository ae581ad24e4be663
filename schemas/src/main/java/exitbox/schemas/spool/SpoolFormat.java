package exitbox.schemas.spool;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The bytes of a spool, little endian, everything aligned to 8.
///
///     file    magic(8) header_length(4) header_crc32c(4) header(JSON, blanks to a multiple of 8) frame…
///     frame   length(4) crc32c(4) ring(4) rows(4) from(8) to(8) first_seq(8) records
///     record  length_and_flags(4) pgoff(4) table(4) cpu(4) mono_ns(8) boot_ns(8) …, padded to 8
///
/// A frame's length counts what follows its crc, and the crc covers the same bytes. A record begins
/// with the kernel's ring buffer header (`struct bpf_ringbuf_hdr`: the length without header, bit 31
/// busy, bit 30 discarded). `from` and `to` are positions in the kernel's ring: what
/// stood between them is in the frame, but for records that the recorder left out.
public final class SpoolFormat {
    public static final byte[] MAGIC = "EXBXSPL1".getBytes(StandardCharsets.US_ASCII);
    public static final int FILE_PREFIX = 16;
    public static final int FRAME_HEADER = 40;

    /// No frame is longer; a length beyond it is damage.
    public static final int MAX_FRAME = 8 << 20;

    /// No header is longer either.
    static final int MAX_HEADER = 1 << 20;

    /// Rings are numbered below this.
    public static final int RINGS = 16;

    /// Ring id of frames whose records were made in user space, as JSON behind the record header.
    public static final int USER_RING = -1;

    public static final int BUSY = 1 << 31;
    public static final int DISCARDED = 1 << 30;
    public static final int RECORD_PREFIX = 8;

    /// `struct record_header` is the same in every version: table, cpu, mono_ns, boot_ns.
    public static final int RECORD_HEADER = 24;
    public static final int TABLE_OFFSET = 0;
    public static final int CPU_OFFSET = 4;
    public static final int MONO_OFFSET = 8;
    public static final int BOOT_OFFSET = 16;

    private SpoolFormat() {
    }

    /// Whether a file that begins so is a spool of a format that only a newer program can read.
    static boolean isNewer(byte[] magic) {
        int digit = MAGIC.length - 1;
        return Arrays.equals(magic, 0, digit, MAGIC, 0, digit) && magic[digit] > MAGIC[digit] && magic[digit] <= '9';
    }

    public static int aligned(int length) {
        return (length + 7) & ~7;
    }
}
