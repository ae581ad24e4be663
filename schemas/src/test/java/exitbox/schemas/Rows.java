package exitbox.schemas;

import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Table;
import exitbox.schemas.decode.CgroupNames;
import exitbox.schemas.decode.SpoolDecoder;
import exitbox.schemas.rows.Batch;
import exitbox.schemas.rows.RowSink;
import exitbox.schemas.rows.Vector;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Collects rows for tests: each a map of column to value. BINARY is text of a char per byte.
public final class Rows implements RowSink {
    private final Map<Table, List<Map<String, Object>>> tables = new EnumMap<>(Table.class);
    private int largestBatch;

    /// What a spool decodes to.
    public static Rows of(Path spool) throws IOException {
        Rows rows = new Rows();
        SpoolDecoder.decode(spool, new CgroupNames(), rows);
        return rows;
    }

    @Override
    public void accept(Batch batch) {
        largestBatch = Math.max(largestBatch, batch.rows());
        List<Map<String, Object>> rows = tables.computeIfAbsent(batch.table().table(), _ -> new ArrayList<>());
        for (int r = 0; r < batch.rows(); r++) {
            Map<String, Object> row = new LinkedHashMap<>();
            for (int c = 0; c < batch.columns().length; c++) {
                Column column = batch.table().columns().get(c);
                row.put(column.name(), value(column, batch.columns()[c], r));
            }
            rows.add(row);
        }
    }

    private static Object value(Column column, Vector vector, int r) {
        if (vector.isNull(r)) {
            return null;
        }
        return switch (vector) {
            case Vector.Longs longs -> switch (column.type()) {
                case BOOLEAN -> longs.values()[r] != 0;
                case DOUBLE -> Double.longBitsToDouble(longs.values()[r]);
                default -> longs.values()[r];
            };
            case Vector.Bytes bytes -> switch (column.type()) {
                case BINARY -> new String(bytes.values()[r], StandardCharsets.ISO_8859_1);
                default -> new String(bytes.values()[r], StandardCharsets.UTF_8);
            };
            case Vector.Lists lists -> {
                List<Object> list = new ArrayList<>();
                for (int e = lists.offsets()[r]; e < lists.offsets()[r + 1]; e++) {
                    list.add(value(column, lists.elements(), e));
                }
                yield list;
            }
            case Vector.Nulls nulls -> throw new AssertionError("not NULL");
        };
    }

    public List<Map<String, Object>> table(Table table) {
        return tables.getOrDefault(table, List.of());
    }

    /// The table's only row.
    public Map<String, Object> row(Table table) {
        if (table(table).size() != 1) {
            throw new AssertionError(table(table).size() + " rows instead of one: " + table(table));
        }
        return table(table).getFirst();
    }

    public List<Object> column(Table table, String name) {
        return table(table).stream().map(row -> row.get(name)).toList();
    }

    /// Every table's rows.
    public Map<Table, List<Map<String, Object>>> all() {
        return tables;
    }

    /// The largest batch so far.
    public int largestBatch() {
        return largestBatch;
    }

    /// How often each seq is accounted for: by a row, or by a gap that stands for as many as it counts.
    public Map<Long, Integer> accounted() {
        Map<Long, Integer> accounted = new TreeMap<>();
        tables.forEach((table, rows) -> {
            for (Map<String, Object> row : rows) {
                boolean stands = table == Table.GAPS && row.get("count") != null
                        && ("damaged".equals(row.get("cause")) || "undecodable".equals(row.get("cause")));
                long first = (Long) row.get("seq");
                for (long seq = first; seq < first + (stands ? (Long) row.get("count") : 1); seq++) {
                    accounted.merge(seq, 1, Integer::sum);
                }
            }
        });
        return accounted;
    }
}
