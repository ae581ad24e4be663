package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Answers on a terminal of ten lines. The pager is whatever $PAGER says; here one that writes down what it was shown.
class PagesTest {
    private static final String NOTED = "cat >shown";

    @TempDir
    Path folder;

    private final Map<String, String> environment = new HashMap<>(Map.of("TERM", "xterm", "PAGER", NOTED));
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private boolean terminal = true;

    @BeforeEach
    void record() throws IOException {
        RecordingText.write(folder.resolve("rec"),
                List.of("repeat 12 1s exits 03:00:00 pid=1+ ppid=0 uid=0 comm=a status=0 age=1s", "seal"));
    }

    private int run(String... args) {
        Clock clock = Clock.fixed(Instant.parse("2026-11-20T08:00:00Z"), ZoneOffset.UTC);
        Console console = new Console(new ByteArrayInputStream(new byte[0]), out, err, terminal, terminal, true, 100, 10, ZoneOffset.UTC,
                clock, "", environment, folder);
        return Main.run(console, args);
    }

    private String shown() throws IOException {
        return Files.exists(folder.resolve("shown")) ? Files.readString(folder.resolve("shown")) : "";
    }

    @Test
    void whatFitsIsWritten() throws Exception {
        assertEquals(0, run("replay", "-d", "rec", "-n", "8"));
        assertEquals(9, out.toString(StandardCharsets.UTF_8).lines().count());
        assertEquals("", shown());
    }

    @Test
    void whatDoesNotFitIsShownInPages() throws Exception {
        assertEquals(0, run("replay", "-d", "rec", "--color", "never"));
        assertEquals("", out.toString(StandardCharsets.UTF_8));
        assertEquals(13, shown().lines().count());
        assertTrue(shown().endsWith("exited 0\n"), shown());
    }

    @Test
    void soIsEveryAnswerInText() throws Exception {
        for (String[] args : List.of(new String[]{"sql", "-d", "rec", "FROM range(20)"},
                new String[]{"sql", "--json", "-d", "rec", "FROM range(20)"},
                new String[]{"view", "deaths", "-d", "rec"}, new String[]{"schema"}, new String[]{"schema", "exits"},
                new String[]{"help", "replay"})) {
            Files.deleteIfExists(folder.resolve("shown"));
            assertEquals(0, run(args), args[0]);
            assertTrue(shown().lines().count() > 10, args[0] + ": " + shown());
            assertEquals("", out.toString(StandardCharsets.UTF_8), args[0]);
        }
    }

    @Test
    void longLinesTakeSeveralOfTheScreen() throws Exception {
        assertEquals(0, run("sql", "-d", "rec", "--format", "csv", "SELECT repeat('x', 95) || i AS x FROM range(6) t(i)"));
        assertEquals("", shown());
        assertEquals(0, run("sql", "-d", "rec", "--format", "csv", "SELECT repeat('x', 195) || i AS x FROM range(6) t(i)"));
        assertEquals(7, shown().lines().count());
    }

    @Test
    void nobodyElseGetsPages() throws Exception {
        assertEquals(0, run("replay", "-d", "rec", "--no-pager"));
        for (String pager : List.of("", "cat", " cat ")) {
            environment.put("PAGER", pager);
            assertEquals(0, run("replay", "-d", "rec"));
        }
        environment.put("PAGER", NOTED);
        environment.put("TERM", "dumb");
        assertEquals(0, run("replay", "-d", "rec"));
        environment.put("TERM", "xterm");
        terminal = false;
        assertEquals(0, run("replay", "-d", "rec"));
        assertFalse(Files.exists(folder.resolve("shown")));
        assertEquals(6 * 13, out.toString(StandardCharsets.UTF_8).lines().count());
    }

    @Test
    void aPagerThatIsLeftIsNoError() throws Exception {
        environment.put("PAGER", "head -n 3 >shown");
        assertEquals(0, run("sql", "-d", "rec", "SELECT repeat('x', 100) FROM range(100000)"));
        assertEquals(3, shown().lines().count());
        assertEquals("", out.toString(StandardCharsets.UTF_8));
    }

    /// What an answer could not see is said also when only a part of it was looked at.
    @Test
    void notesFollowThePages() throws Exception {
        RecordingText.write(folder.resolve("lost"), List.of("repeat 12 1s exits 03:00:00 pid=1+ ppid=0 uid=0 comm=a status=0 age=1s",
                "gaps 03:00:12 table_name=exits count=7 first_boot_ns=03:00:03 last_boot_ns=03:00:04 cause=ring_full", "seal"));
        environment.put("PAGER", "true");
        assertEquals(0, run("replay", "-d", "lost", "--color", "never"));
        assertEquals("note: 7 deaths between 2026-11-20 03:00:03 and 03:00:04 are missing: the kernel's ring buffer was\n"
                + "  full (record --ring-size)\n", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aPagerThatIsNoneIsSaid() {
        environment.put("PAGER", "no-such-pager -x 2>/dev/null");
        assertEquals(Failure.USAGE, run("replay", "-d", "rec"));
        assertEquals("PAGER=no-such-pager -x 2>/dev/null: is no command — set another one, or use --no-pager\n",
                err.toString(StandardCharsets.UTF_8));
    }
}
