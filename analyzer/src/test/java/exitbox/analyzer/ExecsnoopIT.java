package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.schemas.spool.SpoolReader;
import exitbox.schemas.text.Escape;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// libbpf-tools' execsnoop and our recorder watch the same execs, of every kind: what the tool printed is what replay prints in
/// its name, but for arguments that it did not get to read; and those that it missed are there too.
class ExecsnoopIT {
    private static final Path EXECSNOOP = Path.of("/usr/sbin/execsnoop");
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final int ATTEMPTS = 3;
    // A character for each byte, as columns are counted in bytes.
    private static final Charset BYTES = StandardCharsets.ISO_8859_1;
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

    private static Path folder;
    private static final List<Process> STARTED = new ArrayList<>();
    private static long shell;
    private static long execs;
    private static List<String> live;
    private static List<String> replayed;

    @BeforeAll
    static void watchTogether() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")) && Files.exists(Path.of("/sys/kernel/btf/vmlinux")),
                "needs BPF: sudo bin/test");
        assumeTrue(Files.isExecutable(EXECSNOOP), "needs " + EXECSNOOP + ": apt install libbpf-tools");
        assumeTrue(Files.exists(ROOT.resolve("recorder/target/recorder.jar")), "needs the recorder: bin/test without -pl");
        // Its buffers are small: while other storms rage on the machine it loses some of our execs, and says so.
        for (int attempt = 1;; attempt++) {
            folder = Files.createDirectory(base.resolve("attempt-" + attempt));
            watch();
            String lost = Files.readString(folder.resolve("execsnoop.err"));
            if (lost.isEmpty()) {
                break;
            }
            assertTrue(lost.lines().allMatch(line -> line.startsWith("Lost ")), lost);
            assumeTrue(attempt < ATTEMPTS, "needs a machine that is less busy: execsnoop lost events itself, " + ATTEMPTS + " times");
        }
        // What steers a terminal is escaped in a replay.
        live = ours(lines("execsnoop").stream().map(line -> Escape.escape(line.getBytes(BYTES))).toList());
        replayed = ours(replay("--where", "ppid IN (" + shell + ", " + execs + ")", "--as", "execsnoop-libbpf", "-x"));
    }

    private static void watch() throws Exception {
        Path program = folder.resolve("program");
        assertEquals(0,
                start("cc", "cc", "-O2", "-pthread", "-o", program.toString(), ROOT.resolve("testdata/execs.c").toString()).waitFor());
        Path script = folder.resolve("script");
        Files.writeString(script, "#!/bin/sh -e\n");
        assertTrue(script.toFile().setExecutable(true));
        Files.writeString(folder.resolve("commands"), String.join("\n", COMMANDS.keySet()) + "\n/bin/true the-end\n");

        Process recorder = start("recorder", ROOT.resolve("bin/exitbox").toString(), "record", "--failed-execs", "-d",
                folder.resolve("rec").toString());
        // It wants tracefs, which not every machine has mounted: it gets one of its own.
        Process tool = start("execsnoop", "unshare", "-m", "sh", "-c",
                "mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null; exec nice -n -20 stdbuf -oL \"$0\" \"$@\"", EXECSNOOP.toString(),
                "-x");
        await("the recorder is armed", () -> Files.isDirectory(folder.resolve("rec/spool")) && spooled() > 0, recorder);
        // Its headline comes before it listens.
        await("execsnoop is armed", () -> !tool.isAlive() || printed("armed"), recorder, "armed");
        assumeTrue(tool.isAlive(), () -> "needs an execsnoop that runs here: " + said());

        Process commands = start("commands.out", "sh", folder.resolve("commands").toString());
        shell = commands.pid();
        assertTrue(commands.waitFor(120, TimeUnit.SECONDS));
        Process truth = start("truth", program.toString(), folder.toString());
        execs = truth.pid();
        assertTrue(truth.waitFor(120, TimeUnit.SECONDS));
        assertEquals(0, truth.exitValue(), said());
        await("execsnoop has printed the end", () -> printed("behind-all") || Files.size(folder.resolve("execsnoop.err")) > 0, tool,
                "behind-all");
        stop(tool, "INT");
        assertEquals(0, stop(recorder, "TERM"), said());
    }

    @AfterAll
    static void end() {
        STARTED.forEach(process -> process.destroyForcibly().onExit().join());
    }

    @Test
    void everyExecThatExecsnoopPrintedIsInTheReplay() throws IOException {
        assertFalse(live.isEmpty());
        // Behind an empty list of arguments it reads on, whatever stands there.
        String none =
                lines("truth").stream().map(line -> line.split(" ")).filter(words -> words[0].equals("none")).findFirst().orElseThrow()[1];
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
        for (String line : lines("truth")) {
            String[] words = line.split(" ");
            String[] arguments = new String(HexFormat.of().parseHex(words[6]), BYTES).split("\0", -1);
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

    private static List<String> replay(String... options) {
        List<String> command = new ArrayList<>(List.of("replay", "-d", folder.resolve("rec").toString()));
        command.addAll(List.of(options));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(new byte[0]), out, err, false, false, true, 80, ZoneId.systemDefault(),
                Clock.systemUTC(), Map.of(), folder);
        assertEquals(0, Main.run(console, command.toArray(String[]::new)), err.toString(StandardCharsets.UTF_8));
        return out.toString(BYTES).lines().toList();
    }

    private static Process start(String output, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(folder.resolve(output).toFile())
                .redirectError(folder.resolve(output + ".err").toFile());
        builder.environment().put("EXITBOX_NO_BUILD", "1");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        STARTED.add(process);
        return process;
    }

    private static int stop(Process process, String signal) throws Exception {
        assertEquals(0, new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor());
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "does not end");
        return process.exitValue();
    }

    private static void await(String what, Callable<Boolean> condition, Process process) throws Exception {
        await(what, condition, process, null);
    }

    /// @param word an argument of a program that is begun again and again meanwhile; null for none
    private static void await(String what, Callable<Boolean> condition, Process process, String word) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.call()) {
            assertTrue(process.isAlive(), () -> what + ": it ended: " + said());
            assertTrue(System.nanoTime() < end, what + ": not within a minute");
            if (word != null) {
                new ProcessBuilder("/bin/true", word).start().waitFor();
            }
            Thread.sleep(50);
        }
    }

    private static boolean printed(String word) throws IOException {
        return lines("execsnoop").stream().anyMatch(line -> line.endsWith(" " + word + " "));
    }

    /// What everything started so far has to complain about.
    private static String said() {
        try (Stream<Path> files = Files.list(folder)) {
            StringBuilder text = new StringBuilder();
            for (Path file : files.filter(file -> file.toString().endsWith(".err")).sorted().toList()) {
                text.append('\n').append(file.getFileName()).append(": ").append(Files.readString(file));
            }
            return text.toString();
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static List<String> lines(String output) throws IOException {
        String text = Files.readString(folder.resolve(output), BYTES);
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    private static long spooled() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("rec/spool"))) {
            return files.filter(file -> file.toString().endsWith(".spool")).filter(ExecsnoopIT::hasRows).count();
        }
    }

    private static boolean hasRows(Path spool) {
        try (SpoolReader reader = SpoolReader.open(spool)) {
            return reader.next() != null;
        } catch (IOException _) {
            return false;
        }
    }
}
