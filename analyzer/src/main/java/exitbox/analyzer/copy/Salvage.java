package exitbox.analyzer.copy;

import exitbox.analyzer.verify.SeqSet;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.rows.Batch;
import exitbox.schemas.rows.RowBuilder;
import exitbox.schemas.rows.Vector;
import exitbox.schemas.segment.SegmentDraft;
import exitbox.schemas.segment.SegmentReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// A sealed spool of which something is missing: its whole files as they are, what can be read of others, and rows of `gaps`
/// that say how much is not there.
final class Salvage {
    private static final long DAY_MICROS = 86_400_000_000L;

    private final NewRecording target;
    private final SealedSpool spool;
    private final Map<String, String> facts;
    private final SeqSet seqs = new SeqSet();
    private final List<SegmentFile> files = new ArrayList<>();
    private final List<Lost> lost = new ArrayList<>();
    private Path oldGaps;
    private SegmentFile deletedGaps;
    private boolean deleted;
    private long explained;
    private long gapRows;

    /// Rows of a file that cannot be had any more.
    private record Lost(SegmentFile file, long rows, String why) {}

    /// @param spool what it was, with all of its files
    Salvage(NewRecording target, SealedSpool spool) {
        this.target = target;
        this.spool = spool;
        this.facts = Map.of("exitbox.host", spool.host(), "exitbox.boot_id", spool.bootId(), "exitbox.run_id", spool.runId(),
                "exitbox.spool", Long.toString(spool.number()));
    }

    /// Takes what the line said of a file that was deleted since.
    void deleted(SegmentFile file) {
        deleted = true;
        if (file.table() == Table.GAPS) {
            deletedGaps = file;
        } else {
            files.add(file);
        }
    }

    /// Takes a file that is what was sealed.
    void whole(Path path, SegmentFile file) throws IOException {
        if (file.table() == Table.GAPS) {
            oldGaps = path;
            new SegmentReader(Contract.get().table(Table.GAPS), Set.of("seq", "count", "cause")).read(path, this::known);
        } else {
            new SegmentReader(Contract.get().table(file.table()), Set.of("seq")).read(path, this::note);
            target.copy(path, file.path());
            files.add(file);
        }
    }

    /// Takes what can be read of a file that is not; null when it is missing.
    ///
    /// @return how many of its rows are lost
    long damaged(Path path, SegmentFile file, String why) throws IOException {
        long saved = 0;
        TableContract table = Contract.get().table(file.table());
        SegmentDraft[] draft = new SegmentDraft[1];
        try {
            if (path != null) {
                SegmentReader.salvage(table, path, batch -> {
                    if (draft[0] == null) {
                        draft[0] = new SegmentDraft(target.recording(), target.access(), batch, spool.host(), spool.number());
                    }
                    draft[0].write(batch);
                    note(batch);
                });
            }
            if (draft[0] != null) {
                draft[0].finish(facts);
                files.add(draft[0].publish());
                saved = files.getLast().rows();
            }
        } finally {
            if (draft[0] != null) {
                draft[0].close();
            }
        }
        if (saved < file.rows()) {
            lost.add(new Lost(file, file.rows() - saved, why));
        }
        return file.rows() - saved;
    }

    private void note(Batch batch) {
        Vector.Longs numbers = (Vector.Longs) batch.columns()[batch.table().indexOf("seq")];
        for (int row = 0; row < batch.rows(); row++) {
            seqs.add(numbers.values()[row]);
        }
    }

    /// A gap that was known stands for its own number, and for the others that it counts.
    private void known(Batch batch) {
        note(batch);
        gapRows += batch.rows();
        if (!(batch.columns()[batch.table().indexOf("count")] instanceof Vector.Longs counts)
                || !(batch.columns()[batch.table().indexOf("cause")] instanceof Vector.Bytes causes)) {
            return;
        }
        for (int row = 0; row < batch.rows(); row++) {
            boolean ofDecoding = !causes.isNull(row)
                    && Set.of("damaged", "undecodable", "unrecovered").contains(new String(causes.values()[row], StandardCharsets.UTF_8));
            explained += ofDecoding && !counts.isNull(row) ? counts.values()[row] - 1 : 0;
        }
    }

    /// Writes the line. Numbers from `expected` on that no row has, and no gap that was known, get gaps.
    ///
    /// @param end whether the run ended here without a word
    /// @return the seq that comes next
    long finish(long expected, boolean end) throws IOException {
        List<Long> free = new ArrayList<>();
        long[] missing = new long[1];
        seqs.holes(expected, spool.nextSeq(), (from, to) -> {
            missing[0] += to - from;
            for (long seq = from; seq < to && free.size() <= lost.size() + 1; seq++) {
                free.add(seq);
            }
        });
        // Which numbers deleted files had nobody knows: only what is missing before all of them is not theirs.
        long unknown = deleted ? Math.max(0, spool.files().stream().mapToLong(SegmentFile::firstSeq).min().orElseThrow() - expected)
                : missing[0] - explained - lost.stream().mapToLong(Lost::rows).sum();
        if (deletedGaps != null && (!lost.isEmpty() || unknown > 0 || end)) {
            // A spool has one file of each table, and gets a new one here.
            lost.add(new Lost(deletedGaps, deletedGaps.rows(), "was deleted"));
        } else if (deletedGaps != null) {
            files.add(deletedGaps);
            gapRows += deletedGaps.rows();
        }
        RowBuilder gaps = new RowBuilder(Contract.get().table(Table.GAPS));
        long micros = spool.files().stream().mapToLong(SegmentFile::firstMicros).min().orElse(0);
        long bootNs = spool.files().stream().mapToLong(SegmentFile::firstBootNs).min().orElse(spool.lastBootNs());
        for (Lost file : lost) {
            if (!free.isEmpty()) {
                gaps.add(gap(free.removeFirst(), file.file.firstMicros(), file.file.firstBootNs(), Map.of("table_name",
                        file.file.table().sqlName(), "count", file.rows, "last_boot_ns", file.file.lastBootNs(), "detail",
                        file.file.path() + " " + file.why)), false);
            }
        }
        if (unknown > 0 && !free.isEmpty()) {
            gaps.add(gap(free.removeFirst(), micros, bootNs,
                    Map.of("count", unknown, "detail", "nothing is left of the files that held them")), false);
        }
        long next = spool.nextSeq();
        if (end) {
            long last = spool.files().stream().mapToLong(SegmentFile::lastMicros).max().orElse(0);
            gaps.add(gap(next++, last, spool.lastBootNs(),
                    Map.of("cause", "unclean_end", "detail", "run " + spool.runId() + " ended without a stop")), false);
        }
        int more = gaps.size();
        boolean uncounted = end || spool.lostRows() < 0;
        long count = lost.stream().mapToLong(Lost::rows).sum() + Math.max(0, unknown);
        writeGaps(gaps, more);
        if (!files.isEmpty()) {
            target.append(new SealedSpool(spool.number(), spool.host(), spool.bootId(), spool.runId(), next, spool.lastBootNs(),
                    uncounted ? -1 : spool.lostRows() + count, gapRows + more, spool.stopped(), files));
        }
        return next;
    }

    private Map<String, Object> gap(long seq, long micros, long bootNs, Map<String, Object> more) {
        Map<String, Object> row = new HashMap<>();
        row.put("host", spool.host());
        row.put("boot_id", spool.bootId());
        row.put("seq", seq);
        row.put("cpu", -1L);
        row.put("ts", micros);
        row.put("date", LocalDate.ofEpochDay(Math.floorDiv(micros, DAY_MICROS)).toString());
        row.put("boot_ns", bootNs);
        row.put("first_boot_ns", bootNs);
        row.put("cause", "unrecovered");
        row.putAll(more);
        return row;
    }

    private void writeGaps(RowBuilder gaps, int more) throws IOException {
        SegmentDraft[] draft = new SegmentDraft[1];
        try {
            if (oldGaps != null) {
                TableContract table = Contract.get().table(Table.GAPS);
                new SegmentReader(table, table.columns().stream().map(Column::name).collect(Collectors.toSet())).read(oldGaps,
                        batch -> write(draft, batch));
            }
            if (more > 0) {
                write(draft, gaps.build());
            }
            if (draft[0] != null) {
                draft[0].finish(facts);
                files.add(draft[0].publish());
            }
        } finally {
            if (draft[0] != null) {
                draft[0].close();
            }
        }
    }

    private void write(SegmentDraft[] draft, Batch batch) throws IOException {
        if (draft[0] == null) {
            draft[0] = new SegmentDraft(target.recording(), target.access(), batch, spool.host(), spool.number());
        }
        draft[0].write(batch);
    }
}
