package exitbox.schemas.segment;

import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.contract.Type;
import exitbox.schemas.rows.Batch;
import exitbox.schemas.rows.Vector;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Rows of a table with a column of every kind, whose values come in every shape: all alike, alike and then not, few,
/// many, with NULLs here and there. Values are kept as text to be compared with what readers say.
final class Sample {
    static final TableContract TABLE = table(
            column("host", Type.STRING, false, true), column("seq", Type.INT64, false, true),
            column("pid", Type.INT32, false, false), column("status", Type.INT32, false, false),
            column("boot_ns", Type.INT64, false, false), column("uid", Type.INT64, false, false),
            column("kthread", Type.BOOLEAN, false, false), column("ratio", Type.DOUBLE, false, false),
            column("comm", Type.STRING, false, false), column("comm_raw", Type.BINARY, false, false),
            column("ts", Type.TIMESTAMP, false, false), column("cpus", Type.INT32, true, false),
            column("seen", Type.INT64, true, false), column("options", Type.STRING, true, false),
            column("flags", Type.BOOLEAN, true, false), column("ratios", Type.DOUBLE, true, false),
            column("argv", Type.BINARY, true, false));

    /// Few columns, for many rows.
    static final TableContract NARROW = table(column("host", Type.STRING, false, true), column("boot_ns", Type.INT64, false, false),
            column("comm", Type.STRING, false, false), column("seen", Type.INT64, true, false), column("signal", Type.INT32, false, false));

    /// How a column's values run over the rows.
    enum Shape {
        NULLS, ONE, ONE_THEN_MANY, NULLS_THEN_FEW, FEW_THEN_NULLS, FEW, FEW_WITH_NULLS, MANY, MANY_WITH_NULLS
    }

    private final TableContract table;
    private final Random random;
    private final Shape[] shapes;
    private final int total;
    private final List<String[]> rows = new ArrayList<>();

    Sample(long seed, int total, Shape... shapes) {
        this(TABLE, seed, total, shapes);
    }

    Sample(TableContract table, long seed, int total, Shape... shapes) {
        this.table = table;
        this.random = new Random(seed);
        this.total = total;
        this.shapes = new Shape[table.columns().size()];
        for (int c = 0; c < this.shapes.length; c++) {
            Shape shape = shapes.length > 0 ? shapes[c % shapes.length] : Shape.values()[random.nextInt(Shape.values().length)];
            this.shapes[c] = table.columns().get(c).required() && shape.name().contains("NULLS") ? Shape.FEW : shape;
        }
    }

    private static TableContract table(Column... columns) {
        return new TableContract(Table.EXITS, "A row is a sample.", List.of(columns), "");
    }

    private static Column column(String name, Type type, boolean list, boolean required) {
        return new Column(name, type, list, required, "A value.");
    }

    /// Writes the rows in batches of random sizes up to `mostInBatch`.
    void write(Path path, int mostInBatch) throws IOException {
        try (SegmentWriter writer = new SegmentWriter(path, table)) {
            while (rows.size() < total) {
                writer.write(batch(Math.min(total - rows.size(), 1 + random.nextInt(mostInBatch))));
            }
            writer.finish(Map.of("exitbox.host", "web1"));
        }
    }

    TableContract table() {
        return table;
    }

    /// All rows, a text per column; NULL is null.
    List<String[]> rows() {
        return rows;
    }

    private Batch batch(int count) {
        int from = rows.size();
        for (int r = 0; r < count; r++) {
            rows.add(new String[table.columns().size()]);
        }
        Vector[] vectors = new Vector[table.columns().size()];
        for (int c = 0; c < vectors.length; c++) {
            Column column = table.columns().get(c);
            List<Object> values = new ArrayList<>();
            for (int r = 0; r < count; r++) {
                Object value = value(shapes[c], column, from + r);
                values.add(value);
                rows.get(from + r)[c] = text(column, value);
            }
            vectors[c] = vector(column, values);
        }
        return new Batch(table, count, vectors);
    }

    private Object value(Shape shape, Column column, int row) {
        boolean late = row > total * 2 / 3;
        return switch (shape) {
            case NULLS -> null;
            case ONE -> value(column, 0);
            case ONE_THEN_MANY -> value(column, late ? random.nextLong() : 0);
            case NULLS_THEN_FEW -> late ? value(column, random.nextInt(5)) : null;
            case FEW_THEN_NULLS -> late ? null : value(column, random.nextInt(5));
            case FEW -> value(column, random.nextInt(5));
            case FEW_WITH_NULLS -> random.nextInt(4) == 0 ? null : value(column, random.nextInt(5));
            case MANY -> value(column, random.nextLong());
            case MANY_WITH_NULLS -> random.nextInt(4) == 0 ? null : value(column, random.nextLong());
        };
    }

    private Object value(Column column, long n) {
        if (!column.list()) {
            return scalar(column.type(), n);
        }
        Object[] elements = new Object[(int) Math.floorMod(n, 4L)];
        for (int e = 0; e < elements.length; e++) {
            elements[e] = Math.floorMod(n + e, 5L) == 0 ? null : scalar(column.type(), n + e);
        }
        return elements;
    }

    private static Object scalar(Type type, long n) {
        return switch (type) {
            case INT32 -> (long) (int) n;
            case INT64 -> switch ((int) Math.floorMod(n, 7L)) {
                case 5 -> Long.MIN_VALUE;
                case 6 -> Long.MAX_VALUE;
                default -> n;
            };
            case TIMESTAMP -> n >> 10;
            case BOOLEAN -> n % 2 == 0 ? 0L : 1L;
            case DOUBLE -> Double.doubleToRawLongBits(n == 1 ? Double.NaN : n == 2 ? -0.0 : n == 3 ? Double.NEGATIVE_INFINITY : n / 4.0);
            case STRING -> ("name " + (n % 3 == 0 ? "" : "Grüße\0\u001b🦊 ") + n).getBytes(StandardCharsets.UTF_8);
            case BINARY -> {
                byte[] bytes = new byte[(int) Math.floorMod(n, 40L)];
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = (byte) (n * (i + 31) >> 3);
                }
                yield bytes;
            }
        };
    }

    private static String text(Column column, Object value) {
        return switch (value) {
            case null -> null;
            case byte[] bytes -> HexFormat.of().formatHex(bytes);
            case Long bits when column.type() == Type.DOUBLE -> Double.toString(Double.longBitsToDouble(bits));
            case Object[] elements ->
                    Arrays.stream(elements).map(element -> element == null ? "N" : text(column, element)).toList().toString();
            default -> value.toString();
        };
    }

    private static Vector vector(Column column, List<Object> values) {
        if (!column.list()) {
            return values.stream().allMatch(value -> value == null) ? new Vector.Nulls() : scalars(column, values);
        }
        int[] offsets = new int[values.size() + 1];
        boolean[] nulls = new boolean[values.size()];
        List<Object> elements = new ArrayList<>();
        for (int r = 0; r < values.size(); r++) {
            nulls[r] = values.get(r) == null;
            elements.addAll(nulls[r] ? List.of() : Arrays.asList((Object[]) values.get(r)));
            offsets[r + 1] = elements.size();
        }
        return new Vector.Lists(scalars(column, elements), offsets, nulls);
    }

    private static Vector scalars(Column column, List<Object> values) {
        if (column.type() == Type.STRING || column.type() == Type.BINARY) {
            return new Vector.Bytes(values.toArray(byte[][]::new));
        }
        long[] longs = new long[values.size()];
        boolean[] nulls = new boolean[values.size()];
        for (int i = 0; i < longs.length; i++) {
            nulls[i] = values.get(i) == null;
            longs[i] = nulls[i] ? 0 : (Long) values.get(i);
        }
        return new Vector.Longs(longs, values.contains(null) ? nulls : null);
    }
}
