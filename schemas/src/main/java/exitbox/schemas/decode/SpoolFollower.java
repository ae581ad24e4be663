package exitbox.schemas.decode;

import exitbox.schemas.catalog.Recording;
import exitbox.schemas.rows.RowSink;
import exitbox.schemas.spool.SpoolReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/// Decodes a host's spools while they are written: each [#poll] hands out the rows that came since the one before,
/// across rotations, each row once. All that [SpoolDecoder] promises holds, but for one thing: where two threads
/// may have claimed to be the last of a process, both count as deaths when a poll came between their records.
///
/// A spool that was opened here ([#open], or a poll) is read to its end even when it is sealed and dropped meanwhile.
/// Spools that came and went unopened are passed over and counted in [#missedRows].
public final class SpoolFollower implements Closeable {
    private static final long NEW_MILLIS = 2_000;

    private final Path folder;
    private final RowSink sink;
    private final CgroupNames cgroups = new CgroupNames();
    private final LastClaims lastClaims = new LastClaims();
    // In their order; rows come out of the first.
    private final Deque<Open> spools = new ArrayDeque<>();

    private SpoolDecoder decoder;
    private boolean complete;
    private long lastNumber;
    private FileTime listed;
    private long nextSeq = -1;
    private long missedRows;
    private boolean awaitsFirstFrame;

    /// A spool, and a second reader where the last claims have to be known before rows are made; else null.
    private record Open(long number, SpoolReader reader, SpoolReader scout) {
        static Open of(Path path) throws IOException {
            SpoolReader reader = SpoolReader.open(path);
            try {
                return new Open(Recording.spoolNumber(path), reader,
                        LastClaims.areNeeded(reader.header()) ? SpoolReader.open(path) : null);
            } catch (IOException | RuntimeException e) {
                reader.close();
                throw e;
            }
        }

        void close() throws IOException {
            reader.close();
            if (scout != null) {
                scout.close();
            }
        }
    }

    /// @param folder see [Recording#spoolFolder(String)]; it may come into being later
    public SpoolFollower(Path folder, RowSink sink) {
        this(folder, 0, sink);
    }

    /// @param first the number of the first spool to follow
    public SpoolFollower(Path folder, long first, RowSink sink) {
        this.folder = folder;
        this.sink = sink;
        this.lastNumber = first - 1;
    }

    /// Opens the spools there are; false when there never was one. From any thread.
    public synchronized boolean open() throws IOException {
        for (Path path : following()) {
            try {
                spools.add(Open.of(path));
                lastNumber = Recording.spoolNumber(path);
            } catch (NoSuchFileException e) {
                // Dropped since it was listed.
            } catch (AccessDeniedException e) {
                if (!isNew(path)) {
                    throw e;
                }
                listed = null;
                break;
            }
        }
        return !spools.isEmpty();
    }

    // A writer makes a spool first and then gives its readers the right to read it.
    private static boolean isNew(Path path) throws IOException {
        return Files.getLastModifiedTime(path).toMillis() > System.currentTimeMillis() - NEW_MILLIS;
    }

    /// Hands out a chunk of the rows that are there; true when there may be more at once, false when the writer's
    /// next frame has to be awaited.
    public synchronized boolean poll() throws IOException {
        if (spools.isEmpty() && !open()) {
            return false;
        }
        if (decoder == null) {
            begin(-1);
        }
        if (pour()) {
            return true;
        }
        if (complete) {
            advance();
            return true;
        }
        open();
        complete = isComplete();
        return complete;
    }

    /// Whether the run that wrote the rows so far has ended.
    public synchronized boolean stopped() {
        return decoder != null && decoder.stopped();
    }

    /// The seq of the row that follows those handed out; -1 when that is not known yet.
    public synchronized long nextSeq() {
        return decoder == null || decoder.nextSeq() < 0 ? nextSeq : decoder.nextSeq();
    }

    /// Rows of spools that were dropped before they could be opened.
    public synchronized long missedRows() {
        return missedRows;
    }

    private boolean pour() throws IOException {
        Open spool = spools.getFirst();
        if (spool.scout() != null && spool.reader().position() == spool.scout().position()) {
            lastClaims.clear();
            lastClaims.read(spool.scout());
            spool.reader().endAt(spool.scout().position());
        }
        boolean more = decoder.pour();
        decoder.flushUserRows();
        if (awaitsFirstFrame && decoder.firstSeq() >= 0) {
            awaitsFirstFrame = false;
            missedRows += Math.max(decoder.firstSeq() - nextSeq, 0);
        }
        return more;
    }

    /// Whether nothing more is written to the first spool: a writer rotates by making the next one, writing the rest to
    /// this one, and then going on in the next. What it wrote before that was seen may not have been read yet.
    private boolean isComplete() throws IOException {
        Iterator<Open> order = spools.iterator();
        order.next();
        return spools.size() > 2 || order.hasNext() && order.next().reader().tornBytes() > 0;
    }

    private void advance() throws IOException {
        nextSeq = nextSeq();
        long before = spools.getFirst().number();
        spools.removeFirst().close();
        complete = false;
        begin(before);
    }

    private void begin(long before) {
        Open spool = spools.getFirst();
        boolean neighbour = spool.number() == before + 1 && nextSeq >= 0;
        awaitsFirstFrame = !neighbour && nextSeq >= 0;
        decoder = new SpoolDecoder(spool.reader(), neighbour ? nextSeq : -1, sink, cgroups, spool.scout() == null ? null : lastClaims);
    }

    /// The spools behind the last one that was opened. Polls come many times a second, so the folder is listed only when
    /// it may have changed since.
    private List<Path> following() throws IOException {
        List<Path> paths = new ArrayList<>();
        try {
            FileTime changed = Files.getLastModifiedTime(folder);
            if (changed.equals(listed)) {
                return paths;
            }
            // Within the clock's tick the folder can change again and keep its time.
            listed = changed.toMillis() < System.currentTimeMillis() - NEW_MILLIS ? changed : null;
            try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
                for (Path path : all) {
                    if (Recording.spoolNumber(path) > lastNumber) {
                        paths.add(path);
                    }
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        paths.sort(Comparator.comparing(Recording::spoolNumber));
        return paths;
    }

    @Override
    public synchronized void close() throws IOException {
        while (!spools.isEmpty()) {
            spools.removeFirst().close();
        }
    }
}
