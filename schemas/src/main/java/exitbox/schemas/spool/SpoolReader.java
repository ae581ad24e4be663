package exitbox.schemas.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// Reads a spool's frames in order, those of a spool that is being written as well. A frame counts
/// only when its checksum holds. After a damaged one the reader goes on with the next that holds;
/// what lies between is known from the seq numbers.
public final class SpoolReader implements Closeable {
    private final FileChannel channel;
    private final SpoolHeader header;
    private final long firstFrame;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer prefix = ByteBuffer.allocate(SpoolFormat.FRAME_HEADER).order(ByteOrder.LITTLE_ENDIAN);
    private ByteBuffer buffer = records(64 << 10);
    private long position;
    private long nextSeq = -1;
    private long damagedBytes;

    private SpoolReader(FileChannel channel, SpoolHeader header, long firstFrame) {
        this.channel = channel;
        this.header = header;
        this.firstFrame = firstFrame;
        this.position = firstFrame;
    }

    /// Opens a spool; an [IOException] says what is wrong with a file that is none.
    public static SpoolReader open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            ByteBuffer start = ByteBuffer.allocate(SpoolFormat.FILE_PREFIX).order(ByteOrder.LITTLE_ENDIAN);
            byte[] magic = new byte[SpoolFormat.MAGIC.length];
            boolean whole = readFully(channel, start, 0);
            start.get(magic);
            if (!whole || !Arrays.equals(magic, SpoolFormat.MAGIC)) {
                throw new IOException(path + ": no spool (it does not begin with " + new String(SpoolFormat.MAGIC,
                        StandardCharsets.US_ASCII) + ")");
            }
            int length = start.getInt();
            int sum = start.getInt();
            if (length < 0 || length > channel.size()) {
                throw new IOException(path + ": its header is cut off");
            }
            ByteBuffer text = ByteBuffer.allocate(length);
            CRC32C crc = new CRC32C();
            if (!readFully(channel, text, SpoolFormat.FILE_PREFIX)) {
                throw new IOException(path + ": its header is cut off");
            }
            crc.update(text.array());
            if ((int) crc.getValue() != sum) {
                throw new IOException(path + ": its header is damaged (checksum)");
            }
            return new SpoolReader(channel, SpoolHeader.ofJson(new String(text.array(), StandardCharsets.UTF_8)), SpoolFormat.FILE_PREFIX
                    + length);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    public SpoolHeader header() {
        return header;
    }

    /// The next whole frame, or null at the end. Bytes that were passed over to reach it are in [#damagedBytes].
    public Frame next() throws IOException {
        long at = position;
        long size = channel.size();
        while (at + SpoolFormat.FRAME_HEADER <= size) {
            Frame frame = read(at, size);
            if (frame != null && (nextSeq < 0 || frame.firstSeq() >= nextSeq)) {
                damagedBytes += at - position;
                position = at + SpoolFormat.FRAME_HEADER + frame.length();
                nextSeq = frame.firstSeq() + frame.rows();
                return frame;
            }
            at += 8;
        }
        return null;
    }

    /// The seq that the next frame's first row has when nothing is missing; -1 before the first frame.
    public long nextSeq() {
        return nextSeq;
    }

    /// Where the last whole frame ended: everything behind it is a torn tail.
    public long position() {
        return position;
    }

    /// Where the first frame begins.
    public long firstFrame() {
        return firstFrame;
    }

    /// Bytes between whole frames that belong to none.
    public long damagedBytes() {
        return damagedBytes;
    }

    /// Bytes behind the last whole frame; more than 0 after a crash in the midst of a write.
    public long tornBytes() throws IOException {
        return channel.size() - position;
    }

    private Frame read(long at, long size) throws IOException {
        if (!readFully(channel, prefix.clear(), at)) {
            return null;
        }
        int length = prefix.getInt();
        int sum = prefix.getInt();
        int records = length - (SpoolFormat.FRAME_HEADER - 8);
        if (records < 0 || length > SpoolFormat.MAX_FRAME || at + 8 + length > size) {
            return null;
        }
        if (buffer.capacity() < records) {
            buffer = records(Math.max(records, Math.min(buffer.capacity() * 2, SpoolFormat.MAX_FRAME)));
        }
        if (!readFully(channel, buffer.clear().limit(records), at + SpoolFormat.FRAME_HEADER)) {
            return null;
        }
        crc.reset();
        crc.update(prefix.array(), 8, SpoolFormat.FRAME_HEADER - 8);
        crc.update(buffer.array(), 0, records);
        if ((int) crc.getValue() != sum) {
            return null;
        }
        return new Frame(prefix.getInt(), prefix.getInt(), prefix.getLong(), prefix.getLong(), prefix.getLong(), buffer, records);
    }

    private static ByteBuffer records(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static boolean readFully(FileChannel channel, ByteBuffer into, long at) throws IOException {
        int start = into.position();
        while (into.hasRemaining()) {
            int n = channel.read(into, at + into.position() - start);
            if (n < 0) {
                return false;
            }
        }
        into.position(start);
        return true;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
