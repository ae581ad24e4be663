package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

    @Test
    void aReaderThatLeavesIsNoError() throws Exception {
        Process process = program("sql", "-d", "rec", "--format", "csv", "SELECT i, repeat('x', 200) FROM range(1000000) t(i)").start();
        try (BufferedReader reader = process.inputReader()) {
            assertTrue(reader.readLine().startsWith("i,"));
        }
        assertEquals(0, process.waitFor());
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
