package exitbox.recorder;

import exitbox.schemas.catalog.Recording;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What `--feed` makes of a run: one that another program (`exitbox snoop`) started and follows, that keeps nothing,
/// and that ends with it. Closed spools are dropped instead of sealed, but for the last one: the reader may be a
/// little behind.
///
/// The reader holds the other end of standard input. When it lets go without having asked for the end (SIGTERM),
/// it has died, and what is left is dropped too.
final class Feed implements Retirement {
    private final InputStream in;
    private SpoolWriter last;
    private volatile boolean abandoned;

    Feed(InputStream in) {
        this.in = in;
    }

    /// Calls `gone` when the reader has died.
    void watch(Runnable gone) {
        Thread.ofPlatform().name("reader").daemon().start(() -> {
            try {
                while (in.read() >= 0) {
                    // it says nothing
                }
            } catch (IOException e) {
                // As gone as can be.
            }
            abandoned = true;
            gone.run();
        });
    }

    @Override
    public void submit(SpoolWriter spool) throws IOException {
        spool.close();
        drop();
        last = spool;
    }

    /// After the run: nobody reads what is left when the reader has died. What this run did not make stays.
    void clear(Recording recording, String host) throws IOException {
        if (!abandoned) {
            return;
        }
        drop();
        Path spools = recording.spoolFolder(host);
        Files.deleteIfExists(spools.resolve(Folder.LOCK));
        for (Path folder : List.of(spools, recording.spoolFolder(), recording.catalogFolder(), recording.dir())) {
            try {
                Files.deleteIfExists(folder);
            } catch (DirectoryNotEmptyException e) {
                // Not this run's alone.
            }
        }
    }

    private void drop() throws IOException {
        if (last != null) {
            Files.deleteIfExists(last.path());
            last = null;
        }
    }

    @Override
    public long bytes() {
        return 0;
    }
}
