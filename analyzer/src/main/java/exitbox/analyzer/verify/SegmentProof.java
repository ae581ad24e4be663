package exitbox.analyzer.verify;

import exitbox.analyzer.recording.Folder;
import exitbox.analyzer.text.Counts;
import exitbox.schemas.catalog.DeletedFiles;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.segment.SegmentCheck;
import exitbox.schemas.segment.SegmentFooter;
import exitbox.schemas.segment.SegmentReader;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Holds the files of a catalog line against what the line says of them: the sha256, each page's checksum, rows and
/// numbers, whose they are, and that no column lacks what the recorder always fills. What is whole becomes a part.
/// For several threads.
final class SegmentProof {
    private static final String ANOTHER_COPY = "take this file from another copy of the recording";
    private static final Set<String> ALWAYS = Set.of("host", "date", "boot_id", "seq", "cpu", "ts", "boot_ns");
    // Rows of these tables come from the kernel, or are stamped like them.
    private static final Map<Table, Set<String>> FILLED = Map.ofEntries(
            Map.entry(Table.EXITS, Set.of("mono_ns", "pid", "tid", "start_boot_ns", "start_mono_ns", "comm", "comm_raw", "status",
                    "leader_status", "core_dumped")),
            Map.entry(Table.THREAD_EXITS, Set.of("mono_ns", "pid", "tid", "comm", "comm_raw", "status")),
            Map.entry(Table.EXECS, Set.of("mono_ns", "pid", "tid", "start_boot_ns", "comm", "ret")),
            Map.entry(Table.FORKS, Set.of("mono_ns", "pid", "tid", "start_boot_ns")),
            Map.entry(Table.SIGNALS, Set.of("mono_ns", "pid", "signal")), Map.entry(Table.OOMS, Set.of("mono_ns", "pid")),
            Map.entry(Table.RUNQS, Set.of("mono_ns", "pid", "tid", "waited_ns")),
            Map.entry(Table.TASKS, Set.of("mono_ns", "pid", "start_boot_ns", "comm")), Map.entry(Table.GAPS, Set.of("cause")),
            Map.entry(Table.HEARTBEATS, Set.of("mono_ns")), Map.entry(Table.CLOCK_STEPS, Set.of("kind", "step_ns")),
            Map.entry(Table.RUNS, Set.of("event", "run_id")));

    private final Path folder;
    private final Map<String, SegmentFile> byHash = new HashMap<>();
    private final Set<Long> sizes = new HashSet<>();
    private final Map<SegmentFile, Integer> lineOf = new HashMap<>();
    private final Map<String, DeletedFiles> deleted = new ConcurrentHashMap<>();

    /// @param known the segments that catalogs name, each with its line's number
    SegmentProof(Path folder, Map<SegmentFile, Integer> known) {
        this.folder = folder;
        this.lineOf.putAll(known);
        known.keySet().forEach(file -> {
            byHash.put(file.sha256(), file);
            sizes.add(file.bytes());
        });
    }

    /// Whether a segment has this size: else none has the content of that file.
    boolean hasSize(long bytes) {
        return sizes.contains(bytes);
    }

    /// The segment that has this content; null when none has.
    SegmentFile ofContent(String sha256) {
        return byHash.get(sha256);
    }

    /// Checks all files of a line.
    ///
    /// @param name the line's, for people
    Part check(SealedSpool line, String name, Work work) {
        Part part = new Part(name, true);
        part.bootId = line.bootId();
        part.nextSeq = line.nextSeq();
        PartReader reader = new PartReader(part);
        Comparator<SegmentFile> runsFirst = Comparator.comparing(file -> file.table() != Table.RUNS);
        for (SegmentFile file : line.files().stream().sorted(runsFirst.thenComparing(SegmentFile::table)).toList()) {
            work.checkCancelled();
            if (file.table() != Table.RUNS) {
                reader.countFrom();
            }
            Remark remark;
            try {
                remark = check(line, file, part, reader, work);
            } catch (AccessDeniedException _) {
                throw Folder.denied(folder.resolve(file.path()), null);
            } catch (IOException e) {
                remark = wasDeleted(line, file) ? deleted(file)
                        : Remark.finding("damaged", file.path(), "cannot be read: " + reason(e, file.path()), ANOTHER_COPY);
            }
            if (remark != null) {
                part.remarks.add(remark);
                part.unread.add(new Part.Unread(file.firstSeq(), file.lastSeq()));
            }
            part.files++;
            part.bytes += file.bytes();
        }
        reader.countFrom();
        return part;
    }

    /// Whether the recorder has deleted it since the catalog was read.
    private boolean wasDeleted(SealedSpool line, SegmentFile file) {
        try {
            return !Files.exists(folder.resolve(file.path())) && deleted
                    .computeIfAbsent(line.host(), host -> new DeletedFiles(new Recording(folder).catalog(host))).has(file.path());
        } catch (IOException _) {
            return false;
        }
    }

    private static Remark deleted(SegmentFile file) {
        return Remark.note("deleted", file.path(), "was deleted while this looked on, as the catalog says by now");
    }

    /// Null when nothing is wrong with the file as such, so that its rows are in the part.
    private Remark check(SealedSpool line, SegmentFile file, Part part, PartReader reader, Work work) throws IOException {
        Path path = folder.resolve(file.path());
        long size;
        try {
            size = Files.size(path);
        } catch (NoSuchFileException _) {
            work.done(file.bytes());
            return wasDeleted(line, file) ? deleted(file)
                    : Remark.finding("missing", file.path(), "is missing: " + Counts.of(file.rows(), "row") + " of " + part.name,
                            ANOTHER_COPY);
        }
        if (!path.toRealPath().startsWith(folder.toRealPath())) {
            work.done(file.bytes());
            return Remark.finding("link", file.path(), "is reached by a link that leads out of the recording: readers leave it out",
                    "put the file itself there");
        }
        String sha256 = work.sha256(path);
        if (!sha256.equals(file.sha256())) {
            work.done(file.bytes() - size);
            return changed(file, path, size, sha256, part.name);
        }
        SegmentCheck.Whole whole = SegmentCheck.whole(path);
        if (whole.rows() != file.rows()) {
            return Remark.finding("contradiction", file.path(),
                    "has " + whole.rows() + " rows where " + part.name + " says " + file.rows(), "please report this");
        }
        Map<String, String> facts = SegmentFooter.read(path).facts();
        Map<String, String> wanted = Map.of("exitbox.table", file.table().sqlName(), "exitbox.host", line.host(), "exitbox.boot_id",
                line.bootId(), "exitbox.run_id", line.runId(), "exitbox.spool", Long.toString(line.number()));
        for (Map.Entry<String, String> fact : wanted.entrySet()) {
            if (facts.containsKey(fact.getKey()) && !facts.get(fact.getKey()).equals(fact.getValue())) {
                return Remark.finding("contradiction", file.path(), "says that its " + fact.getKey().substring("exitbox.".length()) + " is "
                        + facts.get(fact.getKey()) + " where " + part.name + " says " + fact.getValue(), "please report this");
            }
        }
        empty(file, whole.nulls(), part);
        new SegmentReader(Contract.get().table(file.table()), PartReader.columns(file.table())).read(path, reader);
        return null;
    }

    private Remark changed(SegmentFile file, Path path, long size, String sha256, String line) {
        SegmentFile other = byHash.get(sha256);
        if (other != null) {
            return Remark.finding("swapped", file.path(), "has the content of " + other.path() + " (catalog line " + lineOf.get(other)
                    + ") instead of its own (" + line + ")", "move it back, or " + ANOTHER_COPY);
        }
        if (size != file.bytes()) {
            return Remark.finding("changed", file.path(), size == 0 ? "is empty"
                    : "has " + size + " bytes instead of " + file.bytes()
                            + (size < file.bytes() ? ": cut off" : ": changed after it was sealed"),
                    ANOTHER_COPY);
        }
        String how;
        try {
            SegmentCheck.rows(path);
            how = "all its pages are whole";
        } catch (IOException e) {
            how = reason(e, file.path());
        }
        return Remark.finding("changed", file.path(),
                "sha256 differs from " + line + " (" + how + "): changed after it was sealed", ANOTHER_COPY);
    }

    private static void empty(SegmentFile file, Map<String, Long> nulls, Part part) {
        List<String> empty = new ArrayList<>();
        Stream.concat(ALWAYS.stream(), FILLED.get(file.table()).stream()).sorted().forEach(column -> {
            // An older version's file lacks columns that were added later.
            long missing = nulls.getOrDefault(column, 0L);
            if (missing > 0) {
                empty.add(column + " (" + missing + ")");
            }
        });
        if (!empty.isEmpty()) {
            part.remarks
                    .add(Remark.finding("empty", file.path(), "lacks values that the recorder always gives: " + String.join(", ", empty),
                            "it was not written by exitbox record, or please report this"));
        }
    }

    /// What went wrong with a file, without its own path before it.
    static String reason(IOException e, String path) {
        String message = String.valueOf(e.getMessage());
        int at = message.indexOf(path);
        return at < 0 ? message : message.substring(at + path.length()).replaceFirst("^[:,]? *", "");
    }
}
