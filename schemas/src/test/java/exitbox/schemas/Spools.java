package exitbox.schemas;

import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.spool.ClockPair;
import exitbox.schemas.spool.SpoolFormat;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.spool.SpoolWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/// What the tests' spools have in common.
public final class Spools {
    public static final String HOST = "web1";
    public static final String BOOT = "b0071d00-0000-4000-8000-000000000001";
    public static final String RUN = "70071d00-0000-4000-8000-000000000001";

    /// 2026-11-20 03:12:00 UTC is 1000 s after boot.
    public static final ClockPair CLOCK = new ClockPair(1_795_144_320_000_000_000L, 1_000_000_000_000L, 50);

    private Spools() {
    }

    public static SpoolHeader header(RecordLayout... layouts) {
        return header("group_dead", layouts);
    }

    public static SpoolHeader header(String exitHook, RecordLayout... layouts) {
        return new SpoolHeader(HOST, BOOT, RUN, "0.1.0", 1, exitHook, CLOCK, List.of(layouts));
    }

    /// Appends the records as one frame of ring 0.
    public static void append(SpoolWriter spool, long firstSeq, Raw raw) throws IOException {
        spool.append(0, raw.rows(), 0, 0, firstSeq, raw.bytes());
    }

    /// A file that begins as a spool does, with this text as its header.
    public static byte[] file(String header) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        CRC32C crc = new CRC32C();
        crc.update(text);
        ByteBuffer file = ByteBuffer.allocate(SpoolFormat.FILE_PREFIX + text.length).order(ByteOrder.LITTLE_ENDIAN);
        return file.put(SpoolFormat.MAGIC).putInt(text.length).putInt((int) crc.getValue()).put(text).array();
    }

    /// A frame's bytes with a checksum that holds, whatever it says.
    public static byte[] frame(int ring, int rows, long firstSeq, byte[] records) {
        ByteBuffer frame = ByteBuffer.allocate(SpoolFormat.FRAME_HEADER + records.length).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(frame.capacity() - 8).putInt(0).putInt(ring).putInt(rows).putLong(0).putLong(0).putLong(firstSeq).put(records);
        CRC32C crc = new CRC32C();
        crc.update(frame.array(), 8, frame.capacity() - 8);
        return frame.putInt(4, (int) crc.getValue()).array();
    }

    public static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
