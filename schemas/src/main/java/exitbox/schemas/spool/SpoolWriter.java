package exitbox.schemas.spool;

import exitbox.schemas.catalog.Access;
import exitbox.schemas.contract.Table;
import exitbox.schemas.text.Json;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

/// Appends frames to a spool. When [#append] returns, the frame is in the kernel's page cache: it
/// survives the death of this process, and after [#force] a power cut.
///
/// One thread appends; another may call [#force] meanwhile.
public final class SpoolWriter implements Closeable {
    private final Path path;
    private final SpoolHeader header;
    private final FileChannel channel;
    private final ByteBuffer frameHeader = ByteBuffer.allocateDirect(SpoolFormat.FRAME_HEADER).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer[] gather = new ByteBuffer[2];
    private final CRC32C crc = new CRC32C();
    private volatile long bytes;
    private long nextSeq = -1;
    private volatile long forcedBytes;

    SpoolWriter(Path path, SpoolHeader header, FileChannel channel, long bytes) {
        this.path = path;
        this.header = header;
        this.channel = channel;
        this.bytes = bytes;
    }

    /// Makes the spool with its header; one of this name must not exist. Under its own name it never stands without
    /// a whole header: it is written under a temporary one and renamed.
    public static SpoolWriter create(Path path, SpoolHeader header) throws IOException {
        byte[] json = header.toJson().getBytes(StandardCharsets.UTF_8);
        byte[] text = Arrays.copyOf(json, SpoolFormat.aligned(json.length));
        Arrays.fill(text, json.length, text.length, (byte) ' ');
        CRC32C crc = new CRC32C();
        crc.update(text);
        ByteBuffer start = ByteBuffer.allocate(SpoolFormat.FILE_PREFIX + text.length).order(ByteOrder.LITTLE_ENDIAN);
        start.put(SpoolFormat.MAGIC).putInt(text.length).putInt((int) crc.getValue()).put(text).flip();
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(path.toString());
        }
        Path temporary = path.resolveSibling("." + path.getFileName() + ".tmp");
        Files.deleteIfExists(temporary);
        FileChannel channel =
                FileChannel.open(temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), Access.whenMade());
        try {
            long size = start.remaining();
            while (start.hasRemaining()) {
                channel.write(start);
            }
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
            return new SpoolWriter(path, header, channel, size);
        } catch (IOException | RuntimeException e) {
            channel.close();
            Files.deleteIfExists(temporary);
            throw e;
        }
    }

    /// Goes on behind the last whole frame of a spool whose writer died; what lies behind it is cut off.
    public static SpoolWriter reopen(Path path, SpoolHeader header, long end) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        try {
            channel.truncate(end).position(end);
            return new SpoolWriter(path, header, channel, end);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    public Path path() {
        return path;
    }

    public SpoolHeader header() {
        return header;
    }

    /// Bytes in the file.
    public long bytes() {
        return bytes;
    }

    /// The number behind the last row that was appended; -1 before the first. For the thread that appends.
    public long nextSeq() {
        return nextSeq;
    }

    /// Writes a frame of records as they stand in the ring; `records` is read to its limit.
    /// When it throws, nothing of the frame stands in the file.
    public void append(int ring, int rows, long from, long to, long firstSeq, ByteBuffer records) throws IOException {
        int length = SpoolFormat.FRAME_HEADER - 8 + records.remaining();
        if (length > SpoolFormat.MAX_FRAME) {
            throw new IllegalArgumentException("a frame of " + length + " bytes: more than " + SpoolFormat.MAX_FRAME);
        }
        frameHeader.clear().putInt(length).putInt(0).putInt(ring).putInt(rows).putLong(from).putLong(to).putLong(firstSeq);
        crc.reset();
        crc.update(frameHeader.flip().position(8));
        crc.update(records.duplicate());
        frameHeader.putInt(4, (int) crc.getValue()).position(0);
        gather[0] = frameHeader;
        gather[1] = records;
        try {
            while (records.hasRemaining() || frameHeader.hasRemaining()) {
                channel.write(gather);
            }
        } catch (IOException e) {
            cutBack(e);
            throw e;
        }
        bytes += 8 + length;
        nextSeq = firstSeq + rows;
    }

    // Behind a part of a frame later ones would begin where no reader looks for them.
    private void cutBack(IOException cause) throws IOException {
        try {
            channel.truncate(bytes).position(bytes);
        } catch (IOException e) {
            cause.addSuppressed(e);
            channel.close();
        }
    }

    /// Writes a frame of one row made in user space, numbered `seq`; columns that every table has
    /// (host, boot_id, seq, ts, date) are the decoder's, cpu is -1 unless named.
    public void appendRow(Table table, long monoNs, long bootNs, long seq, Map<String, Object> row) throws IOException {
        append(SpoolFormat.USER_RING, 1, 0, 0, seq, userRecord(table, monoNs, bootNs, row));
    }

    static ByteBuffer userRecord(Table table, long monoNs, long bootNs, Map<String, Object> row) {
        byte[] json = Json.write(row).getBytes(StandardCharsets.UTF_8);
        int length = SpoolFormat.RECORD_HEADER + json.length;
        ByteBuffer record = ByteBuffer.allocate(SpoolFormat.aligned(SpoolFormat.RECORD_PREFIX + length)).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(length).putInt(0).putInt(table.number()).putInt(-1).putLong(monoNs).putLong(bootNs).put(json);
        return record.position(0);
    }

    /// Brings what was appended to the disk; does nothing when nothing was appended since.
    public void force() throws IOException {
        long now = bytes;
        if (now != forcedBytes) {
            channel.force(false);
            forcedBytes = now;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
