package exitbox.analyzer.copy;

import exitbox.analyzer.verify.Work;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.Deletion;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.segment.SegmentDraft;
import exitbox.schemas.segment.SegmentFooter;
import exitbox.schemas.segment.SegmentReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Makes few segments of many: those of a boot and a day become one for each table, up to a size, with all rows in their
/// order. The new catalog names the old files and their sha256; what the old one says was deleted, the new one says too.
public final class Compaction {
    private static final long MOST_BYTES = 256L << 20;
    private static final long MOST_ROWS = 8_000_000;
    private static final long DAY_MICROS = 86_400_000_000L;

    private final Path source;
    private final NewRecording target;
    private final Work work;
    private final List<SealedSpool> group = new ArrayList<>();
    private long groupBytes;
    private long groupRows;
    private long before;
    private long after;
    private long rows;

    /// What it did.
    public record Result(long segmentsBefore, long segmentsAfter, long rows) {}

    private Compaction(Path source, NewRecording target, Work work) {
        this.source = source;
        this.target = target;
        this.work = work;
    }

    /// @param to a new folder
    public static Result run(Path source, Path to, Work work) {
        List<Catalog> catalogs = Sound.catalogs(source);
        try (NewRecording target = NewRecording.at(to, source)) {
            Compaction compaction = new Compaction(source, target, work);
            work.total(
                    Math.max(1, catalogs.stream().flatMap(catalog -> catalog.standing().stream()).flatMap(spool -> spool.files().stream())
                            .mapToLong(SegmentFile::bytes).sum()));
            for (Catalog catalog : catalogs) {
                compaction.host(catalog);
            }
            target.finish();
            return new Result(compaction.before, compaction.after, compaction.rows);
        } catch (IOException e) {
            throw NewRecording.cannot(source, to, e);
        }
    }

    private void host(Catalog catalog) throws IOException {
        Set<String> deleted = catalog.deleted();
        // Not the catalog's order: a spool that could not be sealed at first has its line behind later ones.
        for (SealedSpool spool : catalog.spools().stream().sorted(Comparator.comparingLong(SealedSpool::number)).toList()) {
            if (spool.files().stream().anyMatch(file -> deleted.contains(file.path()))) {
                flush();
                takeOver(spool, deleted);
            } else {
                if (!group.isEmpty() && !fits(spool)) {
                    flush();
                }
                group.add(spool);
                groupBytes += bytes(spool);
                groupRows += rows(spool);
            }
        }
        flush();
        for (Deletion deletion : catalog.deletions()) {
            target.append(deletion);
        }
    }

    /// A spool of which some is deleted stays as it is.
    private void takeOver(SealedSpool spool, Set<String> deleted) throws IOException {
        for (SegmentFile file : spool.files()) {
            if (!deleted.contains(file.path())) {
                target.copy(Sound.whole(source, file), file.path());
                before++;
                after++;
                rows += file.rows();
            }
        }
        target.append(spool);
    }

    private boolean fits(SealedSpool next) {
        SealedSpool first = group.getFirst();
        return first.bootId().equals(next.bootId()) && day(first) == day(next) && groupBytes + bytes(next) <= MOST_BYTES
                && groupRows + rows(next) <= MOST_ROWS;
    }

    private static long bytes(SealedSpool spool) {
        return spool.files().stream().mapToLong(SegmentFile::bytes).sum();
    }

    private static long rows(SealedSpool spool) {
        return spool.files().stream().mapToLong(SegmentFile::rows).sum();
    }

    private static long day(SealedSpool spool) {
        return Math.floorDiv(spool.files().stream().mapToLong(SegmentFile::firstMicros).min().orElse(0), DAY_MICROS);
    }

    private void flush() throws IOException {
        if (group.isEmpty()) {
            return;
        }
        SealedSpool last = group.getLast();
        List<SegmentFile> files = new ArrayList<>();
        List<SealedSpool.Source> sources = new ArrayList<>();
        for (Table table : Table.values()) {
            List<SegmentFile> old = group.stream().flatMap(spool -> spool.files().stream()).filter(file -> file.table() == table).toList();
            if (!old.isEmpty()) {
                files.add(merge(table, old, last));
                old.forEach(file -> sources.add(new SealedSpool.Source(file.path(), file.sha256())));
            }
        }
        boolean uncounted = group.stream().anyMatch(spool -> spool.lostRows() < 0);
        target.append(new SealedSpool(last.number(), last.host(), last.bootId(), last.runId(),
                group.stream().mapToLong(SealedSpool::nextSeq).max().orElseThrow(),
                group.stream().mapToLong(SealedSpool::lastBootNs).max().orElseThrow(),
                uncounted ? -1 : group.stream().mapToLong(SealedSpool::lostRows).sum(),
                group.stream().mapToLong(SealedSpool::gapRows).sum(),
                last.stopped(), files, Contract.SCHEMA_VERSION, sources));
        before += sources.size();
        after += files.size();
        group.clear();
        groupBytes = 0;
        groupRows = 0;
    }

    private SegmentFile merge(Table table, List<SegmentFile> old, SealedSpool last) throws IOException {
        TableContract contract = Contract.get().table(table);
        SegmentReader reader = new SegmentReader(contract, contract.columns().stream().map(Column::name).collect(Collectors.toSet()));
        SegmentDraft[] draft = new SegmentDraft[1];
        try {
            Map<String, String> facts = new HashMap<>();
            for (SegmentFile file : old) {
                work.checkCancelled();
                Path path = Sound.whole(source, file);
                facts.putAll(SegmentFooter.read(path).facts());
                reader.read(path, batch -> {
                    if (draft[0] == null) {
                        draft[0] = new SegmentDraft(target.recording(), target.access(), batch, last.host(), last.number());
                    }
                    draft[0].write(batch);
                });
                rows += file.rows();
                work.done(file.bytes());
            }
            facts.put("exitbox.spool", Long.toString(last.number()));
            facts.put("exitbox.run_id", last.runId());
            draft[0].finish(facts);
            SegmentFile merged = draft[0].publish();
            if (merged.rows() != old.stream().mapToLong(SegmentFile::rows).sum()) {
                throw Sound.damaged(source, "the files of " + table.sqlName() + " up to spool " + last.number() + " have "
                        + merged.rows() + " rows and not those that the catalog says");
            }
            return merged;
        } finally {
            if (draft[0] != null) {
                draft[0].close();
            }
        }
    }
}
