package exitbox.analyzer.verify;

import exitbox.analyzer.filter.Window;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.Timestamps;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.CatalogLine;
import exitbox.schemas.catalog.Deletion;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Contract;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a host's catalog says was deleted: known, and no damage.
final class Deletions {
    private final Set<String> paths;

    Deletions(Catalog catalog) {
        this.paths = catalog.deleted();
    }

    boolean has(SegmentFile file) {
        return paths.contains(file.path());
    }

    /// The spool with those of its files that were not deleted.
    SealedSpool standing(SealedSpool spool) {
        return spool.with(spool.files().stream().filter(file -> !has(file)).toList());
    }

    /// Says in the part which of its spool's rows were deleted.
    void note(SealedSpool spool, Part part) {
        spool.files().stream().filter(this::has).mapToLong(SegmentFile::firstSeq).min()
                .ifPresent(first -> part.unread.add(new Part.Unread(first, spool.nextSeq() - 1)));
    }

    /// @param name the catalog's
    /// @param lost whether lines of it cannot be read
    List<Remark> remarks(Catalog catalog, String name, String host, boolean lost, Path folder, Timestamps times) {
        List<Remark> remarks = new ArrayList<>();
        Map<String, Reason> reasons = new LinkedHashMap<>();
        Set<String> named = new HashSet<>();
        Set<Long> sealed = catalog.sealed();
        for (CatalogLine line : catalog.lines()) {
            switch (line.entry()) {
                case SealedSpool spool -> spool.files().forEach(file -> named.add(file.path()));
                case Deletion deletion -> {
                    reasons.computeIfAbsent(deletion.why(), _ -> new Reason()).add(deletion);
                    // (Tables that only a newer version knows are not among the files of a spool.)
                    if (!lost && deletion.schemaVersion() <= Contract.SCHEMA_VERSION) {
                        deletion.paths().stream().filter(path -> !named.contains(path)).findFirst()
                                .ifPresent(path -> remarks.add(Remark.finding("contradiction", name + ", line " + line.number(),
                                        "says that " + path + " was deleted, which no line before it names",
                                        sealed.contains(Recording.segmentNumber(Path.of(path))) ? "please report this"
                                                : "the line that named it is gone: compare with another copy of the recording")));
                    }
                }
            }
        }
        reasons.forEach((why, reason) -> remarks.add(Remark.note("deleted", host, reason.sentence(why, times))));
        List<String> there = paths.stream().filter(path -> Files.exists(folder.resolve(path), LinkOption.NOFOLLOW_LINKS)).sorted().toList();
        if (!there.isEmpty()) {
            remarks.add(Remark.note("leftover", there.getFirst(), "is deleted by the catalog, and still there"
                    + (there.size() == 1 ? "" : ", as are " + Counts.of(there.size() - 1, "more file"))
                    + ": readers pass it over; the next exitbox record in this folder deletes it"));
        }
        return remarks;
    }

    /// What went for one reason.
    private static final class Reason {
        private long files;
        private long rows;
        private long bytes;
        private long first = Long.MAX_VALUE;
        private long last = Long.MIN_VALUE;

        void add(Deletion deletion) {
            files += deletion.paths().size();
            rows += deletion.rows();
            bytes += deletion.bytes();
            first = Math.min(first, deletion.firstMicros());
            last = Math.max(last, deletion.lastMicros());
        }

        String sentence(String why, Timestamps times) {
            return Counts.of(rows, "row") + " of " + times.brief(Window.ofMicros(first), " to ", Window.ofMicros(last))
                    + " were deleted by "
                    + why + " (" + Counts.of(files, "file") + ", " + Counts.bytes(bytes) + ")";
        }
    }
}
