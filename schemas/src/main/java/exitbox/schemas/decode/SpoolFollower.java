package exitbox.schemas.decode;

import exitbox.schemas.catalog.Recording;
import exitbox.schemas.rows.RowSink;
import exitbox.schemas.spool.SpoolReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// Decodes a host's spools while they are written: each [#poll] hands out the rows that came since the one before,
/// across rotations, each row once. All that [SpoolDecoder] promises holds, but for one thing: where two threads
/// may have claimed to be the last of a process, both count as deaths when a poll came between their records.
///
/// A spool that is open here is read to its end even when it is sealed and dropped meanwhile. Spools that came
/// and went between two polls are passed over and counted in [#missedRows].
///
/// Not for several threads.
public final class SpoolFollower implements Closeable {
    private final Path folder;
    private final RowSink sink;
    private final CgroupNames cgroups = new CgroupNames();
    private final Map<SpoolDecoder.Identity, Long> lastClaims = new HashMap<>();

    private SpoolReader reader;
    private SpoolReader scout;
    private SpoolDecoder decoder;
    private long number;
    private Path next;
    private long nextSeq = -1;
    private long missedRows;
    private boolean awaitsFirstFrame;

    /// @param folder see [Recording#spoolFolder(String)]; it may come into being later
    public SpoolFollower(Path folder, RowSink sink) {
        this.folder = folder;
        this.sink = sink;
    }

    /// Hands out a chunk of the rows that are there; true when there may be more at once, false when the writer's
    /// next frame has to be awaited.
    public boolean poll() throws IOException {
        if (reader == null && !open(following())) {
            return false;
        }
        boolean more = pour();
        if (!more && next != null) {
            // It was begun before the last pour, so nothing was written to this spool since.
            advance();
            return true;
        }
        if (!more) {
            next = begun();
        }
        return more || next != null;
    }

    /// Whether the run that wrote the rows so far has ended.
    public boolean stopped() {
        return decoder != null && decoder.stopped();
    }

    /// The seq of the row that follows those handed out; -1 when that is not known yet.
    public long nextSeq() {
        return decoder == null || decoder.nextSeq() < 0 ? nextSeq : decoder.nextSeq();
    }

    /// Rows of spools that were dropped before they could be opened.
    public long missedRows() {
        return missedRows;
    }

    private boolean pour() throws IOException {
        if (scout != null && reader.position() == scout.position()) {
            lastClaims.clear();
            SpoolDecoder.lastClaims(scout, lastClaims);
            reader.endAt(scout.position());
        }
        boolean more = decoder.pour();
        decoder.flushUserRows();
        if (awaitsFirstFrame && decoder.firstSeq() >= 0) {
            awaitsFirstFrame = false;
            missedRows += Math.max(decoder.firstSeq() - nextSeq, 0);
        }
        return more;
    }

    private void advance() throws IOException {
        nextSeq = nextSeq();
        Path path = next;
        next = null;
        closeReaders();
        open(path);
    }

    private boolean open(Path path) throws IOException {
        if (path == null) {
            return false;
        }
        try {
            reader = SpoolReader.open(path);
            boolean claims = SpoolDecoder.mayClaimTwice(reader.header());
            scout = claims ? SpoolReader.open(path) : null;
        } catch (NoSuchFileException e) {
            // Dropped since it was listed: the next poll lists again.
            closeReaders();
            return false;
        }
        long before = number;
        number = Recording.spoolNumber(path);
        boolean neighbour = number == before + 1 && nextSeq >= 0;
        awaitsFirstFrame = !neighbour && nextSeq >= 0;
        decoder = new SpoolDecoder(reader, neighbour ? nextSeq : -1, sink, cgroups, scout == null ? null : lastClaims);
        return true;
    }

    /// The first spool behind this one, when this one is complete: a writer rotates by making the next spool, writing
    /// the rest to this one, and then going on in the next.
    private Path begun() throws IOException {
        Path path = following();
        if (path == null) {
            return null;
        }
        try (SpoolReader peek = SpoolReader.open(path)) {
            return Files.size(path) > peek.firstFrame() || following(Recording.spoolNumber(path)) != null ? path : null;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private Path following() throws IOException {
        return following(number);
    }

    private Path following(long than) throws IOException {
        Path first = null;
        if (!Files.isDirectory(folder)) {
            return null;
        }
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder)) {
            for (Path path : paths) {
                long of = Recording.spoolNumber(path);
                if (of > than && (first == null || of < Recording.spoolNumber(first))) {
                    first = path;
                }
            }
        } catch (NoSuchFileException e) {
            return null;
        }
        return first;
    }

    private void closeReaders() throws IOException {
        if (reader != null) {
            reader.close();
            reader = null;
        }
        if (scout != null) {
            scout.close();
            scout = null;
        }
    }

    @Override
    public void close() throws IOException {
        closeReaders();
    }
}
