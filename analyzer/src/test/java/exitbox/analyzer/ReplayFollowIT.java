package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.catalog.Recording;
import exitbox.schemas.contract.Table;
import exitbox.schemas.spool.ClockPair;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.spool.SpoolWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `replay --follow` as a process, of a spool that this test writes: how it ends.
class ReplayFollowIT {
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    Path folder;

    private SpoolWriter spool;
    private Process replay;
    private BufferedReader lines;
    private long seq = 1;

    @BeforeEach
    void begin() throws IOException {
        Recording recording = new Recording(folder.resolve("rec"));
        Files.createDirectories(recording.spoolFolder("web1"));
        String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        // Within five seconds of now it counts as live: half of that is for the start of a JVM.
        ClockPair now = new ClockPair((System.currentTimeMillis() + 2_500) * 1_000_000, 1_000 * SECOND, 0);
        spool = SpoolWriter.create(recording.spool("web1", 1),
                new SpoolHeader("web1", boot, "run", "0.1.0", 1, "group_dead", now, List.of()));
        spool.appendRow(Table.RUNS, 0, 1_000 * SECOND, seq++, Map.of("event", "start", "run_id", "run"));
        exit(101);
        replay = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
                "--sun-misc-unsafe-memory-access=allow", "-Djava.library.path=" + TARGET.resolve("native"), "-jar",
                TARGET.resolve("analyzer.jar").toString(), "replay", "-d", recording.dir().toString(), "--follow")
                .redirectError(folder.resolve("errors").toFile()).start();
        lines = replay.inputReader(StandardCharsets.UTF_8);
        assertTrue(lines.readLine().startsWith("TIME "));
        assertTrue(lines.readLine().contains(" 101 "));
        exit(102);
        assertTrue(lines.readLine().contains(" 102 "));
    }

    @AfterEach
    void end() throws IOException {
        spool.close();
        replay.destroyForcibly().onExit().join();
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void aSignalIsAnEndLikeAnyOther(String signal) throws Exception {
        new ProcessBuilder("kill", "-" + signal, Long.toString(replay.pid())).inheritIO().start().waitFor();
        assertTrue(replay.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, replay.exitValue());
        assertEquals(List.of(), lines.lines().toList());
    }

    @Test
    void aReaderThatLeaves() throws Exception {
        lines.close();
        while (replay.isAlive()) {
            exit(103);
            replay.waitFor(200, TimeUnit.MILLISECONDS);
        }
        assertEquals(0, replay.exitValue());
    }

    @Test
    void theRecorderSaysNothingForAWhile() throws Exception {
        Path errors = folder.resolve("errors");
        while (!Files.readString(errors).contains("nothing from the recorder for 5 s: it stands still, or has died")) {
            assertTrue(replay.isAlive(), Files.readString(errors));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        exit(103);
        assertTrue(lines.readLine().contains(" 103 "), "it goes on all the same");
        spool.appendRow(Table.RUNS, 0, 1_001 * SECOND, seq++, Map.of("event", "stop", "run_id", "run"));
        assertTrue(replay.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, replay.exitValue());
    }

    private void exit(long pid) throws IOException {
        spool.appendRow(Table.EXITS, SECOND, 1_000 * SECOND + 1, seq++,
                Map.of("pid", pid, "tid", pid, "ppid", 1L, "comm", "sh", "status", 0L, "code", 0L, "start_mono_ns", 1L));
    }
}
