package exitbox.analyzer.copy;

import exitbox.analyzer.Failure;
import exitbox.analyzer.recording.Folder;
import exitbox.analyzer.recording.Footer;
import exitbox.analyzer.verify.Work;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.CatalogLine;
import exitbox.schemas.catalog.Deletion;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.segment.Sealer;
import exitbox.schemas.segment.SegmentDraft;
import exitbox.schemas.segment.SegmentReader;
import exitbox.schemas.segment.Stops;
import exitbox.schemas.spool.SpoolReader;
import exitbox.schemas.spool.SpoolTail;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Makes a sound copy of a recording that is not: files that are what was sealed as they are, wherever they lie now; of
/// damaged ones the row groups that are whole; leftover spools sealed; rows of `gaps` for all that is missing. Files that
/// could not be saved whole lie in the copy's `damaged` folder. Nothing of the recording itself is changed.
public final class Recovery {
    /// Where files go that are not whole.
    private static final String ASIDE = "damaged";

    private final Path source;
    private final Recording recording;
    private final NewRecording target;
    private final Work work;
    private final List<String> notes = new ArrayList<>();
    private long whole;
    private long sealed;
    private long aside;
    private long lostRows;

    /// What it did.
    ///
    /// @param notes a sentence for each thing that could not be saved
    public record Result(long segments, long spools, long aside, long lostRows, List<String> notes) {}

    private Recovery(Path source, NewRecording target, Work work) {
        this.source = source;
        this.recording = new Recording(source);
        this.target = target;
        this.work = work;
    }

    /// @param to a new folder
    public static Result run(Path source, Path to, Work work) {
        Set<String> hosts;
        try {
            hosts = Folders.hosts(source);
        } catch (AccessDeniedException e) {
            throw Folder.denied(Path.of(e.getFile()), e);
        } catch (IOException e) {
            throw new Failure(Failure.DAMAGED, "cannot read the recording " + source + ": " + e.getMessage(), e);
        }
        if (hosts.isEmpty()) {
            throw new Failure(Failure.NO_RECORDING, "no recording: there is nothing in " + source + " — say where it is with -d DIR");
        }
        try (NewRecording target = NewRecording.at(to, source)) {
            Recovery recovery = new Recovery(source, target, work);
            for (String host : hosts) {
                recovery.host(host);
            }
            target.finish();
            return new Result(recovery.whole, recovery.sealed, recovery.aside, recovery.lostRows, recovery.notes);
        } catch (IOException e) {
            if (e.getCause() instanceof CatalogLine.NewerFormat) {
                throw new Failure(Failure.DAMAGED, "cannot recover " + source + ": " + e.getMessage(), e);
            }
            throw NewRecording.cannot(source, to, e);
        }
    }

    /// What is left of a host, and how it goes on from one spool to the next.
    private final class Host {
        private final String folder;
        private final Catalog catalog;
        private final Map<Table, List<String>> segments;
        private final Map<Long, Path> spools;
        private final Map<String, Path> byHash = new HashMap<>();
        private boolean hashed;
        private long expected = 1;
        private SealedSpool last;

        Host(String folder) throws IOException {
            this.folder = folder;
            this.catalog = Catalog.read(recording.catalogFolder().resolve(folder + ".jsonl")).own();
            this.segments = Folders.segments(source, folder);
            this.spools = Folders.spools(recording, folder);
        }

        /// A file with this content, wherever it lies; null when there is none.
        Path found(SegmentFile file) throws IOException {
            Path own = source.resolve(file.path());
            if (Files.isRegularFile(own) && Files.size(own) == file.bytes() && SegmentDraft.sha256(own).equals(file.sha256())) {
                return own;
            }
            if (!hashed) {
                hashed = true;
                for (List<String> paths : segments.values()) {
                    for (String path : paths) {
                        byHash.put(SegmentDraft.sha256(source.resolve(path)), source.resolve(path));
                    }
                }
            }
            return byHash.get(file.sha256());
        }
    }

    private void host(String folder) throws IOException {
        Host host = new Host(folder);
        catalogNotes(host);
        Set<String> deleted = host.catalog.deleted();
        Map<Long, SealedSpool> lines = new TreeMap<>();
        host.catalog.spools().forEach(spool -> lines.putIfAbsent(spool.number(), spool));
        Map<Long, List<String>> orphans = orphans(host);
        Set<Long> numbers = new TreeSet<>(lines.keySet());
        numbers.addAll(orphans.keySet());
        Map<Long, SpoolTail> open = open(host, lines);
        numbers.addAll(open.keySet());
        long lastSealed = lines.keySet().stream().reduce(-1L, Math::max);
        long most = numbers.stream().reduce(-1L, Math::max);
        for (long number : numbers) {
            work.checkCancelled();
            SealedSpool line = lines.get(number);
            if (line == null && open.containsKey(number)) {
                seal(host, number, open.get(number), number == most);
            } else if (line != null) {
                boolean end = number == most && number == lastSealed && !line.stopped() && !isEndExplained(host, line, deleted);
                sealed(host, line, deleted, end);
            } else {
                orphan(host, number, orphans.get(number), number == most);
            }
        }
        deletions(host);
    }

    /// Whether a gap says that the run ended in this spool. That gap has no count; so where the rows are gone, a loss without
    /// one is taken for it.
    private static boolean isEndExplained(Host host, SealedSpool spool, Set<String> deleted) throws IOException {
        List<Path> gaps = new ArrayList<>();
        for (SegmentFile file : spool.files()) {
            Path found = file.table() != Table.GAPS || deleted.contains(file.path()) ? null : host.found(file);
            if (found != null) {
                gaps.add(found);
            }
        }
        return spool.lostRows() < 0 && (gaps.isEmpty() || Stops.isExplained(spool.runId(), gaps));
    }

    /// Says again what was deleted, of the files that lines of the copy name: what others held is a loss that a gap counts.
    private void deletions(Host host) throws IOException {
        Set<SegmentFile> were = new HashSet<>();
        host.catalog.spools().forEach(spool -> were.addAll(spool.files()));
        Map<String, SegmentFile> named = new HashMap<>();
        target.catalog(host.folder).spools().stream().flatMap(spool -> spool.files().stream()).filter(were::contains)
                .forEach(file -> named.put(file.path(), file));
        for (Deletion deletion : host.catalog.deletions()) {
            List<SegmentFile> files = deletion.paths().stream().filter(named::containsKey).map(named::get).toList();
            if (!files.isEmpty()) {
                target.append(files.size() == deletion.paths().size() ? deletion : deletion.of(files));
            }
        }
    }

    private void catalogNotes(Host host) {
        for (Catalog.Problem problem : host.catalog.problems()) {
            notes.add("catalog/" + host.folder + ".jsonl, line " + problem.number() + ": " + problem.what());
        }
    }

    /// Segments that no line names, not even to say that they are deleted, by the spool that they were made of; not those of
    /// files that have merely been moved.
    private Map<Long, List<String>> orphans(Host host) throws IOException {
        Set<String> named = new HashSet<>();
        Set<String> hashes = new HashSet<>();
        host.catalog.spools().forEach(spool -> spool.files().forEach(file -> {
            named.add(file.path());
            hashes.add(file.sha256());
        }));
        named.addAll(host.catalog.deleted());
        Map<Long, List<String>> orphans = new TreeMap<>();
        for (List<String> paths : host.segments.values()) {
            for (String path : paths) {
                long number = Recording.segmentNumber(Path.of(path));
                if (number >= 0 && !named.contains(path) && !host.spools.containsKey(number)
                        && !hashes.contains(SegmentDraft.sha256(source.resolve(path)))) {
                    orphans.computeIfAbsent(number, _ -> new ArrayList<>()).add(path);
                }
            }
        }
        return orphans;
    }

    /// The spools that no line stands for, and that can be read.
    private Map<Long, SpoolTail> open(Host host, Map<Long, SealedSpool> lines) throws IOException {
        Map<Long, SpoolTail> open = new TreeMap<>();
        for (Map.Entry<Long, Path> spool : host.spools.entrySet()) {
            SealedSpool line = lines.get(spool.getKey());
            try {
                SpoolTail tail = SpoolTail.read(spool.getValue());
                boolean ours = tail.header().number() == spool.getKey() && Recording.hostFolder(tail.header().host()).equals(host.folder);
                if (line != null ? !line.runId().equals(tail.header().runId()) : !ours) {
                    setAside(spool.getValue(), "is not the spool of this number");
                } else if (line == null) {
                    open.put(spool.getKey(), tail);
                }
            } catch (IOException e) {
                setAside(spool.getValue(), "cannot be decoded: " + e.getMessage());
            }
        }
        return open;
    }

    private void sealed(Host host, SealedSpool spool, Set<String> deleted, boolean end) throws IOException {
        List<SegmentFile> standing = spool.files().stream().filter(file -> !deleted.contains(file.path())).toList();
        Map<SegmentFile, Path> found = new HashMap<>();
        for (SegmentFile file : standing) {
            found.put(file, host.found(file));
        }
        long first = spool.files().stream().mapToLong(SegmentFile::firstSeq).min().orElse(host.expected);
        host.last = spool;
        if (!found.containsValue(null) && !end && first <= host.expected) {
            for (SegmentFile file : standing) {
                target.copy(found.get(file), file.path());
                this.whole++;
            }
            target.append(spool);
            host.expected = spool.nextSeq();
            return;
        }
        Salvage salvage = new Salvage(target, spool);
        spool.files().stream().filter(file -> deleted.contains(file.path())).forEach(salvage::deleted);
        for (SegmentFile file : standing) {
            Path path = found.get(file);
            if (path != null) {
                salvage.whole(path, file);
                this.whole++;
                continue;
            }
            Path own = source.resolve(file.path());
            boolean there = Files.isRegularFile(own) && !found.containsValue(own);
            long lost = salvage.damaged(there ? own : null, file, there ? "is damaged" : "is missing");
            lostRows += lost;
            String what = lost == 0 ? "all of its rows are saved" : lost + " of its " + file.rows() + " rows are lost";
            if (there) {
                setAside(own, "is damaged: " + what);
            } else {
                notes.add(file.path() + " is missing: " + what);
            }
        }
        host.expected = salvage.finish(host.expected, end);
    }

    /// What a line that is lost told of, by the footers of the files.
    private void orphan(Host host, long number, List<String> paths, boolean end) throws IOException {
        List<SegmentFile> files = new ArrayList<>();
        Map<SegmentFile, Path> at = new HashMap<>();
        SealedSpool line = null;
        for (String path : paths) {
            Path file = source.resolve(path);
            Table table = Table.ofName(Path.of(path).getName(0).toString());
            boolean sound = SegmentReader.salvage(Contract.get().table(table), file, _ -> {
            }) == 0;
            SealedSpool said = sound ? Footer.spool(table, file, path) : null;
            boolean fits = said != null && Recording.hostFolder(said.host()).equals(host.folder)
                    && (line == null || line.bootId().equals(said.bootId()) && line.runId().equals(said.runId()));
            if (!fits) {
                setAside(file, "stands in no line of the catalog, and does not tell whose it is");
                continue;
            }
            line = line == null ? said : line;
            SegmentFile segment = said.files().getFirst();
            SegmentFile named = new SegmentFile(table, path, segment.rows(), segment.bytes(), segment.firstSeq(), segment.lastSeq(),
                    segment.firstBootNs(), segment.lastBootNs(), segment.firstMicros(), segment.lastMicros(), SegmentDraft.sha256(file));
            files.add(named);
            at.put(named, file);
        }
        if (line == null) {
            return;
        }
        boolean stopped = Stops.isIn(files, at);
        long next = files.stream().mapToLong(SegmentFile::lastSeq).max().orElseThrow() + 1;
        SealedSpool whole = new SealedSpool(number, line.host(), line.bootId(), line.runId(), next,
                files.stream().mapToLong(SegmentFile::lastBootNs).max().orElseThrow(), 0, 0, stopped, files);
        Salvage salvage = new Salvage(target, whole);
        for (SegmentFile file : files) {
            salvage.whole(at.get(file), file);
            this.whole++;
        }
        host.last = whole;
        host.expected = salvage.finish(Math.min(host.expected, next), end && !stopped);
    }

    private void seal(Host host, long number, SpoolTail tail, boolean last) throws IOException {
        Path copy = target.recording().spool(tail.header().host(), number);
        target.copy(host.spools.get(number), target.recording().dir().relativize(copy).toString());
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r-----"));
        if (last && !tail.ended()) {
            Map<String, Object> gap = new HashMap<>();
            gap.put("first_boot_ns", tail.lastBootNs());
            gap.put("mono_ns", null);
            gap.put("cause", "unclean_end");
            gap.put("detail", "run " + tail.header().runId() + " ended without a stop");
            try (SpoolWriter writer = SpoolWriter.reopen(copy, tail.header(), tail.end())) {
                writer.appendRow(Table.GAPS, 0, tail.lastBootNs(), Math.max(tail.nextSeq(), host.expected), gap);
                writer.force();
            }
            if (Files.size(host.spools.get(number)) > tail.end()) {
                notes.add(source.relativize(host.spools.get(number)) + ": its last " + (Files.size(host.spools.get(number)) - tail.end())
                        + " bytes make no whole frame: what they held is lost");
            }
        }
        try (SpoolReader reader = SpoolReader.open(host.spools.get(number))) {
            while (reader.next() != null) {
                // to the end, to know what fails its checksum
            }
            if (reader.damagedBytes() > 0) {
                setAside(host.spools.get(number), reader.damagedBytes() + " bytes of it fail their checksum: what they held is lost");
            }
        }
        Sealer.Sealed done = new Sealer(target.recording(), target.access()).seal(copy, tail.header().host());
        if (done != null) {
            sealed++;
            host.last = done.line();
            host.expected = done.line().nextSeq();
        }
    }

    private void setAside(Path file, String why) throws IOException {
        String path = source.relativize(file).toString();
        notes.add(path + " " + why);
        if (Files.isRegularFile(file)) {
            target.copy(file, ASIDE + "/" + path);
            aside++;
        }
    }
}
