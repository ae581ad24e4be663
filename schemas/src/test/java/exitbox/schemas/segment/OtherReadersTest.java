package exitbox.schemas.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.schemas.DuckDb;
import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.contract.Type;
import exitbox.schemas.segment.Sample.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Readers of other languages that share no code with this one read every value alike, where they are installed:
/// CONTRIBUTING.md says how. Each prints a file's rows by its script in testdata/readers: NULL as N, text and bytes in
/// hexadecimal digits, a double's bits too, points in time as microseconds.
class OtherReadersTest {
    private static final Path TESTDATA = Path.of("../testdata").toAbsolutePath().normalize();
    private static final Path INSTALLED = Path.of("../target/readers").toAbsolutePath().normalize();

    enum Reader {
        PYARROW("pyarrow (CONTRIBUTING.md, Other readers)") {
            @Override
            ProcessBuilder print(Path file) {
                Path own = INSTALLED.resolve("bin/python3");
                return new ProcessBuilder(Files.exists(own) ? own.toString() : "python3",
                        TESTDATA.resolve("readers/with-pyarrow.py").toString(),
                        file.toString());
            }
        },
        HYPARQUET("node with hyparquet (CONTRIBUTING.md, Other readers)") {
            @Override
            ProcessBuilder print(Path file) {
                // Node looks for packages from the folder it runs in.
                return new ProcessBuilder("node", "--input-type=module", "-", file.toString())
                        .directory((Files.exists(INSTALLED) ? INSTALLED : TESTDATA).toFile())
                        .redirectInput(TESTDATA.resolve("readers/with-hyparquet.mjs").toFile());
            }
        };

        private final String name;

        Reader(String name) {
            this.name = name;
        }

        abstract ProcessBuilder print(Path file);
    }

    @TempDir
    Path dir;

    @ParameterizedTest
    @EnumSource
    void readsEveryKindOfColumn(Reader reader) throws Exception {
        assumeInstalled(reader);
        for (Sample sample : List.of(new Sample(1, 3000), new Sample(2, 3000),
                new Sample(3, 40_000, Shape.FEW_WITH_NULLS, Shape.MANY, Shape.ONE_THEN_MANY),
                new Sample(Sample.NARROW, 4, 140_000, Shape.NULLS_THEN_FEW, Shape.MANY_WITH_NULLS, Shape.FEW, Shape.FEW_THEN_NULLS))) {
            Path path = Files.createTempFile(dir, "sample", ".parquet");
            Files.delete(path);
            sample.write(path, 4096);
            List<String> wanted = new ArrayList<>();
            wanted.add(String.join("\t", sample.table().columns().stream().map(Column::name).toList()));
            for (String[] row : sample.rows()) {
                wanted.add(line(sample.table(), row));
            }
            assertSame(wanted, rows(reader, path), path);
        }
    }

    @ParameterizedTest
    @EnumSource
    void readsRecordingsAsDuckDbDoes(Reader reader) throws Exception {
        assumeInstalled(reader);
        List<Path> segments;
        try (Stream<Path> files = Files.walk(TESTDATA.resolve("recordings"))) {
            segments = files.filter(file -> file.toString().endsWith(".parquet")).toList();
        }
        assertFalse(segments.isEmpty());
        try (DuckDb duck = new DuckDb()) {
            for (Path segment : segments) {
                Table table = Table.ofName(segment.getParent().getParent().getParent().getFileName().toString());
                List<String> wanted = new ArrayList<>();
                List<String> stored = duck.rows("SELECT name FROM parquet_schema('" + segment + "') WHERE num_children IS NULL");
                List<Column> columns = Contract.get().table(table).columns().stream()
                        .filter(column -> stored.contains(column.name()) || column.list()).toList();
                wanted.add(String.join("\t", columns.stream().map(Column::name).toList()));
                String cells = String.join(" || chr(9) || ", columns.stream().map(OtherReadersTest::inDuckDb).toList());
                wanted.addAll(duck.rows("SELECT " + cells + " FROM read_parquet('" + segment + "', hive_partitioning = false)"));
                assertTrue(wanted.size() > 1, segment + " has rows");
                assertSame(wanted, rows(reader, segment), segment);
            }
        }
    }

    private void assumeInstalled(Reader reader) throws Exception {
        Path sample = dir.resolve("one.parquet");
        new Sample(Sample.NARROW, 1, 1, Shape.ONE).write(sample, 1);
        Run run = run(reader, sample);
        // Anything else than a missing program or package is a failure of what is tested.
        boolean missing = run.exit < 0 || run.output.contains("ModuleNotFoundError") || run.output.contains("ERR_MODULE_NOT_FOUND")
                || run.output.contains("bad option");
        assumeTrue(!missing, "needs " + reader.name);
        assertEquals(0, run.exit, run.output);
    }

    private static void assertSame(List<String> wanted, List<String> got, Path file) {
        for (int i = 0; i < Math.min(wanted.size(), got.size()); i++) {
            assertEquals(wanted.get(i), got.get(i), file + ", line " + i);
        }
        assertEquals(wanted.size(), got.size(), file + ": rows");
    }

    private static String line(TableContract table, String[] row) {
        List<String> cells = new ArrayList<>();
        for (int c = 0; c < row.length; c++) {
            boolean isDouble = table.columns().get(c).type() == Type.DOUBLE;
            cells.add(row[c] == null ? "N" : isDouble ? bits(row[c]) : row[c]);
        }
        return String.join("\t", cells);
    }

    private static String bits(String text) {
        if (text.startsWith("[")) {
            String inner = text.substring(1, text.length() - 1);
            return inner.isEmpty() ? "[]" : Arrays.stream(inner.split(", ")).map(OtherReadersTest::bits).toList().toString();
        }
        return text.equals("N") ? "N" : String.format("%016x", Double.doubleToLongBits(Double.parseDouble(text)));
    }

    private static String inDuckDb(Column column) {
        if (!column.list()) {
            return "coalesce(" + inDuckDb(column.type(), column.name()) + ", 'N')";
        }
        return "coalesce('[' || array_to_string(list_transform(" + column.name() + ", lambda e: coalesce(" + inDuckDb(column.type(), "e")
                + ", 'N')), ', ') || ']', 'N')";
    }

    private static String inDuckDb(Type type, String value) {
        return switch (type) {
            case INT32, INT64 -> value + "::VARCHAR";
            case BOOLEAN -> value + "::INTEGER::VARCHAR";
            case STRING, BINARY -> "lower(hex(" + value + "))";
            case TIMESTAMP -> "epoch_us(" + value + ")::VARCHAR";
            case DOUBLE -> throw new IllegalArgumentException("no table has one");
        };
    }

    private record Run(int exit, String output) {}

    private List<String> rows(Reader reader, Path file) throws InterruptedException {
        Run run = run(reader, file);
        assertEquals(0, run.exit, run.output);
        return run.output.lines().toList();
    }

    private Run run(Reader reader, Path file) throws InterruptedException {
        try {
            Path output = Files.createTempFile(dir, "reader", ".txt");
            int exit = reader.print(file).redirectErrorStream(true).redirectOutput(output.toFile()).start().waitFor();
            return new Run(exit, Files.readString(output, StandardCharsets.UTF_8));
        } catch (UncheckedIOException | IOException e) {
            return new Run(-1, String.valueOf(e.getMessage()));
        }
    }
}
