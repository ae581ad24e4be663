package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.schemas.text.Escape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// libbpf-tools' execsnoop and our recorder watch the same execs, of every kind: what the tool printed is what replay prints in
/// its name, but for arguments that it did not get to read; and those that it missed are there too.
class ExecsnoopIT {
    private static final int ATTEMPTS = 3;
    // A name, PID, PPID, RET, and all up to the arguments.
    private static final Pattern LINE = Pattern.compile("(.{16,} (\\d+) +(\\d+) +(-?\\d+) )(.*)");

    private static final String YS = "y".repeat(200);
    private static final Map<String, String> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("/bin/true a b", "/bin/true a b ");
        COMMANDS.put("/bin/true 'a\"b' '' 'c d'", "/bin/true a\"b  c d ");
        COMMANDS.put("/bin/true " + "x ".repeat(19), "/bin/true " + "x ".repeat(19));
        COMMANDS.put("/bin/true " + "x ".repeat(20), "/bin/true " + "x ".repeat(19) + " ...");
        COMMANDS.put("/bin/true " + YS + " end", "/bin/true " + YS.substring(0, 127) + " end ");
        COMMANDS.put("./script p 'q r'", "./script p q r ");
        COMMANDS.put("/nonexistent/program z 2>/dev/null", "/nonexistent/program z ");
    }

    @TempDir
    static Path base;

    private static SideBySide together;
    private static long shell;
    private static long execs;
    private static List<String> live;
    private static List<String> replayed;

    @BeforeAll
    static void watchTogether() throws Exception {
        Path execsnoop = SideBySide.assumeTool("execsnoop");
        // Its buffers are small: while other storms rage on the machine it loses some of our execs, and says so.
        for (int attempt = 1;; attempt++) {
            together = new SideBySide(Files.createDirectory(base.resolve("attempt-" + attempt)));
            watch(execsnoop);
            String lost = together.errors("execsnoop");
            if (lost.isEmpty()) {
                break;
            }
            assertTrue(lost.lines().allMatch(line -> line.startsWith("Lost ")), lost);
            assumeTrue(attempt < ATTEMPTS, "needs a machine that is less busy: execsnoop lost events itself, " + ATTEMPTS + " times");
        }
        // What steers a terminal is escaped in a replay.
        live = ours(together.lines("execsnoop").stream().map(line -> Escape.escape(line.getBytes(SideBySide.BYTES))).toList());
        replayed = ours(together.answer("replay", "--where", "ppid IN (" + shell + ", " + execs + ")", "--as", "execsnoop-libbpf", "-x"));
    }

    private static void watch(Path execsnoop) throws Exception {
        Path program = together.compiled("execs");
        Path script = together.folder().resolve("script");
        Files.writeString(script, "#!/bin/sh -e\n");
        assertTrue(script.toFile().setExecutable(true));
        Files.writeString(together.folder().resolve("commands"), String.join("\n", COMMANDS.keySet()) + "\n/bin/true the-end\n");

        together.record("--failed-execs");
        Process tool = together.watch(execsnoop, "execsnoop", "-x");
        together.awaitArmed();
        // Its headline comes before it listens.
        together.await("execsnoop is armed", () -> !tool.isAlive() || printed("armed"), together.recorder());
        assumeTrue(tool.isAlive(), () -> "needs an execsnoop that runs here: " + together.said());

        Process commands = together.start("commands.out", "sh", "commands");
        shell = commands.pid();
        assertTrue(commands.waitFor(120, TimeUnit.SECONDS));
        Process truth = together.start("truth", program.toString(), together.folder().toString());
        execs = truth.pid();
        assertTrue(truth.waitFor(120, TimeUnit.SECONDS));
        assertEquals(0, truth.exitValue(), together.said());
        together.await("execsnoop has printed the end", () -> printed("behind-all") || !together.errors("execsnoop").isEmpty(), tool);
        together.stop(tool, "INT");
        together.stopRecorder();
    }

    /// Whether the tool has printed a program's begin with this argument; begins it, for the next time.
    private static boolean printed(String word) throws Exception {
        boolean printed = together.lines("execsnoop").stream().anyMatch(line -> line.endsWith(" " + word + " "));
        new ProcessBuilder("/bin/true", word).start().waitFor();
        return printed;
    }

    @AfterAll
    static void end() {
        if (together != null) {
            together.close();
        }
    }

    @Test
    void everyExecThatExecsnoopPrintedIsInTheReplay() throws IOException {
        assertFalse(live.isEmpty());
        // Behind an empty list of arguments it reads on, whatever stands there.
        String none =
                together.lines("truth").stream().map(line -> line.split(" ")).filter(words -> words[0].equals("none")).findFirst()
                        .orElseThrow()[1];
        List<String> left = new ArrayList<>(replayed);
        for (String line : live) {
            if (left.remove(line)) {
                continue;
            }
            // It stopped at an argument that was not in memory yet: what it read are the first, or a blank path.
            Matcher parts = parts(line);
            String head = parts.group(1);
            String read = parts.group(5);
            boolean blind = parts.group(2).equals(none);
            assertTrue(left.removeIf(other -> other.startsWith(head) && (blind || misread(read, other.substring(head.length())))),
                    () -> "execsnoop: " + line + "\nreplay:    " + String.join("\n           ", replayed));
        }
    }

    private static boolean misread(String read, String whole) {
        return whole.startsWith(read) || read.startsWith(" ") && !whole.startsWith(" ");
    }

    @Test
    void argumentsAreThere() {
        List<String> ofShell = replayed.stream().map(ExecsnoopIT::parts).filter(parts -> parts.group(3).equals(Long.toString(shell)))
                .map(parts -> parts.group(5)).toList();
        List<String> expected = new ArrayList<>(COMMANDS.values());
        expected.add("/bin/true the-end ");
        assertEquals(expected, ofShell);
    }

    @Test
    void itHasThoseThatExecsnoopMisses() throws IOException {
        Map<String, String> named = new LinkedHashMap<>();
        for (String line : together.lines("truth")) {
            String[] words = line.split(" ");
            String[] arguments = new String(HexFormat.of().parseHex(words[6]), SideBySide.BYTES).split("\0", -1);
            String last = arguments.length > 2 && !words[0].equals("many") ? arguments[arguments.length - 2] + " " : "";
            named.put(words[0], words[0]);
            long pid = Long.parseLong(words[1]);
            assertTrue(replayed.stream().map(ExecsnoopIT::parts).anyMatch(parts -> Long.parseLong(parts.group(2)) == pid
                    && parts.group(4).equals("0") && (last.contains("\u001b") || parts.group(5).endsWith(last))),
                    () -> line + "\n" + String.join("\n", replayed));
        }
        assertEquals(List.of("plain", "many", "longest", "none", "execveat", "memfd", "script", "worker"), List.copyOf(named.keySet()));
        assertTrue(live.size() < replayed.size(), "execsnoop has learnt what it missed: " + live.size());
    }

    private static Matcher parts(String line) {
        Matcher parts = LINE.matcher(line);
        assertTrue(parts.matches(), line);
        return parts;
    }

    /// The lines of the programs that this test began.
    private static List<String> ours(List<String> lines) {
        return lines.stream().filter(line -> {
            Matcher parts = LINE.matcher(line);
            return parts.matches() && (parts.group(3).equals(Long.toString(shell)) || parts.group(3).equals(Long.toString(execs)));
        }).toList();
    }
}
