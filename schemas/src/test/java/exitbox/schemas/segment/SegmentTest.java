package exitbox.schemas.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.DuckDb;
import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.contract.Type;
import exitbox.schemas.rows.Batch;
import exitbox.schemas.rows.RowBuilder;
import exitbox.schemas.rows.Vector;
import exitbox.schemas.segment.Sample.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.RecordReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What goes into a segment comes out of it, in readers that know nothing of each other: DuckDB, parquet-java
/// with its page checksums verified, and [SegmentReader].
class SegmentTest {
    @TempDir
    Path dir;

    @Test
    void everyShapeOfEveryColumn() throws Exception {
        for (Shape shape : Shape.values()) {
            check(new Sample(1, 3000, shape), 700);
        }
    }

    @Test
    void aFewRows() throws Exception {
        for (int rows = 1; rows < 20; rows += 3) {
            check(new Sample(rows, rows), 3);
        }
    }

    @Test
    void shapesAtRandom() throws Exception {
        for (int seed = 0; seed < 6; seed++) {
            check(new Sample(seed, 500 + 400 * seed), 4096);
        }
    }

    @Test
    void morePagesThanOne() throws Exception {
        check(new Sample(1, 34_000, Shape.FEW_WITH_NULLS, Shape.NULLS_THEN_FEW, Shape.MANY, Shape.FEW_THEN_NULLS, Shape.ONE_THEN_MANY),
                4096);
    }

    @Test
    void moreRowGroupsThanOne() throws Exception {
        Path path = check(
                new Sample(Sample.NARROW, 1, 140_000, Shape.FEW, Shape.MANY, Shape.ONE_THEN_MANY, Shape.NULLS_THEN_FEW,
                        Shape.FEW_THEN_NULLS),
                4096);
        assertEquals(3, SegmentCheck.footer(path).getRow_groups().size());
    }

    @Test
    void noRowsAtAll() throws Exception {
        Path path = dir.resolve("empty.parquet");
        try (SegmentWriter writer = new SegmentWriter(path, Sample.TABLE)) {
            Vector[] vectors = new Vector[Sample.TABLE.columns().size()];
            Arrays.fill(vectors, new Vector.Longs(new long[0], null));
            writer.write(new Batch(Sample.TABLE, 0, vectors));
            writer.finish(Map.of());
        }
        assertEquals(0, SegmentCheck.rows(path));
        assertEquals(List.of(), duckDb(Sample.TABLE, path));
        assertEquals(List.of(), parquetJava(Sample.TABLE, path));
    }

    @Test
    void aRowWithoutARequiredValueIsRefused() {
        for (int rows : new int[]{1, 100}) {
            assertThrows(IOException.class, () -> {
                try (SegmentWriter writer = new SegmentWriter(dir.resolve(rows + ".parquet"), Sample.TABLE)) {
                    Vector[] nulls = new Vector[Sample.TABLE.columns().size()];
                    Arrays.fill(nulls, new Vector.Nulls());
                    for (int c = 11; c < nulls.length; c++) {
                        nulls[c] = new Vector.Lists(new Vector.Nulls(), new int[rows + 1], null);
                    }
                    writer.write(new Batch(Sample.TABLE, rows, nulls));
                    writer.finish(Map.of());
                }
            });
        }
    }

    @Test
    void aSegmentIsNeverOverwritten() throws IOException {
        Path path = Files.writeString(dir.resolve("there.parquet"), "evidence");
        assertThrows(IOException.class, () -> new SegmentWriter(path, Sample.TABLE));
        assertEquals("evidence", Files.readString(path));
    }

    @Test
    void theFooterTellsTheRunAndTheVersionOfTheSchema() throws Exception {
        Path path = check(new Sample(1, 10), 10);
        try (DuckDb duck = new DuckDb()) {
            assertEquals(List.of("exitbox.host | web1", "exitbox.schema_version | 1", "exitbox.table | exits"),
                    duck.rows("SELECT decode(key), decode(value) FROM parquet_kv_metadata('" + path + "') ORDER BY 1"));
        }
    }

    @Test
    void readersThatSkipByStatisticsFindWhatTheyLookFor() throws Exception {
        Sample sample = new Sample(3, 34_000, Shape.MANY_WITH_NULLS, Shape.FEW, Shape.ONE_THEN_MANY);
        Path path = check(sample, 4096);
        try (DuckDb duck = new DuckDb()) {
            for (int c = 0; c < Sample.TABLE.columns().size(); c++) {
                Column column = Sample.TABLE.columns().get(c);
                int index = c;
                for (int r : new int[]{0, 17, 33_999}) {
                    String value = sample.rows().get(r)[c];
                    if (value != null && !column.list() && column.type() != Type.DOUBLE && column.type() != Type.BINARY) {
                        long count = sample.rows().stream().filter(row -> value.equals(row[index])).count();
                        String literal = column.type() == Type.STRING
                                ? "decode(from_hex('" + value + "'))"
                                : column.type() == Type.TIMESTAMP ? "make_timestamptz(" + value + ")" : "'" + value + "'";
                        assertEquals("" + count, duck.row("SELECT count(*) FROM '" + path + "' WHERE " + column.name() + " = " + literal),
                                column.name() + " = " + value);
                    }
                }
            }
        }
    }

    @Test
    void statisticsSpanRowsThatAreAlikeAndThoseBehindThem() throws Exception {
        for (String column : List.of("pid", "boot_ns", "status", "uid", "ts")) {
            for (int sign : new int[]{1, -1}) {
                Path path = dir.resolve(column + sign + ".parquet");
                try (SegmentWriter writer = new SegmentWriter(path, Sample.TABLE)) {
                    RowBuilder rows = new RowBuilder(Sample.TABLE);
                    for (long n = 0; n < 200; n++) {
                        rows.add(Map.of("host", "web1", "seq", n, column, n < 100 ? 5 : sign * (1000 + n)), false);
                        if (n % 40 == 39) {
                            writer.write(rows.build());
                        }
                    }
                    writer.finish(Map.of());
                }
                try (DuckDb duck = new DuckDb()) {
                    for (long n : new long[]{5, sign * 1100, sign * 1199}) {
                        String literal = column.equals("ts") ? "make_timestamptz(" + n + ")" : "" + n;
                        assertEquals(n == 5 ? "100" : "1",
                                duck.row("SELECT count(*) FROM '" + path + "' WHERE " + column + " = " + literal),
                                column + " = " + n);
                    }
                }
            }
        }
    }

    private Path check(Sample sample, int mostInBatch) throws Exception {
        Path path = dir.resolve("sample-" + System.nanoTime() + ".parquet");
        sample.write(path, mostInBatch);
        assertEquals(sample.rows().size(), SegmentCheck.rows(path));
        assertSame(sample, duckDb(sample.table(), path), "DuckDB");
        assertSame(sample, parquetJava(sample.table(), path), "parquet-java");
        assertSame(sample, own(sample.table(), path), "SegmentReader");
        Map<String, Long> nulls = SegmentCheck.whole(path).nulls();
        for (int c = 0; c < sample.table().columns().size(); c++) {
            Column column = sample.table().columns().get(c);
            if (!column.list()) {
                int index = c;
                assertEquals(sample.rows().stream().filter(row -> row[index] == null).count(), nulls.get(column.name()),
                        column.name());
            }
        }
        return path;
    }

    private static List<String[]> own(TableContract table, Path path) throws IOException {
        Set<String> names = table.columns().stream().map(Column::name).collect(Collectors.toSet());
        List<String[]> rows = new ArrayList<>();
        new SegmentReader(table, names).read(path, batch -> {
            for (int r = 0; r < batch.rows(); r++) {
                String[] cells = new String[table.columns().size()];
                for (int c = 0; c < cells.length; c++) {
                    Type type = table.columns().get(c).type();
                    if (batch.columns()[c].isNull(r)) {
                        cells[c] = null;
                    } else if (batch.columns()[c] instanceof Vector.Lists(Vector elements, int[] offsets, boolean[] _)) {
                        cells[c] = IntStream.range(offsets[r], offsets[r + 1]).mapToObj(e -> own(type, elements, e)).toList().toString();
                    } else {
                        cells[c] = own(type, batch.columns()[c], r);
                    }
                }
                rows.add(cells);
            }
        });
        return rows;
    }

    private static String own(Type type, Vector vector, int at) {
        return switch (vector) {
            case Vector any when any.isNull(at) -> "N";
            case Vector.Bytes texts -> HexFormat.of().formatHex(texts.values()[at]);
            case Vector.Longs longs when type == Type.DOUBLE -> Double.toString(Double.longBitsToDouble(longs.values()[at]));
            case Vector.Longs longs -> Long.toString(longs.values()[at]);
            case Vector other -> throw new AssertionError(other);
        };
    }

    private static void assertSame(Sample sample, List<String[]> got, String reader) {
        List<String[]> want = sample.rows();
        assertEquals(want.size(), got.size(), reader);
        for (int r = 0; r < want.size(); r++) {
            for (int c = 0; c < want.get(r).length; c++) {
                String wanted = want.get(r)[c];
                if (wanted == null ? got.get(r)[c] != null : !wanted.equals(got.get(r)[c])) {
                    assertEquals(wanted, got.get(r)[c], reader + ", row " + r + ", column " + sample.table().columns().get(c));
                }
            }
        }
    }

    private static List<String[]> duckDb(TableContract table, Path path) throws SQLException {
        StringBuilder sql = new StringBuilder("SELECT ");
        for (Column column : table.columns()) {
            String text = switch (column.type()) {
                case STRING, BINARY -> "lower(hex(%s))";
                case BOOLEAN -> "%s::INTEGER";
                case TIMESTAMP -> "epoch_us(%s)";
                default -> "%s";
            };
            sql.append(
                    column.list() ? "list_transform(" + column.name() + ", lambda x: coalesce((" + text.formatted("x") + ")::VARCHAR, 'N'))"
                            : text.formatted(column.name()))
                    .append("::VARCHAR, ");
        }
        sql.append("1 FROM read_parquet('").append(path).append("')");
        List<String[]> rows = new ArrayList<>();
        try (DuckDb duck = new DuckDb()) {
            for (String[] row : duck.cells(sql.toString())) {
                String[] cells = Arrays.copyOf(row, table.columns().size());
                for (int c = 0; c < cells.length; c++) {
                    if (cells[c] != null && table.columns().get(c).type() == Type.DOUBLE) {
                        cells[c] = doubles(cells[c]);
                    }
                }
                rows.add(cells);
            }
        }
        return rows;
    }

    // DuckDB writes doubles its own way: nan, -inf, 1e+18.
    private static String doubles(String text) {
        if (text.startsWith("[")) {
            String inner = text.substring(1, text.length() - 1);
            return inner.isEmpty() ? "[]" : Arrays.stream(inner.split(", ")).map(SegmentTest::doubles).toList().toString();
        }
        return switch (text) {
            case "N" -> "N";
            case "nan" -> "NaN";
            case "inf" -> "Infinity";
            case "-inf" -> "-Infinity";
            default -> Double.toString(Double.parseDouble(text));
        };
    }

    private static List<String[]> parquetJava(TableContract table, Path path) throws IOException {
        ParquetReadOptions options = ParquetReadOptions.builder(new PlainParquetConfiguration()).usePageChecksumVerification(true)
                .withCodecFactory(new ZstdCodec()).build();
        List<String[]> rows = new ArrayList<>();
        try (ParquetFileReader file = ParquetFileReader.open(new LocalInputFile(path), options)) {
            var schema = file.getFileMetaData().getSchema();
            for (PageReadStore group = file.readNextRowGroup(); group != null; group = file.readNextRowGroup()) {
                RecordReader<Group> records =
                        new ColumnIOFactory().getColumnIO(schema).getRecordReader(group, new GroupRecordConverter(schema));
                for (long r = 0; r < group.getRowCount(); r++) {
                    Group row = records.read();
                    String[] cells = new String[table.columns().size()];
                    for (int c = 0; c < cells.length; c++) {
                        cells[c] = row.getFieldRepetitionCount(c) == 0 ? null : cell(table.columns().get(c), row, c);
                    }
                    rows.add(cells);
                }
            }
        }
        return rows;
    }

    private static String cell(Column column, Group row, int field) {
        if (column.list()) {
            Group list = row.getGroup(field, 0);
            List<String> elements = new ArrayList<>();
            for (int e = 0; e < list.getFieldRepetitionCount(0); e++) {
                Group element = list.getGroup(0, e);
                elements.add(element.getFieldRepetitionCount(0) == 0 ? "N" : scalar(column.type(), element, 0));
            }
            return elements.toString();
        }
        return scalar(column.type(), row, field);
    }

    private static String scalar(Type type, Group row, int field) {
        return switch (type) {
            case INT32 -> Integer.toString(row.getInteger(field, 0));
            case INT64, TIMESTAMP -> Long.toString(row.getLong(field, 0));
            case BOOLEAN -> row.getBoolean(field, 0) ? "1" : "0";
            case DOUBLE -> Double.toString(row.getDouble(field, 0));
            case STRING, BINARY -> HexFormat.of().formatHex(row.getBinary(field, 0).getBytes());
        };
    }
}
