package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.schemas.text.Escape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// libbpf-tools' sigsnoop and our recorder watch the same signals, of every way to be killed and of all else on this machine:
/// every line that the tool printed is in the replay in its name. Older releases of it have no column TCOMM.
class SigsnoopIT {
    private static final int ATTEMPTS = 3;
    // TIME PID COMM SIG TPID [TCOMM] RESULT
    private static final Pattern THEIRS =
            Pattern.compile("\\d\\d:\\d\\d:\\d\\d (\\d+) +(.{16,}?) (\\d+) +(\\d+) +(?:\\S.{15,} )?(-?\\d+) *");
    private static final Pattern OURS = Pattern.compile("\\d\\d:\\d\\d:\\d\\d (\\d+) +(.{16,}?) (\\d+) +(\\d+) +\\S.{15,} (-?\\d+) *");

    @TempDir
    static Path base;

    private static SideBySide together;

    @BeforeAll
    static void watchTogether() throws Exception {
        Path sigsnoop = SideBySide.assumeTool("sigsnoop");
        for (int attempt = 1;; attempt++) {
            together = new SideBySide(Files.createDirectory(base.resolve("attempt-" + attempt)));
            watch(sigsnoop);
            String lost = together.errors("sigsnoop");
            if (lost.isEmpty()) {
                return;
            }
            assertTrue(lost.lines().allMatch(line -> line.toLowerCase().startsWith("lost ")), lost);
            assumeTrue(attempt < ATTEMPTS, "needs a machine that is less busy: sigsnoop lost events itself, " + ATTEMPTS + " times");
        }
    }

    private static void watch(Path sigsnoop) throws Exception {
        Path kills = together.compiled("kills");
        together.record("--signals", "all");
        together.awaitArmed();
        // The recorder sees more than the tool, at both ends.
        Process tool = together.watch(sigsnoop, "sigsnoop");
        together.await("sigsnoop is armed", () -> !tool.isAlive() || printed(10), together.recorder());
        assumeTrue(tool.isAlive(), () -> "needs a sigsnoop that runs here: " + together.said().strip());
        Process truth = together.start("truth", kills.toString(), "3", "0");
        assertTrue(truth.waitFor(120, TimeUnit.SECONDS));
        assertEquals(0, truth.exitValue(), together.said());
        together.await("sigsnoop has printed the end", () -> printed(12) || !together.errors("sigsnoop").isEmpty(), tool);
        together.stop(tool, "INT");
        together.stopRecorder();
    }

    /// Whether the tool has printed a signal of this number to a child of ours; sends one, for the next time.
    private static boolean printed(int signal) throws Exception {
        Process target = new ProcessBuilder("sh", "-c", "trap : " + signal + "; kill -" + signal + " $$").start();
        target.waitFor();
        Pattern line = Pattern.compile(".*\\bsh +" + signal + " +\\d+ .*");
        return together.lines("sigsnoop").stream().anyMatch(printed -> line.matcher(printed).matches());
    }

    @AfterAll
    static void end() {
        if (together != null) {
            together.close();
        }
    }

    @Test
    void everySignalThatSigsnoopPrintedIsInTheReplay() throws Exception {
        Map<String, Integer> replayed = new HashMap<>();
        for (String line : together.answer("replay", "--as", "sigsnoop")) {
            replayed.merge(key(OURS, line), 1, Integer::sum);
        }
        int kills = 0;
        for (String line : together.lines("sigsnoop")) {
            String key = key(THEIRS, Escape.escape(line.getBytes(SideBySide.BYTES)));
            assertTrue(replayed.merge(key, -1, Integer::sum) >= 0, () -> "sigsnoop alone: " + line);
            kills += key.matches("\\d+ kills .*") ? 1 : 0;
        }
        long truths = together.lines("truth").size();
        assertTrue(truths >= 3 * 30 && kills >= truths, kills + " signals sent in " + truths + " kills");
    }

    /// What is to be equal: all but the time, which is when the tool printed, and the target's name; headlines are alike.
    private static String key(Pattern pattern, String line) {
        if (line.startsWith("TIME ")) {
            return "headline";
        }
        Matcher words = pattern.matcher(line);
        assertTrue(words.matches(), line);
        return words.group(1) + " " + words.group(2).strip() + " " + words.group(3) + " " + words.group(4) + " " + words.group(5);
    }
}
