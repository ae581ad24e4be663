package exitbox.schemas.rows;

import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.contract.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Collects rows given as name → value and makes a batch of them. For rows that are few: those
/// made in user space, and those of tests. Values are Long, Boolean, String, byte[] or a List of these.
public final class RowBuilder {
    private final TableContract table;
    private final List<Object[]> rows = new ArrayList<>();

    public RowBuilder(TableContract table) {
        this.table = table;
    }

    public int size() {
        return rows.size();
    }

    /// Adds a row; columns that are not named are NULL. A name that the contract does not know is
    /// left out when `lenient` (a newer recorder's column), else an [IllegalArgumentException], as is
    /// a value that does not fit its column.
    public void add(Map<String, ?> values, boolean lenient) {
        Object[] row = new Object[table.columns().size()];
        for (Map.Entry<String, ?> entry : values.entrySet()) {
            int index = table.indexOf(entry.getKey());
            if (index >= 0) {
                check(table.columns().get(index), entry.getValue());
                row[index] = entry.getValue();
            } else if (!lenient) {
                throw new IllegalArgumentException("table " + table.table().sqlName() + " has no column " + entry.getKey());
            }
        }
        rows.add(row);
    }

    /// The rows so far as a batch; the builder is empty afterwards.
    public Batch build() {
        int count = rows.size();
        Vector[] vectors = new Vector[table.columns().size()];
        for (int c = 0; c < vectors.length; c++) {
            Column column = table.columns().get(c);
            List<Object> values = new ArrayList<>(count);
            for (Object[] row : rows) {
                values.add(row[c]);
            }
            vectors[c] = column.list() ? lists(column, values) : scalars(column, values);
        }
        rows.clear();
        return new Batch(table, count, vectors);
    }

    private static void check(Column column, Object value) {
        boolean fits = value == null || (column.list()
                ? value instanceof List<?> list && list.stream().allMatch(element -> element == null || fits(column.type(), element))
                : fits(column.type(), value));
        if (!fits) {
            throw new IllegalArgumentException("column " + column.name() + " is a " + column.sqlType() + ", not " + value);
        }
    }

    private static boolean fits(Type type, Object value) {
        return switch (type) {
            case STRING, BINARY -> value instanceof String || value instanceof byte[];
            case INT32 -> value instanceof Integer || value instanceof Long number && number == number.intValue();
            case INT64, TIMESTAMP -> value instanceof Integer || value instanceof Long;
            case BOOLEAN -> value instanceof Boolean;
            case DOUBLE -> value instanceof Number;
        };
    }

    private static Vector lists(Column column, List<Object> values) {
        int[] offsets = new int[values.size() + 1];
        boolean[] nulls = new boolean[values.size()];
        List<Object> elements = new ArrayList<>();
        for (int r = 0; r < values.size(); r++) {
            if (values.get(r) instanceof List<?> list) {
                elements.addAll(list);
            } else {
                nulls[r] = true;
            }
            offsets[r + 1] = elements.size();
        }
        return new Vector.Lists(scalars(column, elements), offsets, nulls);
    }

    private static Vector scalars(Column column, List<Object> values) {
        return switch (column.type()) {
            case STRING, BINARY -> {
                byte[][] bytes = new byte[values.size()][];
                for (int r = 0; r < bytes.length; r++) {
                    bytes[r] = switch (values.get(r)) {
                        case null -> null;
                        case byte[] b -> b;
                        case Object o -> o.toString().getBytes(StandardCharsets.UTF_8);
                    };
                }
                yield new Vector.Bytes(bytes);
            }
            case INT32, INT64, BOOLEAN, DOUBLE, TIMESTAMP -> {
                long[] longs = new long[values.size()];
                boolean[] nulls = new boolean[values.size()];
                for (int r = 0; r < longs.length; r++) {
                    switch (values.get(r)) {
                        case null -> nulls[r] = true;
                        case Boolean b -> longs[r] = b ? 1 : 0;
                        case Number n when column.type() == Type.DOUBLE -> longs[r] = Double.doubleToRawLongBits(n.doubleValue());
                        case Object n -> longs[r] = ((Number) n).longValue();
                    }
                }
                yield new Vector.Longs(longs, nulls);
            }
        };
    }
}
