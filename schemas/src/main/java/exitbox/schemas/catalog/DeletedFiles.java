package exitbox.schemas.catalog;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/// The files that a catalog says are deleted, as it stands at that moment: for who has read it before its recorder deleted
/// more. It is read again only when somebody has written it. For several threads.
public final class DeletedFiles {
    private final Path catalog;
    private Set<String> paths;
    private Ledger.Stamp stamp;

    public DeletedFiles(Path catalog) {
        this.catalog = catalog;
    }

    /// @param path relative to the recording's folder
    public synchronized boolean has(String path) throws IOException {
        Ledger.Stamp now = Ledger.Stamp.of(catalog);
        if (paths == null || !Objects.equals(now, stamp)) {
            Set<String> all = new HashSet<>();
            Standing.deletions(catalog, deletion -> all.addAll(deletion.paths()));
            paths = all;
            stamp = now;
        }
        return paths.contains(path);
    }
}
