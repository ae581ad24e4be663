package exitbox.analyzer.live;

import exitbox.schemas.contract.Table;
import exitbox.schemas.decode.SpoolFollower;
import exitbox.schemas.rows.Batch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// The spools that are followed, one host's or several.
public final class Sources implements AutoCloseable {
    private final Events events;
    private final List<Source> sources = new ArrayList<>();
    private long heardNanos = System.nanoTime();

    /// Of ends of processes and threads.
    public Sources() {
        this(EnumSet.of(Table.EXITS, Table.THREAD_EXITS));
    }

    /// @param shown the tables whose rows may be shown
    public Sources(Set<Table> shown) {
        events = new Events(shown);
    }

    /// A host's spools.
    private final class Source {
        private final Path folder;
        private final SpoolFollower follower;
        private long firstSeq;

        Source(Path folder, long firstSeq) {
            this.folder = folder;
            this.firstSeq = firstSeq;
            this.follower = new SpoolFollower(folder, this::take);
        }

        private void take(Batch batch) {
            heardNanos = System.nanoTime();
            events.accept(batch, firstSeq);
        }
    }

    /// Follows one more host's spools.
    public void add(Path spoolFolder) {
        sources.add(new Source(spoolFolder, 1));
    }

    /// The same, if there is a spool. Its rows can be had from now on, whatever becomes of it; which of them are
    /// wanted is said later ([#from]).
    public boolean hold(Path spoolFolder) throws IOException {
        Source source = new Source(spoolFolder, Long.MAX_VALUE);
        boolean open = source.follower.open();
        if (open) {
            sources.add(source);
        }
        return open;
    }

    /// Opens what has been begun since. From any thread.
    public void lookAhead() throws IOException {
        for (Source source : List.copyOf(sources)) {
            source.follower.open();
        }
    }

    /// Rows of this folder's spools before that seq are not wanted.
    public void from(Path spoolFolder, long firstSeq) {
        for (Source source : sources) {
            if (source.folder.equals(spoolFolder)) {
                source.firstSeq = firstSeq;
            }
        }
    }

    /// Takes in what is there; true when there may be more at once.
    boolean poll() throws IOException {
        boolean more = false;
        for (Source source : sources) {
            more |= source.follower.poll();
        }
        return more;
    }

    /// What was taken in.
    Events events() {
        return events;
    }

    /// Rows of spools that were dropped before they could be opened.
    long missedRows() {
        return sources.stream().mapToLong(source -> source.follower.missedRows()).sum();
    }

    /// Whether every run that is followed has ended.
    boolean stopped() {
        return !sources.isEmpty() && sources.stream().allMatch(source -> source.follower.stopped());
    }

    /// How long nothing has come. A recorder has something to say each second.
    long silentNanos() {
        return System.nanoTime() - heardNanos;
    }

    @Override
    public void close() throws IOException {
        for (Source source : sources) {
            source.follower.close();
        }
    }
}
