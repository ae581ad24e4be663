package exitbox.schemas.spool;

import exitbox.schemas.catalog.Access;
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
    // Frame headers are looked for in a piece of the file of this size: after damage at every eighth byte.
    private static final int WINDOW = 32 << 10;

    private final FileChannel channel;
    private final SpoolHeader header;
    private final long firstFrame;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW).order(ByteOrder.LITTLE_ENDIAN);
    private long windowStart;
    private int windowLength;
    private ByteBuffer buffer = records(64 << 10);
    private long end = Long.MAX_VALUE;
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
        FileChannel channel = FileChannel.open(Access.file(path), StandardOpenOption.READ);
        try {
            ByteBuffer start = ByteBuffer.allocate(SpoolFormat.FILE_PREFIX).order(ByteOrder.LITTLE_ENDIAN);
            byte[] magic = new byte[SpoolFormat.MAGIC.length];
            if (readFully(channel, start, 0)) {
                start.get(magic);
            }
            if (SpoolFormat.isNewer(magic)) {
                throw new IOException(path + ": is of format " + (char) magic[magic.length - 1] + ", and this exitbox reads format "
                        + (char) SpoolFormat.MAGIC[magic.length - 1] + " — use a newer exitbox");
            }
            if (!Arrays.equals(magic, SpoolFormat.MAGIC)) {
                throw new IOException(path + ": no spool (it does not begin with " + new String(SpoolFormat.MAGIC,
                        StandardCharsets.US_ASCII) + ")");
            }
            int length = start.getInt();
            int sum = start.getInt();
            if (length < 0 || length > SpoolFormat.MAX_HEADER) {
                throw new IOException(path + ": its header is damaged (length " + length + ")");
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
            return new SpoolReader(channel, header(path, text.array()), SpoolFormat.FILE_PREFIX + length);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static SpoolHeader header(Path path, byte[] text) throws IOException {
        try {
            return SpoolHeader.ofJson(new String(text, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        }
    }

    public SpoolHeader header() {
        return header;
    }

    /// Reads no frame that ends behind `newEnd`, though the file may have grown.
    public void endAt(long newEnd) {
        end = newEnd;
    }

    /// The next whole frame, or null at the end. Bytes that were passed over to reach it are in [#damagedBytes].
    public Frame next() throws IOException {
        long size = Math.min(channel.size(), end);
        for (long at = position; at + SpoolFormat.FRAME_HEADER <= size; at += 8) {
            Frame frame = read(at, size);
            if (frame != null) {
                damagedBytes += at - position;
                position = at + SpoolFormat.FRAME_HEADER + frame.length();
                nextSeq = frame.firstSeq() + frame.rows();
                return frame;
            }
        }
        windowLength = 0;
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
        return Math.min(channel.size(), end) - position;
    }

    /// The frame at this place, or null when there is none. What cannot be a frame's header is refused before its
    /// records are read: a damaged stretch costs a look at each of its places, no more.
    private Frame read(long at, long size) throws IOException {
        int header = inWindow(at);
        if (header < 0) {
            return null;
        }
        int length = window.getInt(header);
        int sum = window.getInt(header + 4);
        int ring = window.getInt(header + 8);
        int rows = window.getInt(header + 12);
        long firstSeq = window.getLong(header + 32);
        int records = length - (SpoolFormat.FRAME_HEADER - 8);
        if (records < 0 || length > SpoolFormat.MAX_FRAME || at + 8 + length > size || ring < SpoolFormat.USER_RING
                || ring >= SpoolFormat.RINGS || rows < 0 || rows > records / SpoolFormat.RECORD_PREFIX || firstSeq < Math.max(nextSeq, 0)
                || firstSeq > Long.MAX_VALUE - rows) {
            return null;
        }
        if (buffer.capacity() < records) {
            buffer = records(Math.max(records, Math.min(buffer.capacity() * 2, SpoolFormat.MAX_FRAME)));
        }
        if (!readFully(channel, buffer.clear().limit(records), at + SpoolFormat.FRAME_HEADER)) {
            return null;
        }
        crc.reset();
        crc.update(window.array(), header + 8, SpoolFormat.FRAME_HEADER - 8);
        crc.update(buffer.array(), 0, records);
        if ((int) crc.getValue() != sum) {
            return null;
        }
        return new Frame(ring, rows, window.getLong(header + 16), window.getLong(header + 24), firstSeq, buffer, records);
    }

    private static ByteBuffer records(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Where the frame header at this place of the file lies in the window, which moves there; -1 when the file ends within it.
    private int inWindow(long at) throws IOException {
        if (at < windowStart || at + SpoolFormat.FRAME_HEADER > windowStart + windowLength) {
            window.clear();
            while (window.hasRemaining() && channel.read(window, at + window.position()) >= 0) {
                // until it is full or the file ends
            }
            windowStart = at;
            windowLength = window.position();
            window.clear();
        }
        return windowLength - (at - windowStart) < SpoolFormat.FRAME_HEADER ? -1 : (int) (at - windowStart);
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
