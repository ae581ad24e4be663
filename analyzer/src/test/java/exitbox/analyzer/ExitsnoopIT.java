package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.schemas.spool.Frame;
import exitbox.schemas.spool.SpoolReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
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

/// libbpf-tools' exitsnoop and our recorder watch the same thousand deaths, of every kind. What the tool printed, and what
/// replay prints in its name, is the same line for line, after three things are made alike:
///
/// - the order: both are sorted by PID, TID and AGE, for the tool prints CPU by CPU;
/// - AGE may differ by 0.02, as the two look at the clock one after the other;
/// - TIME may be up to 5 s later in the tool's, which tells when it printed and not when something died; or 1 s earlier,
///   as time(2), which it asks, is a tick behind when the second turns.
class ExitsnoopIT {
    private static final Path EXITSNOOP = Path.of("/usr/sbin/exitsnoop");
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final int DEATHS = 1000;
    private static final int ATTEMPTS = 3;
    // A character for each byte, as columns are counted in bytes.
    private static final Charset BYTES = StandardCharsets.ISO_8859_1;
    private static final Pattern LINE = Pattern.compile("(\\S{8}) (.{16,}) (\\d+ *) (\\d+ *) (\\d+ *) ([\\d.]+)( *) (.*)");

    @TempDir
    static Path base;

    private static Path folder;
    private static final List<Process> STARTED = new ArrayList<>();
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
        assumeTrue("root".equals(System.getProperty("user.name")) && Files.exists(Path.of("/sys/kernel/btf/vmlinux")),
                "needs BPF: sudo bin/test");
        assumeTrue(Files.isExecutable(EXITSNOOP), "needs " + EXITSNOOP + ": apt install libbpf-tools");
        assumeTrue(Files.exists(ROOT.resolve("recorder/target/recorder.jar")), "needs the recorder: bin/test without -pl");
        // Its buffers are small: while other storms rage on the machine it loses some of our deaths, and says so.
        for (int attempt = 1;; attempt++) {
            folder = Files.createDirectory(base.resolve("attempt-" + attempt));
            watch();
            String lost = Files.readString(folder.resolve("leaders.err")) + Files.readString(folder.resolve("threads.err"));
            if (lost.isEmpty()) {
                return;
            }
            assertTrue(lost.lines().allMatch(line -> line.startsWith("lost ")), lost);
            assumeTrue(attempt < ATTEMPTS, "needs a machine that is less busy: exitsnoop lost events itself, " + ATTEMPTS + " times");
        }
    }

    private static void watch() throws Exception {
        Path truth = folder.resolve("truth");
        assertEquals(0, start(folder.resolve("cc"), "cc", "-O2", "-pthread", "-o", truth.toString(), ROOT.resolve("testdata/truth.c")
                .toString()).waitFor());

        Process recorder = start(folder.resolve("recorder"), ROOT.resolve("bin/exitbox").toString(), "record", "--threads", "-d",
                folder.resolve("rec").toString());
        Process leaders = exitsnoop("leaders", "-t");
        Process threads = exitsnoop("threads", "-t", "-T");
        await("the recorder is armed", () -> rows() > 0, recorder);
        await("exitsnoop is armed",
                () -> !threads.isAlive() || !leaders.isAlive() || !lines("leaders").isEmpty() && !lines("threads").isEmpty(),
                recorder);
        assumeTrue(leaders.isAlive() && threads.isAlive(),
                () -> "needs an exitsnoop that runs here: " + said().strip().replace("\n", "; "));

        Process deaths = start(folder.resolve("truth.out"), truth.toString(), "mixed", Integer.toString(DEATHS));
        parent = deaths.pid();
        assertTrue(deaths.waitFor(120, TimeUnit.SECONDS));
        assertEquals(0, deaths.exitValue());
        Pattern end = Pattern.compile(".{25,} " + parent + " +\\d+ +" + parent + " .*");
        for (String tool : List.of("leaders", "threads")) {
            await("exitsnoop has printed the end", () -> Files.size(folder.resolve(tool + ".err")) > 0
                    || lines(tool).stream().anyMatch(line -> end.matcher(line).matches()), leaders);
        }
        stop(leaders, "INT");
        stop(threads, "INT");
        assertEquals(0, stop(recorder, "TERM"), Files.readString(folder.resolve("recorder.err")));
    }

    @AfterAll
    static void end() {
        STARTED.forEach(process -> process.destroyForcibly().onExit().join());
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
        List<String> command = new ArrayList<>(List.of("replay", "-d", folder.resolve("rec").toString(), "--where", "ppid = " + parent,
                "--as", "exitsnoop-libbpf"));
        command.addAll(List.of(options));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(new byte[0]), out, err, false, false, true, 80, ZoneId.systemDefault(),
                Clock.systemUTC(), Map.of(), folder);
        assertEquals(0, Main.run(console, command.toArray(String[]::new)), err.toString(StandardCharsets.UTF_8));
        List<String> replayed = out.toString(BYTES).lines().toList();
        List<String> live = lines(tool);
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

    private static Process start(Path output, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(output.toFile())
                .redirectError(Path.of(output + ".err").toFile());
        builder.environment().put("EXITBOX_NO_BUILD", "1");
        Process process = builder.start();
        STARTED.add(process);
        return process;
    }

    // Line-buffered: the headline tells that the tool is ready, and no line waits in it at the end. It wants tracefs, which
    // not every machine has mounted: it gets one of its own.
    private static Process exitsnoop(String name, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of("unshare", "-m", "sh", "-c",
                "mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null; exec nice -n -20 stdbuf -oL \"$0\" \"$@\"",
                EXITSNOOP.toString()));
        command.addAll(List.of(options));
        return start(folder.resolve(name), command.toArray(String[]::new));
    }

    private static int stop(Process process, String signal) throws Exception {
        assertEquals(0, new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor());
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "does not end");
        return process.exitValue();
    }

    private static void await(String what, Callable<Boolean> condition, Process process) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.call()) {
            assertTrue(process.isAlive(), () -> what + ": it ended: " + said());
            assertTrue(System.nanoTime() < end, what + ": not within a minute");
            Thread.sleep(50);
        }
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

    private static List<String> lines(String tool) throws IOException {
        String text = Files.readString(folder.resolve(tool), BYTES);
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    private static long rows() throws IOException {
        Path spools = folder.resolve("rec/spool");
        if (!Files.isDirectory(spools)) {
            return 0;
        }
        long rows = 0;
        try (Stream<Path> files = Files.walk(spools)) {
            for (Path spool : files.filter(file -> file.toString().endsWith(".spool")).toList()) {
                try (SpoolReader reader = SpoolReader.open(spool)) {
                    for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
                        rows += frame.rows();
                    }
                }
            }
        }
        return rows;
    }
}
