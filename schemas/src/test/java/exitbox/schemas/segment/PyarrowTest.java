package exitbox.schemas.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Type;
import exitbox.schemas.segment.Sample.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A third reader, of another language: pyarrow with its page checksums verified, where it is installed.
class PyarrowTest {
    private static final String SCRIPT = """
            import sys, pyarrow as pa, pyarrow.parquet as pq
            table = pq.read_table(sys.argv[1], page_checksum_verification=True, partitioning=None)
            def text(kind, value):
                if value is None: return 'N'
                if isinstance(value, list): return '[' + ', '.join(text(kind, v) for v in value) + ']'
                if isinstance(value, bool): return '1' if value else '0'
                if isinstance(value, str): return value.encode().hex()
                if isinstance(value, bytes): return value.hex()
                return repr(value)
            def plain(column):
                return column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column
            columns = [plain(c).to_pylist() for c in table.columns]
            for row in zip(*columns):
                print('\\t'.join(text(None, value) for value in row))
            """;

    @TempDir
    Path dir;

    @Test
    void readsWhatWasWritten() throws Exception {
        assumeTrue(run("import pyarrow", dir).exit == 0, "needs pyarrow: pip install pyarrow");
        for (Sample sample : List.of(new Sample(1, 3000), new Sample(2, 3000),
                new Sample(3, 40_000, Shape.FEW_WITH_NULLS, Shape.MANY, Shape.ONE_THEN_MANY),
                new Sample(Sample.NARROW, 4, 140_000, Shape.NULLS_THEN_FEW, Shape.MANY_WITH_NULLS, Shape.FEW, Shape.FEW_THEN_NULLS))) {
            Path path = dir.resolve(sample.rows().hashCode() + System.nanoTime() + ".parquet");
            sample.write(path, 4096);
            Run run = run(SCRIPT, path);
            assertEquals(0, run.exit, run.output);
            List<String[]> rows = run.output.lines().map(line -> line.split("\t", -1)).toList();
            assertEquals(sample.rows().size(), rows.size());
            for (int r = 0; r < rows.size(); r++) {
                assertEquals(wanted(sample, sample.rows().get(r)), got(sample, rows.get(r)), "row " + r);
            }
        }
    }

    private static List<String> wanted(Sample sample, String[] row) {
        return Arrays.stream(row).map(cell -> cell == null ? "N" : cell).toList();
    }

    private static List<String> got(Sample sample, String[] row) {
        List<String> cells = new ArrayList<>();
        for (int c = 0; c < row.length; c++) {
            Column column = sample.table().columns().get(c);
            cells.add(column.type() == Type.DOUBLE ? doubles(row[c]) : row[c]);
        }
        return cells;
    }

    // Python writes doubles its own way: nan, -inf, 1e+18.
    private static String doubles(String text) {
        if (text.startsWith("[")) {
            String inner = text.substring(1, text.length() - 1);
            return inner.isEmpty() ? "[]" : Arrays.stream(inner.split(", ")).map(PyarrowTest::doubles).toList().toString();
        }
        return switch (text) {
            case "N" -> "N";
            case "nan" -> "NaN";
            case "inf" -> "Infinity";
            case "-inf" -> "-Infinity";
            default -> Double.toString(Double.parseDouble(text));
        };
    }

    private record Run(int exit, String output) {
    }

    private Run run(String script, Path argument) throws IOException, InterruptedException {
        Path output = Files.createTempFile(dir, "python", ".txt");
        try {
            int exit = new ProcessBuilder("python3", "-c", script, argument.toString()).redirectErrorStream(true)
                    .redirectOutput(output.toFile()).start()
                    .waitFor();
            return new Run(exit, Files.readString(output, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return new Run(-1, e.getMessage());
        }
    }
}
