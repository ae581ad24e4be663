package exitbox.analyzer.verify;

import exitbox.analyzer.Console;
import exitbox.analyzer.Failure;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.recording.Folder;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.Timestamps;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.CatalogEntry;
import exitbox.schemas.catalog.CatalogLine;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.sign.VerificationKey;
import exitbox.schemas.spool.SpoolReader;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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

/// Proves a recording: that its files are what was sealed, and that no row is missing which nothing accounts for.
///
/// Reads all of it once, a catalog line at a time and some of them at once, and keeps a bit for each row of those, no
/// more: a large recording needs the memory of a small one.
public final class Verification {
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final Path folder;
    private final Console console;
    private final Timestamps times;
    private final Work work;
    private final Trust trust;
    private final List<Remark> remarks = new ArrayList<>();
    private final Map<SegmentFile, Integer> segments = new LinkedHashMap<>();
    private final Map<String, Set<Long>> unsealed = new TreeMap<>();
    private Instant begun;
    private Inventory inventory;
    private SegmentProof proof;
    private long spools;
    private long rows;
    private long bytes;
    private long runs;
    private long files;
    private final Set<String> hosts = new TreeSet<>();
    private Chains chains;
    private boolean live;

    /// What was kept elsewhere, and is to be proven with.
    ///
    /// @param keys of which one signed the first signed line of each catalog; empty when that is not to be proven
    /// @param lineSha256 of a line that a catalog has; null when that is not to be proven
    public record Trust(List<VerificationKey> keys, String lineSha256) {
        public static final Trust NONE = new Trust(List.of(), null);
    }

    /// What came out of it.
    public record Result(List<Remark> remarks, long segments, long spools, long rows, long bytes, long runs, Set<String> hosts) {
        public long findings() {
            return remarks.stream().filter(Remark::finding).count();
        }

        public long notes() {
            return remarks.size() - findings();
        }
    }

    /// A sealed spool, and the number of its line.
    private record Sealed(SealedSpool spool, int line) {}

    private Verification(Path folder, Console console, Timestamps times, Trust trust, Work work) {
        this.folder = folder;
        this.console = console;
        this.times = times;
        this.work = work;
        this.trust = trust;
    }

    public static Result run(Path folder, Console console, Timestamps times, Trust trust, Work work) {
        try {
            return new Verification(folder, console, times, trust, work).run();
        } catch (AccessDeniedException e) {
            throw Folder.denied(Path.of(e.getFile()), e);
        } catch (IOException e) {
            throw new Failure(Failure.DAMAGED, "cannot read the recording " + folder + ": " + e.getMessage(), e);
        }
    }

    private Result run() throws IOException {
        // Not the time when all has been read, which may take minutes: what has been written since is not looked for.
        begun = console.clock().instant();
        inventory = Inventory.of(folder);
        if (inventory.isEmpty()) {
            throw Folder.nothingIn(folder);
        }
        long total = 0;
        Set<String> named = new HashSet<>();
        for (String host : inventory.hostFolders()) {
            Inventory.CatalogFile catalog = inventory.catalog(host);
            if (catalog != null) {
                Deletions deletions = new Deletions(catalog.catalog());
                for (Sealed sealed : sealed(catalog.catalog())) {
                    for (SegmentFile file : sealed.spool.files()) {
                        if (!named.add(file.path())) {
                            remarks.add(Remark.finding("repeated", file.path(), "stands in the catalog twice",
                                    "compare the catalog with another copy of the recording"));
                        } else if (!deletions.has(file)) {
                            segments.put(file, sealed.line);
                        }
                    }
                }
            }
        }
        for (SegmentFile file : segments.keySet()) {
            total += file.bytes();
        }
        work.total(Math.max(total, 1));
        proof = new SegmentProof(folder, segments);
        chains = new Chains(catalogs(), trust.keys);
        for (String host : inventory.hostFolders()) {
            host(host);
        }
        // Which of several keys that were given no catalog begins with: a host that is missing altogether shows only so.
        chains.unused(catalogs()).forEach(key -> remarks.add(Remark.finding("key", "catalog", "none of it begins with a line signed by "
                + key.hex(), "a whole host is missing, or the key is another recording's: compare with another copy")));
        if (trust.lineSha256 != null && !hasLine(trust.lineSha256)) {
            remarks.add(Remark.finding("rolled-back", "catalog", "no line of it has sha256 " + trust.lineSha256,
                    "lines were cut off or written anew since that was noted: compare with another copy"));
        }
        Strangers.find(remarks, folder, inventory, proof, named, unsealed, live, work);
        return new Result(remarks, files, spools, rows, bytes, runs, hosts);
    }

    private List<Catalog> catalogs() {
        return inventory.hostFolders().stream().map(inventory::catalog).filter(Objects::nonNull).map(Inventory.CatalogFile::catalog)
                .toList();
    }

    private boolean hasLine(String sha256) {
        return inventory.hostFolders().stream().map(inventory::catalog).filter(Objects::nonNull)
                .anyMatch(file -> file.catalog().lines().stream().anyMatch(line -> line.sha256().equals(sha256)));
    }

    /// What is wrong with the sums, if it still is when both are read again: the recorder may have been between the two.
    private Optional<Remark> sums(String name, String hostFolder, Catalog catalog) throws IOException {
        Optional<Remark> wrong = SumsProof.check(name, inventory.sums(hostFolder), catalog);
        return wrong.isEmpty() ? wrong : SumsProof.check(name, Inventory.read(folder.resolve(name)), Catalog.read(catalog.path()));
    }

    private static List<Sealed> sealed(Catalog catalog) {
        return catalog.lines().stream().filter(line -> line.entry() instanceof SealedSpool)
                .map(line -> new Sealed((SealedSpool) line.entry(), line.number())).toList();
    }

    private Part sealed(Sealed sealed, Deletions deletions) {
        Part part = proof.check(deletions.standing(sealed.spool), "catalog line " + sealed.line, work);
        deletions.note(sealed.spool, part);
        return part;
    }

    private void host(String hostFolder) throws IOException {
        Inventory.CatalogFile file = inventory.catalog(hostFolder);
        Map<Long, Sealed> lines = new TreeMap<>();
        if (file != null) {
            catalogRemarks(file, hostFolder, lines);
        }
        Deletions deletions = new Deletions(file == null ? Catalog.NONE : file.catalog());
        Map<Long, Path> open = new TreeMap<>(inventory.spools(hostFolder));
        open.keySet().removeIf(number -> lines.containsKey(number) && isSealedAlready(open.get(number), lines.get(number).spool));
        unsealed.put(hostFolder, new HashSet<>(open.keySet()));

        Set<Long> numbers = new TreeSet<>(lines.keySet());
        numbers.addAll(open.keySet());
        Map<Integer, Long> order = new HashMap<>();
        List<Lookahead.Job> jobs = new ArrayList<>();
        for (Long number : numbers) {
            order.put(jobs.size(), number);
            Sealed sealed = lines.get(number);
            jobs.add(sealed == null ? () -> spool(hostFolder, number, open.get(number)) : () -> sealed(sealed, deletions));
        }
        boolean lostLines = file != null && file.catalog().problems().stream().anyMatch(Catalog.Problem::lost);
        String host = lines.isEmpty() ? hostFolder.substring("host=".length()) : lines.values().iterator().next().spool.host();
        hosts.add(host);
        if (file != null) {
            String name = inventory.name(file.catalog().path());
            remarks.addAll(deletions.remarks(file.catalog(), name, host, lostLines, folder, times));
            remarks.addAll(new Signatures(host, name, trust.keys, chains).check(file.catalog()));
            if (file.tornBytes() == 0) {
                sums("catalog/" + hostFolder + ".sha256", hostFolder, file.catalog()).ifPresent(remarks::add);
            }
        }
        Chronicle chronicle = new Chronicle(host, remarks, times);
        List<Part> tail = new ArrayList<>();
        long[] before = new long[1];
        int[] index = new int[1];
        Lookahead.run(jobs, part -> {
            long number = order.get(index[0]++);
            Sealed sealed = lines.get(number);
            if (part == null) {
                return;
            }
            boolean newer = sealed != null && sealed.spool.schemaVersion() > Contract.SCHEMA_VERSION;
            if (lostLines && number != before[0] + 1 || newer) {
                chronicle.skip();
            }
            if (newer) {
                part.unread.add(new Part.Unread(part.seqs.isEmpty() ? 0 : part.seqs.first(), part.nextSeq - 1));
            }
            before[0] = number;
            chronicle.take(part);
            rows += part.rows;
            bytes += part.bytes;
            files += part.files;
            if (!part.sealed) {
                spools++;
                tail.add(part);
            }
        });
        if (file != null && (file.tornBytes() > 0
                || lostLines && file.catalog().problems().getLast().number() >= file.catalog().lastNumber())) {
            chronicle.unknownFromHere();
        }
        end(host, chronicle, tail, lines);
        runs += chronicle.runs();
    }

    private void catalogRemarks(Inventory.CatalogFile file, String hostFolder, Map<Long, Sealed> lines) {
        String name = inventory.name(file.catalog().path());
        for (Catalog.Problem problem : file.catalog().problems()) {
            remarks.add(Remark.finding(problem.lost() ? "catalog" : "chain", name + ", line " + problem.number(), problem.what(),
                    problem.lost() ? "take the catalog from another copy of the recording: nothing vouches for the files that it named"
                            : "lines were removed, added or changed before it: compare with another copy of the recording"));
        }
        if (file.tornBytes() > 0) {
            remarks.add(Remark.finding("catalog", name,
                    "ends amid a line: " + file.tornBytes() + " bytes behind the last whole one",
                    "if its spool is still there, the next exitbox record in this folder seals it again; else take the catalog from another copy"));
        }
        for (CatalogLine line : file.catalog().lines()) {
            CatalogEntry entry = line.entry();
            String where = name + ", line " + line.number();
            if (!Recording.hostFolder(entry.host()).equals(hostFolder)) {
                remarks.add(Remark.finding("contradiction", where, "is of host " + entry.host(), "this catalog belongs elsewhere"));
            }
            if (entry.schemaVersion() > Contract.SCHEMA_VERSION) {
                remarks.add(Remark.finding("newer", where, "was written by a newer exitbox (schema " + entry.schemaVersion()
                        + ", this one knows " + Contract.SCHEMA_VERSION + ")", "verify with that one: this one cannot see all of it"));
            }
            if (entry instanceof SealedSpool spool && lines.putIfAbsent(spool.number(), new Sealed(spool, line.number())) != null) {
                remarks.add(Remark.finding("repeated", where, "spool " + spool.number() + " was sealed before",
                        file.catalog().problems().isEmpty() ? "please report this"
                                : "compare the catalog with another copy of the recording"));
            }
        }
    }

    /// Whether a spool is what a catalog line was made of, and only was not dropped any more.
    private boolean isSealedAlready(Path spool, SealedSpool line) {
        boolean same;
        try (SpoolReader reader = SpoolReader.open(spool)) {
            same = reader.header().runId().equals(line.runId());
        } catch (NoSuchFileException _) {
            // Dropped meanwhile.
            return true;
        } catch (AccessDeniedException e) {
            throw Folder.denied(spool, e);
        } catch (IOException _) {
            same = false;
        }
        String name = inventory.name(spool);
        remarks.add(same ? Remark.note("leftover", name, "is sealed already, and was about to be dropped: readers pass it over")
                : Remark.finding("foreign", name, "has the number of a spool that is sealed, but is not that one",
                        "move it out of the recording"));
        return true;
    }

    private Part spool(String hostFolder, long number, Path path) throws IOException {
        Part part = SpoolProof.check(folder, path, hostFolder, work);
        if (part != null) {
            return part;
        }
        // Sealed and dropped meanwhile: its line stands now.
        Catalog now = Catalog.read(new Recording(folder).catalogFolder().resolve(hostFolder + ".jsonl"));
        for (Sealed sealed : sealed(now)) {
            if (sealed.spool.number() == number) {
                return sealed(sealed, new Deletions(now));
            }
        }
        return null;
    }

    private void end(String host, Chronicle chronicle, List<Part> tail, Map<Long, Sealed> lines) {
        Part.Beat open = chronicle.finish();
        String boot = !tail.isEmpty() ? tail.getLast().bootId
                : lines.values().stream().reduce((_, second) -> second).map(sealed -> sealed.spool.bootId()).orElse("");
        boolean goesOn = open != null && boot.equals(console.bootId())
                && Duration.between(Window.ofMicros(open.micros()), begun).compareTo(FRESH) < 0
                && Duration.between(console.clock().instant(), Window.ofMicros(open.micros())).compareTo(FRESH) < 0;
        if (open != null && !goesOn) {
            chronicle.noEnd();
        }
        long rowsOpen = tail.stream().mapToLong(part -> part.rows).sum();
        if (goesOn) {
            live = true;
            remarks.add(
                    Remark.note("live", host, tail.isEmpty() ? "is being recorded" : "is being recorded: " + Counts.of(rowsOpen, "row")
                            + " in " + Counts.of(tail.size(), "spool") + " not sealed yet"));
        }
        for (Part part : tail) {
            String torn = part.tornBytes == 0 ? "" : "its last " + part.tornBytes + " bytes make no whole frame";
            if (part.tornBytes > 0 && (part.tornIsComplete || !goesOn)) {
                remarks.add(Remark.finding("torn", part.name, torn,
                        "what they held is lost; the rest is whole: " + Counts.of(part.rows, "row")));
            }
            if (!goesOn && !part.unknown && part.rows > 0) {
                remarks.add(
                        Remark.finding("unsealed", part.name, "is not sealed: only checksums vouch for its " + Counts.of(part.rows, "row"),
                                "the next exitbox record in this folder seals it"));
            }
        }
    }
}
