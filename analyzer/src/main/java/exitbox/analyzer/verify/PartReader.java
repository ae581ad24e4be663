package exitbox.analyzer.verify;

import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.rows.Batch;
import exitbox.schemas.rows.RowSink;
import exitbox.schemas.rows.Vector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// Takes rows of any table into a part. Rows of `runs` have to come first: what is counted is counted between them.
final class PartReader implements RowSink {
    private final Part part;
    private long[] boundaries;

    PartReader(Part part) {
        this.part = part;
    }

    /// The columns that are looked at.
    static Set<String> columns(Table table) {
        return switch (table) {
            case HEARTBEATS -> Set.of("seq", "cpu", "ts", "boot_ns", "mono_ns", "lost");
            case GAPS -> Set.of("seq", "cpu", "ts", "boot_ns", "table_name", "count", "first_boot_ns", "last_boot_ns", "cause", "detail");
            case RUNS -> Set.of("seq", "ts", "boot_ns", "mono_ns", "event", "run_id", "hooks", "counter_tables", "counter_cpus",
                    "counter_seen", "counter_filtered");
            case CLOCK_STEPS -> Set.of("seq", "boot_ns", "kind", "step_ns");
            default -> Set.of("seq", "cpu");
        };
    }

    @Override
    public void accept(Batch batch) {
        Row row = new Row(batch);
        Table table = batch.table().table();
        if (table != Table.RUNS) {
            countFrom();
        }
        long[] seqs = ((Vector.Longs) batch.columns()[batch.table().indexOf("seq")]).values();
        Vector cpus = batch.columns()[batch.table().indexOf("cpu")];
        for (int r = 0; r < batch.rows(); r++) {
            long seq = seqs[r];
            row.row = r;
            if (!part.seqs.add(seq)) {
                part.firstRepeated = part.repeated++ == 0 ? seq : Math.min(part.firstRepeated, seq);
            }
            switch (table) {
                case RUNS -> part.runs.add(run(row, seq));
                case GAPS -> part.gaps.add(gap(row, seq));
                case CLOCK_STEPS -> suspend(row);
                default -> {
                    if (table == Table.HEARTBEATS) {
                        part.beats.add(new Part.Beat(seq, row.number("boot_ns"), row.numberOrNull("mono_ns"), row.number("ts"),
                                row.sumOrNull("lost")));
                    }
                    if (cpus instanceof Vector.Longs known && !known.isNull(r)) {
                        tally(seq).add(table, known.values()[r], 1);
                    }
                }
            }
        }
        part.rows += batch.rows();
    }

    /// No more rows of `runs` will come.
    void countFrom() {
        if (boundaries == null) {
            part.runs.sort(Comparator.comparingLong(Part.RunRow::seq));
            boundaries = part.runs.stream().mapToLong(Part.RunRow::seq).toArray();
            for (int i = 0; i <= boundaries.length; i++) {
                part.tallies.add(new Tally());
            }
        }
    }

    private Tally tally(long seq) {
        int bucket = 0;
        while (bucket < boundaries.length && boundaries[bucket] < seq) {
            bucket++;
        }
        return part.tallies.get(bucket);
    }

    private static Part.RunRow run(Row row, long seq) {
        List<String> tables = row.texts("counter_tables");
        List<Part.Counter> counters = null;
        if (tables != null) {
            counters = new ArrayList<>();
            for (int i = 0; i < tables.size(); i++) {
                Table table = Table.ofName(tables.get(i));
                if (table != null) {
                    counters.add(new Part.Counter(table, row.element("counter_cpus", i), row.element("counter_seen", i),
                            row.element("counter_filtered", i)));
                }
            }
        }
        List<String> hooks = row.texts("hooks");
        return new Part.RunRow(seq, row.number("boot_ns"), row.numberOrNull("mono_ns"), row.number("ts"), row.text("event"),
                row.text("run_id"), hooks != null && hooks.stream().anyMatch(hook -> hook.endsWith("(live)")), counters);
    }

    private static Part.Gap gap(Row row, long seq) {
        String table = row.text("table_name");
        return new Part.Gap(seq, row.number("cpu"), row.number("boot_ns"), row.number("ts"), table == null ? null : Table.ofName(table),
                row.numberOrNull("count"), row.numberOrNull("first_boot_ns"), row.numberOrNull("last_boot_ns"), row.text("cause"),
                row.text("detail"));
    }

    private void suspend(Row row) {
        if ("suspend".equals(row.text("kind")) && row.numberOrNull("step_ns") != null) {
            part.suspends.add(new Part.Suspend(row.number("boot_ns"), row.number("step_ns")));
        }
    }

    /// One row of a batch, by the names of its columns.
    private static final class Row {
        private final Batch batch;
        private final TableContract table;
        private int row;

        Row(Batch batch) {
            this.batch = batch;
            this.table = batch.table();
        }

        private Vector vector(String column) {
            return batch.columns()[table.indexOf(column)];
        }

        Long numberOrNull(String column) {
            return vector(column) instanceof Vector.Longs longs && !longs.isNull(row) ? (Long) longs.values()[row] : null;
        }

        /// -1 for NULL, which has been a finding then.
        long number(String column) {
            return vector(column) instanceof Vector.Longs longs && !longs.isNull(row) ? longs.values()[row] : -1;
        }

        String text(String column) {
            return vector(column) instanceof Vector.Bytes texts && !texts.isNull(row)
                    ? new String(texts.values()[row], StandardCharsets.UTF_8)
                    : null;
        }

        List<String> texts(String column) {
            if (!(vector(column) instanceof Vector.Lists lists) || lists.isNull(row)) {
                return null;
            }
            List<String> elements = new ArrayList<>();
            for (int e = lists.offsets()[row]; e < lists.offsets()[row + 1]; e++) {
                elements.add(lists.elements() instanceof Vector.Bytes texts && !texts.isNull(e)
                        ? new String(texts.values()[e], StandardCharsets.UTF_8)
                        : "");
            }
            return elements;
        }

        Long sumOrNull(String column) {
            if (!(vector(column) instanceof Vector.Lists lists) || lists.isNull(row) || !(lists.elements() instanceof Vector.Longs longs)) {
                return null;
            }
            long sum = 0;
            for (int e = lists.offsets()[row]; e < lists.offsets()[row + 1]; e++) {
                sum += longs.isNull(e) ? 0 : longs.values()[e];
            }
            return sum;
        }

        long element(String column, int index) {
            if (!(vector(column) instanceof Vector.Lists lists) || lists.isNull(row)) {
                return 0;
            }
            int at = lists.offsets()[row] + index;
            return at < lists.offsets()[row + 1] && lists.elements() instanceof Vector.Longs longs && !longs.isNull(at)
                    ? longs.values()[at]
                    : 0;
        }
    }
}
