package exitbox.schemas.segment;

import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Table;
import exitbox.schemas.rows.Batch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.IntConsumer;

/// A segment on its way to its final name, which it has only when it is whole and on the disk: temporary file → fsync → read
/// back with checksums → rename → fsync of the folder.
public final class SegmentDraft implements AutoCloseable {
    private final Access access;
    private final String path;
    private final Path last;
    private final Path temporary;
    private final SegmentWriter writer;
    private long firstSeq = Long.MAX_VALUE;
    private long lastSeq = Long.MIN_VALUE;
    private long firstBootNs = Long.MAX_VALUE;
    private long lastBootNs = Long.MIN_VALUE;
    private long firstMicros = Long.MAX_VALUE;
    private long lastMicros = Long.MIN_VALUE;

    /// @param first what is going to be written first: its first row gives the name
    /// @param number of the spool that its rows are of
    public SegmentDraft(Recording recording, Access access, Batch first, String host, long number) throws IOException {
        this.access = access;
        Table table = first.table().table();
        path = Recording.segment(table, host, first.longAt(first.table().indexOf("ts"), 0), number);
        last = recording.dir().resolve(path);
        // Begins with a dot and does not end in .parquet: no reader's glob takes it.
        temporary = last.resolveSibling("." + last.getFileName() + ".tmp");
        access.createFolders(recording.dir(), last.getParent());
        Files.deleteIfExists(temporary);
        writer = new SegmentWriter(temporary, first.table());
    }

    public void write(Batch batch) throws IOException {
        int seq = batch.table().indexOf("seq");
        int boot = batch.table().indexOf("boot_ns");
        int ts = batch.table().indexOf("ts");
        for (int r = 0; r < batch.rows(); r++) {
            firstSeq = Math.min(firstSeq, batch.longAt(seq, r));
            lastSeq = Math.max(lastSeq, batch.longAt(seq, r));
            firstBootNs = Math.min(firstBootNs, batch.longAt(boot, r));
            lastBootNs = Math.max(lastBootNs, batch.longAt(boot, r));
            firstMicros = Math.min(firstMicros, batch.longAt(ts, r));
            lastMicros = Math.max(lastMicros, batch.longAt(ts, r));
        }
        writer.write(batch);
    }

    /// See [SegmentWriter#memory].
    long memory() {
        return writer.memory();
    }

    /// See [SegmentWriter#endGroup].
    void endGroup() throws IOException {
        writer.endGroup();
    }

    /// Ends the file with these facts in its footer, and reads it back.
    public void finish(Map<String, String> facts) throws IOException {
        writer.finish(facts);
        writer.close();
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        long rows = SegmentCheck.rows(temporary);
        if (rows != writer.rows()) {
            throw new IOException(path + ": " + writer.rows() + " rows were written and " + rows + " can be read back");
        }
    }

    /// Gives the finished file its name.
    public SegmentFile publish() throws IOException {
        String sha256 = sha256(temporary);
        long bytes = Files.size(temporary);
        access.seal(temporary);
        Files.move(temporary, last, StandardCopyOption.ATOMIC_MOVE);
        Access.force(last.getParent());
        return new SegmentFile(writer.table().table(), path, writer.rows(), bytes, firstSeq, lastSeq, firstBootNs, lastBootNs, firstMicros,
                lastMicros, sha256);
    }

    /// Leaves nothing of what has not got its name.
    @Override
    public void close() throws IOException {
        try {
            writer.close();
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /// The sha256 of a file, as the catalog has it.
    public static String sha256(Path path) throws IOException {
        return sha256(path, _ -> {
        });
    }

    /// The same, for who wants to know how many bytes were read, each time that some were.
    public static String sha256(Path path, IntConsumer read) throws IOException {
        try (FileChannel channel = FileChannel.open(Access.file(path), StandardOpenOption.READ)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
            for (int bytes = channel.read(buffer); bytes >= 0; bytes = channel.read(buffer.clear())) {
                digest.update(buffer.flip());
                read.accept(bytes);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
