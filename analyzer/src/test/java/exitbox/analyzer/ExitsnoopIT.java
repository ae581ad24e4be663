package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// libbpf-tools' exitsnoop and our recorder watch the same thousand deaths, of every kind. What the tool printed, and what
/// replay prints in its name, is the same line for line, after three things are made alike:
///
/// - the order: both are sorted by PID, TID and AGE, for the tool prints CPU by CPU;
/// - AGE may differ by 0.02, as the two look at the clock one after the other;
/// - TIME may be up to 5 s later in the tool's, which tells when it printed and not when something died; or 1 s earlier,
///   as time(2), which it asks, is a tick behind when the second turns.
class ExitsnoopIT {
    private static final int DEATHS = 1000;
    private static final int ATTEMPTS = 3;
    private static final Pattern LINE = Pattern.compile("(\\S{8}) (.{16,}) (\\d+ *) (\\d+ *) (\\d+ *) ([\\d.]+)( *) (.*)");

    @TempDir
    static Path base;

    private static SideBySide together;
    private static long parent;

    /// A line of exitsnoop -t. `rest` is what has to be equal to the byte, AGE taken out but for its width.
    private record Line(LocalTime time, long pid, long tid, double age, String rest, String text) {
        static Line of(String text) {
            Matcher parts = LINE.matcher(text);
            assertTrue(parts.matches(), text);
            return new Line(LocalTime.parse(parts.group(1)), Long.parseLong(parts.group(3).strip()), Long.parseLong(parts.group(5).strip()),
                    Double.parseDouble(parts.group(6)), parts.group(2) + "|" + parts.group(3) + "|" + parts.group(4) + "|" + parts.group(5)
                            + "|" + (parts.group(6) + parts.group(7)).length() + "|" + parts.group(8),
                    text);
        }
    }

    @BeforeAll
    static void watchTogether() throws Exception {
        Path exitsnoop = SideBySide.assumeTool("exitsnoop");
        // Its buffers are small: while other storms rage on the machine it loses some of our deaths, and says so.
        for (int attempt = 1;; attempt++) {
            together = new SideBySide(Files.createDirectory(base.resolve("attempt-" + attempt)));
            watch(exitsnoop);
            String lost = together.errors("leaders") + together.errors("threads");
            if (lost.isEmpty()) {
                return;
            }
            assertTrue(lost.lines().allMatch(line -> line.startsWith("lost ")), lost);
            assumeTrue(attempt < ATTEMPTS, "needs a machine that is less busy: exitsnoop lost events itself, " + ATTEMPTS + " times");
        }
    }

    private static void watch(Path exitsnoop) throws Exception {
        Path truth = together.compiled("truth");
        together.record("--threads");
        Process leaders = together.watch(exitsnoop, "leaders", "-t");
        Process threads = together.watch(exitsnoop, "threads", "-t", "-T");
        together.awaitArmed();
        // The headline tells that the tool is ready.
        together.await("exitsnoop is armed", () -> !threads.isAlive() || !together.lines("leaders").isEmpty() && !together.lines("threads")
                .isEmpty(), leaders);
        assumeTrue(leaders.isAlive() && threads.isAlive(),
                () -> "needs an exitsnoop that runs here: " + together.said().strip().replace("\n", "; "));

        Process deaths = together.start("truth.out", truth.toString(), "mixed", Integer.toString(DEATHS));
        parent = deaths.pid();
        assertTrue(deaths.waitFor(120, TimeUnit.SECONDS));
        assertEquals(0, deaths.exitValue());
        Pattern end = Pattern.compile(".{25,} " + parent + " +\\d+ +" + parent + " .*");
        for (String tool : List.of("leaders", "threads")) {
            together.await("exitsnoop has printed the end", () -> !together.errors(tool).isEmpty() || together.lines(tool).stream()
                    .anyMatch(line -> end.matcher(line).matches()), leaders);
        }
        together.stop(leaders, "INT");
        together.stop(threads, "INT");
        together.stopRecorder();
    }

    @AfterAll
    static void end() {
        if (together != null) {
            together.close();
        }
    }

    @Test
    void aReplayIsWhatExitsnoopPrinted() throws IOException {
        List<Line> printed = compare("leaders", "-t");
        assertTrue(printed.size() > DEATHS, "phantom lines of execs by threads included: " + printed.size());
    }

    @Test
    void aReplayOfThreadsIsWhatExitsnoopPrinted() throws IOException {
        compare("threads", "-t", "-T");
    }

    private static List<Line> compare(String tool, String... options) throws IOException {
        List<String> words = new ArrayList<>(List.of("--where", "ppid = " + parent, "--as", "exitsnoop-libbpf"));
        words.addAll(List.of(options));
        List<String> replayed = together.answer("replay", words.toArray(String[]::new));
        List<String> live = together.lines(tool);
        assertEquals(live.getFirst(), replayed.getFirst());
        List<Line> ours = sorted(replayed);
        List<Line> theirs = sorted(live);
        for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
            Line our = ours.get(i);
            Line their = theirs.get(i);
            String both = "\nexitsnoop: " + their.text + "\nreplay:    " + our.text;
            assertEquals(their.rest, our.rest, both);
            assertTrue(Math.abs(their.age - our.age) < 0.0201, "AGE" + both);
            long later = Math.floorMod(our.time.until(their.time, ChronoUnit.SECONDS) + 1, 86_400) - 1;
            assertTrue(later <= 5, "TIME" + both);
        }
        assertEquals(theirs.size(), ours.size());
        return ours;
    }

    /// The lines of processes whose parent made the deaths.
    private static List<Line> sorted(List<String> text) {
        Pattern ours = Pattern.compile(".{8} .{16,} \\d+ +" + parent + " +\\d+ +[\\d.]+ +\\S.*");
        return text.stream().filter(line -> ours.matcher(line).matches()).map(Line::of)
                .sorted(Comparator.comparingLong(Line::pid).thenComparingLong(Line::tid).thenComparingDouble(Line::age)).toList();
    }
}
