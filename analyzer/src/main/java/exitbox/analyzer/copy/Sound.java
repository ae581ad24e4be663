package exitbox.analyzer.copy;

import exitbox.analyzer.Failure;
import exitbox.analyzer.recording.Folder;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Table;
import exitbox.schemas.segment.SegmentDraft;
import exitbox.schemas.segment.Stops;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What has to hold of a recording before another one may stand in its place: its catalogs tell of all that lies in it, and
/// it is sealed to its end. Whether each file is what was sealed shows when it is read.
final class Sound {
    private final Path source;
    private final Recording recording;

    private Sound(Path source) {
        this.source = source;
        this.recording = new Recording(source);
    }

    /// The catalogs of a recording that is; a [Failure] says what has to be done first.
    static List<Catalog> catalogs(Path source) {
        List<Catalog> catalogs = new ArrayList<>();
        Sound sound = new Sound(source);
        try {
            for (String host : Folders.hosts(source)) {
                catalogs.add(sound.catalog(host));
            }
        } catch (AccessDeniedException e) {
            throw Folder.denied(Path.of(e.getFile()), e);
        } catch (IOException e) {
            throw new Failure(Failure.DAMAGED, "cannot read the recording " + source + ": " + e.getMessage(), e);
        }
        if (catalogs.isEmpty()) {
            throw new Failure(Failure.NO_RECORDING, "no recording: there is nothing in " + source + " — say where it is with -d DIR");
        }
        return catalogs;
    }

    static Failure damaged(Path source, String what) {
        return new Failure(Failure.DAMAGED,
                "cannot compact " + source + ": " + what + " — make a sound copy first: exitbox recover --to DIR");
    }

    /// The file, when it is what was sealed.
    static Path whole(Path source, SegmentFile file) throws IOException {
        Path path = source.resolve(file.path());
        if (!Files.exists(path)) {
            throw damaged(source, file.path() + " is missing");
        }
        if (!SegmentDraft.sha256(path).equals(file.sha256())) {
            throw damaged(source, file.path() + ": sha256 differs from the catalog's");
        }
        return path;
    }

    private Catalog catalog(String host) throws IOException {
        Path path = recording.catalogFolder().resolve(host + ".jsonl");
        Catalog catalog = Catalog.read(path).own();
        if (!catalog.problems().isEmpty()) {
            throw damaged(source, source.relativize(path) + ", line " + catalog.problems().getFirst().number() + ": "
                    + catalog.problems().getFirst().what());
        }
        if (catalog.isNewer()) {
            throw new Failure(Failure.DAMAGED, "cannot compact " + source + ": it was written by a newer exitbox — use that one");
        }
        Map<Long, Path> spools = Folders.spools(recording, host);
        for (Map.Entry<Long, Path> spool : spools.entrySet()) {
            if (!catalog.sealed().contains(spool.getKey())) {
                throw notAtItsEnd(source.relativize(spool.getValue()) + " is not sealed");
            }
        }
        long torn = Files.exists(path) ? Files.size(path) - catalog.wholeBytes() : 0;
        if (torn > 0) {
            throw damaged(source, source.relativize(path) + " ends amid a line: " + torn + " bytes behind the last whole one");
        }
        if (catalog.spools().isEmpty()) {
            throw damaged(source, "no catalog vouches for " + host);
        }
        files(host, catalog);
        end(catalog);
        return catalog;
    }

    private void files(String host, Catalog catalog) throws IOException {
        Set<String> named = new HashSet<>();
        catalog.spools().forEach(spool -> spool.files().forEach(file -> named.add(file.path())));
        for (List<String> paths : Folders.segments(source, host).values()) {
            for (String path : paths) {
                if (!named.contains(path)) {
                    throw damaged(source, path + " stands in no catalog line");
                }
            }
        }
        for (SealedSpool spool : catalog.standing()) {
            for (SegmentFile file : spool.files()) {
                if (!Files.exists(source.resolve(file.path()))) {
                    throw damaged(source, file.path() + " is missing");
                }
            }
        }
    }

    /// The last run has a stop, or a gap that says why not, unless those rows were deleted: lines that were cut off the
    /// catalog's end leave no other trace.
    private void end(Catalog catalog) throws IOException {
        Optional<SealedSpool> last = catalog.spools().stream().max(Comparator.comparingLong(SealedSpool::number));
        if (last.isEmpty() || last.get().stopped()) {
            return;
        }
        Set<String> deleted = catalog.deleted();
        List<Path> gaps = new ArrayList<>();
        for (SegmentFile file : last.get().files()) {
            if (file.table() == Table.GAPS && deleted.contains(file.path())) {
                return;
            } else if (file.table() == Table.GAPS) {
                gaps.add(whole(source, file));
            }
        }
        if (!Stops.isExplained(last.get().runId(), gaps)) {
            throw notAtItsEnd("run " + last.get().runId() + " of " + last.get().host() + " has no stop, and no gap says so");
        }
    }

    private Failure notAtItsEnd(String what) {
        return new Failure(Failure.DAMAGED, "cannot compact " + source + ": " + what
                + " — stop the recorder, if it is recorded; else make a sound copy first: exitbox recover --to DIR");
    }
}
