package exitbox.analyzer.recording;

import exitbox.analyzer.Failure;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.DeletedFiles;
import exitbox.schemas.catalog.Deletion;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Table;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/// What a recording's folder holds at one moment: sealed segments by their catalogs, spools that are not
/// sealed yet, and what is wrong with any of them. Files are looked at only when they are asked for.
public final class Evidence {
    private static final byte[] MAGIC = {'P', 'A', 'R', '1'};

    private static final String LEADS_OUT = "leads out of the recording";

    private final Path folder;
    private final Set<String> wanted;
    private final Listed listed;
    // Those that were read again since have later deletions too.
    private final List<Catalog> catalogs;
    private final List<Problem> problems = new ArrayList<>();
    private final Set<Path> leftOut = new HashSet<>();
    private final Set<Table> examined = new HashSet<>();
    private final Set<String> hostsWithout = new TreeSet<>();
    private final Map<Table, List<Path>> uncatalogued = new HashMap<>();
    private final List<SealedSpool> spoolsOfUncatalogued = new ArrayList<>();
    private final List<SealedSpool> standing = new ArrayList<>();
    private final Map<Path, Boolean> foldersWithin = new HashMap<>();
    // What catalogs name, when something is wrong with a file.
    private final Map<Path, SegmentFile> segments = new HashMap<>();
    private final Map<Path, DeletedFiles> deleted = new HashMap<>();
    private Listed latest;
    private boolean uncataloguedFound;
    private boolean standingKnown;

    /// What is wrong, a sentence.
    ///
    /// @param segment the one that is left out because of it; null when the catalog does not know it, or it is none
    /// @param hostFolder the name of the folders of the host whose it is; null when that is not known
    public record Problem(String what, SegmentFile segment, String hostFolder) {
        private boolean isOf(String host) {
            return hostFolder == null || hostFolder.equals(Recording.hostFolder(host));
        }
    }

    /// A file that was deleted, and what asked for that.
    public record Deleted(SegmentFile file, Deletion by) {
    }

    private Evidence(Path folder, Set<String> wanted, Listed listed) {
        this.folder = folder;
        this.wanted = wanted;
        this.listed = listed;
        this.latest = listed;
        this.catalogs = new ArrayList<>(listed.catalogs());
        catalogs.forEach(catalog -> standing.addAll(catalog.standing()));
    }

    /// Looks into a folder, at the hosts of these names only; none means all of them.
    public static Evidence of(Path folder, List<String> hosts) {
        Set<String> wanted = new HashSet<>();
        hosts.forEach(host -> wanted.add(Recording.hostFolder(host)));
        try {
            Evidence evidence = new Evidence(folder, wanted, Listed.in(folder, wanted));
            evidence.noteCatalogProblems();
            return evidence;
        } catch (AccessDeniedException e) {
            throw Folder.denied(Path.of(e.getFile()), e);
        } catch (IOException e) {
            throw new Failure(Failure.DAMAGED, "cannot read the recording " + folder + ": " + e.getMessage(), e);
        }
    }

    public Path folder() {
        return folder;
    }

    /// Whether there is nothing of the hosts that were asked for. A recording that has just begun has a spool.
    public boolean isEmpty() {
        return listed.spools().isEmpty() && listed.catalogs().isEmpty() && sealed().isEmpty() && problems.isEmpty();
    }

    /// Spools that are not sealed, those of a host in their order.
    public List<Path> spools() {
        return List.copyOf(listed.spools().keySet());
    }

    /// The sealed spools of all catalogs, with those of their files that were not deleted; of hosts without a catalog, what
    /// the footers of their files tell.
    public List<SealedSpool> sealed() {
        findUncatalogued();
        List<SealedSpool> all = new ArrayList<>(spoolsOfUncatalogued);
        all.addAll(standing);
        return all;
    }

    /// What was deleted because somebody asked for that.
    public List<Deletion> deletions() {
        return catalogs.stream().flatMap(catalog -> catalog.deletions().stream()).toList();
    }

    /// Rows of a table that were deleted of one run.
    ///
    /// @param firstSeq the lowest number of theirs
    public record DeletedRows(String host, Table table, long firstSeq, long rows) {
        private DeletedRows and(DeletedRows other) {
            return new DeletedRows(host, table, Math.min(firstSeq, other.firstSeq), rows + other.rows);
        }
    }

    /// What was deleted, added up: files are many more than memory is for.
    public Collection<DeletedRows> deletedRows() {
        Map<List<Object>, DeletedRows> rows = new LinkedHashMap<>();
        for (Catalog catalog : catalogs) {
            Set<String> paths = catalog.deleted();
            for (SealedSpool spool : paths.isEmpty() ? List.<SealedSpool>of() : catalog.spools()) {
                spool.files().stream().filter(file -> paths.contains(file.path())).forEach(file -> rows.merge(
                        List.of(spool.host(), spool.bootId(), spool.runId(), file.table()),
                        new DeletedRows(spool.host(), file.table(), file.firstSeq(), file.rows()), DeletedRows::and));
            }
        }
        return rows.values();
    }

    /// The deleted files that had rows of a stretch of a boot's own time, nanoseconds of CLOCK_BOOTTIME, both inclusive.
    public List<Deleted> deleted(String host, String bootId, long sinceBootNs, long untilBootNs) {
        List<Deleted> all = new ArrayList<>();
        for (Catalog catalog : catalogs) {
            Map<String, SegmentFile> files = new HashMap<>();
            if (!catalog.deletions().isEmpty()) {
                catalog.spools().forEach(spool -> spool.files().stream()
                        .filter(file -> isOf(spool, file, host, bootId, sinceBootNs, untilBootNs))
                        .forEach(file -> files.put(file.path(), file)));
            }
            for (Deletion deletion : files.isEmpty() ? List.<Deletion>of() : catalog.deletions()) {
                deletion.paths().stream().map(files::remove).filter(Objects::nonNull).forEach(file -> all.add(new Deleted(file, deletion)));
            }
        }
        return all;
    }

    /// What is wrong of the same stretch, as far as files were looked at; and what is wrong where nobody knows the time.
    public List<Problem> problems(String host, String bootId, long sinceBootNs, long untilBootNs) {
        Set<SegmentFile> bad = new HashSet<>();
        problems.forEach(problem -> bad.add(problem.segment));
        Set<SegmentFile> there = new HashSet<>();
        if (!problems.isEmpty()) {
            sealed().forEach(spool -> spool.files().stream()
                    .filter(file -> bad.contains(file) && isOf(spool, file, host, bootId, sinceBootNs, untilBootNs)).forEach(there::add));
        }
        return problems.stream().filter(problem -> problem.segment == null ? problem.isOf(host) : there.contains(problem.segment)).toList();
    }

    private static boolean isOf(SealedSpool spool, SegmentFile file, String host, String bootId, long sinceBootNs, long untilBootNs) {
        return spool.host().equals(host) && spool.bootId().equals(bootId) && file.lastBootNs() >= sinceBootNs
                && file.firstBootNs() <= untilBootNs;
    }

    private void findUncatalogued() {
        if (uncataloguedFound) {
            return;
        }
        uncataloguedFound = true;
        Set<String> catalogued = listed.catalogued();
        for (Table table : Table.values()) {
            try {
                if (Listed.list(folder.resolve(table.sqlName())).stream().map(host -> host.getFileName().toString())
                        .anyMatch(host -> Listed.isOf(wanted, host) && !catalogued.contains(host)) && examined.add(table)) {
                    examine(table);
                }
            } catch (IOException _) {
                // Whoever asks for the table's files is told.
            }
        }
    }

    /// The boots of the sealed part.
    public Boots boots() {
        return Boots.of(this);
    }

    /// Names of the hosts of the sealed part.
    public Set<String> hosts() {
        Set<String> hosts = new TreeSet<>();
        sealed().forEach(spool -> hosts.add(spool.host()));
        return hosts;
    }

    /// What to say of files that no catalog vouches for, as far as tables were looked at; empty when there are none.
    public Optional<String> vouching() {
        return hostsWithout.isEmpty() ? Optional.empty()
                : Optional.of("no catalog vouches for " + String.join(", ", hostsWithout) + ": files are taken as they are");
    }

    /// The files of a table, of which those that cannot have rows between the two times, microseconds, are left out.
    /// Null leaves that end open. Files that are missing or no longer what was sealed become problems.
    public List<Path> files(Table table, Long sinceMicros, Long untilMicros) {
        return files(table, (_, segment) -> (sinceMicros == null || segment.lastMicros() >= sinceMicros)
                && (untilMicros == null || segment.firstMicros() < untilMicros));
    }

    /// The same for a stretch of a boot's own time, nanoseconds of CLOCK_BOOTTIME, both inclusive.
    public List<Path> files(Table table, String bootId, long sinceBootNs, long untilBootNs) {
        return files(table, (spool, segment) -> spool.bootId().equals(bootId) && segment.lastBootNs() >= sinceBootNs
                && segment.firstBootNs() <= untilBootNs);
    }

    private List<Path> files(Table table, BiPredicate<SealedSpool, SegmentFile> wanted) {
        if (examined.add(table)) {
            examine(table);
        }
        List<Path> files = new ArrayList<>();
        for (SealedSpool spool : standing) {
            for (SegmentFile segment : spool.files()) {
                Path path = folder.resolve(segment.path());
                if (segment.table() == table && wanted.test(spool, segment) && !leftOut.contains(path) && isWhole(path, segment)) {
                    files.add(path);
                }
            }
        }
        for (Path path : uncatalogued.getOrDefault(table, List.of())) {
            if (!leftOut.contains(path)) {
                files.add(path);
            }
        }
        return files;
    }

    /// What is wrong with the recording, as far as it was looked at: a sentence for each damage.
    public List<Problem> problems() {
        return Collections.unmodifiableList(problems);
    }

    /// Takes a file out of all further answers, and says why, unless it was deleted meanwhile; false when it was out before.
    public boolean leaveOut(Path path, String why) {
        boolean more = leftOut.add(path);
        if (more && !wasDeleted(path)) {
            // Its folder in the host's, or in that of a day.
            String hostFolder = Stream.of(path.getParent(), path.getParent().getParent()).map(up -> up.getFileName().toString())
                    .filter(name -> name.startsWith("host=")).findFirst().orElse(null);
            problems.add(new Problem(name(path) + ": " + why + " — left out", segment(path), hostFolder));
        }
        return more;
    }

    /// Whether a file was taken out of further answers.
    public boolean isLeftOut(Path path) {
        return leftOut.contains(path);
    }

    /// Whether the recorder has deleted it since its catalog was read.
    private boolean wasDeleted(Path path) {
        if (Files.exists(path)) {
            return false;
        }
        for (int i = 0; i < catalogs.size(); i++) {
            try {
                Path catalog = catalogs.get(i).path();
                if (deleted.computeIfAbsent(catalog, DeletedFiles::new).has(name(path))) {
                    if (Files.size(catalog) != catalogs.get(i).wholeBytes()) {
                        catalogs.set(i, Catalog.read(catalog).own());
                    }
                    return true;
                }
            } catch (IOException _) {
                // Then it is missing, as far as anybody can tell.
            }
        }
        return false;
    }

    /// What the catalog says of a file; null when it does not name it.
    public SegmentFile segment(Path path) {
        if (!standingKnown) {
            standingKnown = true;
            standing.forEach(this::know);
        }
        return segments.get(path);
    }

    private void know(SealedSpool spool) {
        spool.files().forEach(segment -> segments.putIfAbsent(folder.resolve(segment.path()), segment));
    }

    /// A file's name as people see it: relative to the recording.
    public String name(Path path) {
        return path.startsWith(folder) ? folder.relativize(path).toString() : path.toString();
    }

    private boolean isWhole(Path path, SegmentFile segment) {
        try {
            long size = Files.size(path);
            if (leadsOut(path)) {
                leaveOut(path, LEADS_OUT);
                return false;
            }
            if (size == segment.bytes()) {
                if (endsAsParquet(path, size)) {
                    return true;
                }
                leaveOut(path, "is no Parquet file any more");
                return false;
            }
            leaveOut(path, size == 0 ? "is empty" : "has " + size + " bytes instead of " + segment.bytes()
                    + (size < segment.bytes() ? ": cut off" : ": changed after it was sealed"));
        } catch (NoSuchFileException _) {
            leaveOut(path, "is missing");
        } catch (AccessDeniedException e) {
            throw Folder.denied(path, e);
        } catch (IOException e) {
            leaveOut(path, "cannot be read: " + e.getMessage());
        }
        return false;
    }

    private static boolean endsAsParquet(Path path, long size) throws IOException {
        if (size < MAGIC.length) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer end = ByteBuffer.allocate(MAGIC.length);
            return channel.read(end, size - MAGIC.length) == MAGIC.length && Arrays.equals(end.array(), MAGIC);
        }
    }

    // DuckDB is not let out of the recording, and what stands elsewhere is none of it.
    private boolean leadsOut(Path path) throws IOException {
        Boolean within = foldersWithin.get(path.getParent());
        if (within == null) {
            within = path.getParent().toRealPath().startsWith(folder.toRealPath());
            foldersWithin.put(path.getParent(), within);
        }
        return !within || Files.isSymbolicLink(path) && !path.toRealPath().startsWith(folder.toRealPath());
    }

    // Files that no catalog names. Those of a spool that is still there are being sealed: the spool counts instead.
    // Those of a host without any catalog are taken as they are; others nobody vouches for.
    private void examine(Table table) {
        try {
            Map<Path, String> unknown = unknown(table);
            if (unknown.isEmpty()) {
                return;
            }
            // What has been sealed since the recording was looked at is known by now. It is later than the answer.
            latest = latest.again();
            Set<Path> named = latest.named();
            Set<String> catalogued = latest.catalogued();
            for (Map.Entry<Path, String> file : unknown.entrySet()) {
                Path path = file.getKey();
                if (named.contains(folder.relativize(path)) || latest.isBeingSealed(path, file.getValue())) {
                    continue;
                }
                if (catalogued.contains(file.getValue())) {
                    leaveOut(path, "stands in no catalog line: not made by the recorder, or its line is gone");
                } else {
                    take(table, path, file.getValue());
                }
            }
        } catch (AccessDeniedException e) {
            throw Folder.denied(Path.of(e.getFile()), e);
        } catch (IOException e) {
            problems.add(new Problem(table.sqlName() + ": cannot be listed: " + e.getMessage(), null, null));
        }
    }

    /// The segments of a table that the recording did not say anything of when it was looked at, with their hosts' folders.
    private Map<Path, String> unknown(Table table) throws IOException {
        Map<Path, String> unknown = new TreeMap<>();
        Set<Path> named = listed.named();
        for (Path host : Listed.list(folder.resolve(table.sqlName()))) {
            String hostFolder = host.getFileName().toString();
            if (!Listed.isOf(wanted, hostFolder)) {
                continue;
            }
            for (Path day : Listed.list(host)) {
                for (Path file : Listed.list(day)) {
                    if (file.toString().endsWith(".parquet") && !named.contains(folder.relativize(file))
                            && !listed.isBeingSealed(file, hostFolder)) {
                        unknown.put(file, hostFolder);
                    }
                }
            }
        }
        return unknown;
    }

    private void take(Table table, Path file, String hostFolder) throws IOException {
        long size = Files.size(file);
        if (leadsOut(file)) {
            leaveOut(file, LEADS_OUT);
        } else if (size == 0) {
            leaveOut(file, "is empty");
        } else if (!endsAsParquet(file, size)) {
            leaveOut(file, "is no Parquet file");
        } else {
            uncatalogued.computeIfAbsent(table, _ -> new ArrayList<>()).add(file);
            hostsWithout.add(hostFolder);
            SealedSpool spool = Footer.spool(table, file, name(file));
            if (spool != null) {
                spoolsOfUncatalogued.add(spool);
                know(spool);
            }
        }
    }

    private void noteCatalogProblems() {
        for (Catalog catalog : catalogs) {
            for (Catalog.Problem problem : catalog.problems()) {
                problems.add(new Problem(name(catalog.path()) + ", line " + problem.number() + ": " + problem.what(), null,
                        catalog.hostFolder()));
            }
        }
    }
}
