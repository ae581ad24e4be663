package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The packaged program as a process: memory, pipes, and files that cannot be written.
class ProgramIT {
    private static final Path TARGET = Path.of("target").toAbsolutePath();

    @TempDir
    Path folder;

    @BeforeEach
    void record() throws IOException {
        RecordingText.write(folder.resolve("rec"), List.of("exits 03:00:00 pid=1 ppid=0 uid=0 comm=init status=0 age=1s", "seal"));
    }

    private ProcessBuilder program(String... args) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
                "-XX:+UseSerialGC", "--sun-misc-unsafe-memory-access=allow", "-Djava.library.path=" + TARGET.resolve("native"), "-jar",
                TARGET.resolve("analyzer.jar").toString()));
        command.addAll(Arrays.asList(args));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().remove("EXITBOX_DIR");
        return builder;
    }

    @Test
    void aMillionRowsNeedNoHeap() throws Exception {
        for (String format : List.of("csv", "table", "ndjson")) {
            Path out = folder.resolve("out");
            Process process = program("sql", "-d", "rec", "--format", format,
                    "SELECT i, repeat('x', 200) AS filling, i::VARCHAR AS text FROM range(1000000) t(i)")
                    .redirectOutput(out.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            assertEquals(0, process.waitFor(), format);
            assertTrue(Files.size(out) > 200_000_000L, format + ": " + Files.size(out));
        }
    }

    /// A million deaths, of a host without a catalog: its files are taken as they are.
    private void writeMillion(Path recording) throws Exception {
        Path day = recording.resolve("exits/host=web1/date=2026-11-20");
        Files.createDirectories(day);
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:"); Statement statement = connection.createStatement()) {
            statement.execute(Contract.get().table(Table.EXITS).ddl());
            statement.execute(
                    "COPY (SELECT * FROM (FROM exits LIMIT 0) UNION ALL BY NAME SELECT 'web1' AS host, '2026-11-20' AS date, 'b' AS boot_id,"
                            + " i AS seq, 0 AS cpu, make_timestamptz(1795143600000000 + i * 1000) AS ts, 1000000000000 + i * 1000000 AS mono_ns,"
                            + " 1000000000000 + i * 1000000 AS boot_ns, 1000 + i % 30000 AS pid, pid AS tid, 1 AS ppid, 0 AS uid,"
                            + " mono_ns - i AS start_mono_ns, boot_ns - i AS start_boot_ns, 'worker-' || i % 1000 AS comm, comm::BLOB AS comm_raw,"
                            + " comm AS last_comm, i % 3 * 256 AS status, i % 3 AS code, false AS core_dumped, status AS leader_status"
                            + " FROM range(1000000) t(i)) TO '" + day.resolve("20261120T030000Z-000001.parquet") + "' (FORMAT parquet)");
        }
    }

    @Test
    void aMillionDeathsNeedNoHeap() throws Exception {
        writeMillion(folder.resolve("million"));
        Map<List<String>, String> lastLines = new LinkedHashMap<>();
        lastLines.put(List.of("replay"), "2026-11-20 03:16:39.999   10999       1       0  worker-999         1.0ms  exited 0");
        lastLines.put(List.of("replay", "--json"), null);
        lastLines.put(List.of("replay", "--as", "exitsnoop", "-t"), "03:16:39.999 worker-999       10999   1       10999   0.00    0");
        lastLines.put(List.of("sql", "--format", "csv", "SELECT seq, comm, reason FROM deaths ORDER BY seq"), "999999,worker-999,exited 0");
        for (Map.Entry<List<String>, String> entry : lastLines.entrySet()) {
            List<String> args = new ArrayList<>(entry.getKey());
            args.addAll(1, List.of("-d", "million", "--utc"));
            Process process = program(args.toArray(String[]::new)).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            long lines = 0;
            String last = null;
            try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    lines++;
                    last = line;
                }
            }
            assertEquals(0, process.waitFor(), args.toString());
            assertEquals(args.contains("--json") ? 1_000_000 : 1_000_001, lines, args.toString());
            if (entry.getValue() != null) {
                assertEquals(entry.getValue(), last);
            }
        }
    }

    @Test
    void aReaderThatLeavesIsNoError() throws Exception {
        Process process = program("sql", "-d", "rec", "--format", "csv", "SELECT i, repeat('x', 200) FROM range(1000000) t(i)").start();
        try (BufferedReader reader = process.inputReader()) {
            assertTrue(reader.readLine().startsWith("i,"));
        }
        assertEquals(0, process.waitFor());
        assertEquals("", new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    /// However early or late it comes: Ctrl-C ends the program with status 130, without a word.
    @Test
    void ctrlCEndsAQuery() throws Exception {
        Process process = program("sql", "-d", "rec", "SELECT count(*) FROM range(10000000) a(i), range(10000000) b(i) WHERE a.i * b.i = 7")
                .start();
        assertEquals(0, new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor());
        assertEquals(Cancelled.STATUS, process.waitFor());
        assertEquals("", new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertEquals("", new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    @Test
    void aFullDiskIsSaid() throws Exception {
        Process process = program("sql", "-d", "rec", "FROM exits").redirectOutput(new File("/dev/full")).start();
        String error;
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            error = reader.readLine();
        }
        assertEquals(Failure.CANNOT_WRITE, process.waitFor());
        assertEquals("cannot write: No space left on device", error);
    }

    @Test
    void parquetGoesThroughAPipe() throws Exception {
        Path out = folder.resolve("out.parquet");
        Process process = program("sql", "-d", "rec", "--format", "parquet", "FROM exits").redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        assertEquals(0, process.waitFor());
        byte[] bytes = Files.readAllBytes(out);
        assertEquals("PAR1", new String(bytes, bytes.length - 4, 4, StandardCharsets.US_ASCII));
    }

    @Test
    void theVersionIsTheBuilds() throws Exception {
        Process process = program("--version").start();
        String version = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(version.matches("exitbox \\d+\\.\\d+\\.\\d+.*\n"), version);
    }
}
