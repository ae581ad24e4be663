package exitbox.schemas.catalog;

import exitbox.schemas.contract.Table;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Deletes segments of a host, and says so in its catalog: the line first, then the files, then their folders' entries to
/// the disk. Wherever that is cut short, the line says what was to go, readers go by it, and [#finish] makes up for the
/// rest. Who seals deletes: both write the catalog, so they share a thread.
///
/// Rows of `runs` stay, whatever else goes: they are few, and say of all later rows what the recorder left out.
public final class Deleter {
    // TABLE/host=HOST/date=DAY/NAME
    private static final int SEGMENT_NAMES = 4;

    private final Recording recording;
    private final CatalogWriter catalog;
    // The catalog may say of files that they are deleted which are there still.
    private boolean behind;

    public Deleter(Recording recording, CatalogWriter catalog) {
        this.recording = recording;
        this.catalog = catalog;
    }

    /// Deletes what these spools became; null when nothing of it is left.
    ///
    /// @param spools numbers of spools
    /// @param why what asked for it, as on a command line
    public Deletion delete(Set<Long> spools, String why, Deletion.Moment at) throws IOException {
        if (spools.isEmpty()) {
            return null;
        }
        List<SegmentFile> files = new ArrayList<>();
        Set<Long> wanted = new HashSet<>(spools);
        Standing.read(catalog.read().path(), spools, (_, spool) -> {
            if (wanted.remove(spool.number())) {
                spool.files().stream().filter(file -> goes(file) && isOwn(file.path())).forEach(files::add);
            }
            return !wanted.isEmpty();
        });
        if (files.isEmpty()) {
            return null;
        }
        Deletion deletion = Deletion.of(catalog.host(), why, at, files);
        behind = true;
        catalog.append(deletion);
        unlink(deletion.paths());
        behind = false;
        catalog.catchUp();
        return deletion;
    }

    /// Whether a path is that of a segment of the catalog's host: a catalog may have been brought here by somebody else, and tell
    /// of anything.
    private boolean isOwn(String path) {
        Path names = Path.of(path);
        return names.getNameCount() == SEGMENT_NAMES && Table.ofName(names.getName(0).toString()) != null
                && names.getName(1).toString().equals(Recording.hostFolder(catalog.host())) && Recording.segmentNumber(names) >= 0;
    }

    /// Whose segments these are.
    public String host() {
        return catalog.host();
    }

    /// Calls the sink for each sealed spool of which something is left that may be deleted, in the order of their lines.
    ///
    /// @param from lines of lower numbers are passed over
    public void forEach(int from, Standing.Sink sink) throws IOException {
        Standing.read(recording.catalog(catalog.host()), from,
                (line, spool) -> spool.files().stream().noneMatch(Deleter::goes) || sink.take(line, spool));
    }

    /// Whether a segment is of a kind that is deleted.
    public static boolean goes(SegmentFile file) {
        return file.table() != Table.RUNS;
    }

    /// Deletes the files that lines of the catalog say are deleted, and that are still there because the recorder died amid
    /// that, or because they could not be deleted then. Returns how many there were.
    public int finish() throws IOException {
        List<String> left = new ArrayList<>();
        Standing.deletions(catalog.read().path(), deletion -> {
            for (String path : deletion.paths()) {
                if (isOwn(path) && Files.exists(recording.dir().resolve(path), LinkOption.NOFOLLOW_LINKS)) {
                    left.add(path);
                }
            }
        });
        unlink(left);
        behind = false;
        return left.size();
    }

    /// Whether [#finish] may have something to do: [#delete] was cut short.
    public boolean isBehind() {
        return behind;
    }

    /// One that cannot be deleted does not keep the others.
    private void unlink(List<String> paths) throws IOException {
        IOException problem = null;
        Set<Path> folders = new TreeSet<>();
        for (String path : paths) {
            Path file = recording.dir().resolve(path);
            try {
                if (!isOwn(path) || !Access.isFolderOf(recording.dir(), file.getParent())) {
                    continue;
                }
                Files.deleteIfExists(file);
                folders.add(file.getParent());
            } catch (IOException e) {
                problem = problem == null ? e : problem;
            }
        }
        for (Path folder : folders) {
            try {
                Files.delete(folder);
                Access.force(folder.getParent());
            } catch (DirectoryNotEmptyException _) {
                Access.force(folder);
            } catch (NoSuchFileException _) {
                // Gone with what was in it.
            }
        }
        if (problem != null) {
            throw problem;
        }
    }
}
