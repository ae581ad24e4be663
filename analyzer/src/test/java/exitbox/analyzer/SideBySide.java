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
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Our recorder at work, and beside it other tools and what they watch; all that they say is kept in one folder, and the
/// recording, `rec`, too. What was started ends when this is closed.
final class SideBySide implements AutoCloseable {
    static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    /// A character for each byte, as other tools count the columns of their tables in bytes.
    static final Charset BYTES = StandardCharsets.ISO_8859_1;

    private final Path folder;
    private final List<Process> started = new ArrayList<>();
    private Process recorder;

    SideBySide(Path folder) {
        this.folder = folder;
    }

    /// Skips a test, with the reason, where nothing can be recorded.
    static void assumeRecorder() {
        assumeTrue("root".equals(System.getProperty("user.name")) && Files.exists(Path.of("/sys/kernel/btf/vmlinux")),
                "needs BPF: sudo bin/test");
        assumeTrue(Files.exists(ROOT.resolve("recorder/target/recorder.jar")), "needs the recorder: bin/test without -pl");
    }

    /// The same where a tool of libbpf-tools is missing.
    static Path assumeTool(String name) {
        assumeRecorder();
        Path tool = Path.of("/usr/sbin", name);
        assumeTrue(Files.isExecutable(tool), "needs " + tool + ": apt install libbpf-tools");
        return tool;
    }

    Path folder() {
        return folder;
    }

    /// Compiles a program of testdata.
    Path compiled(String name) throws Exception {
        Path program = folder.resolve(name);
        assertEquals(0, start("cc", "cc", "-O2", "-pthread", "-o", program.toString(), ROOT.resolve("testdata/" + name + ".c").toString())
                .waitFor(), this::said);
        return program;
    }

    /// Starts a command in the folder; what it says goes to a file of this name, and its errors to one beside it.
    Process start(String output, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(folder.resolve(output).toFile())
                .redirectError(folder.resolve(output + ".err").toFile());
        builder.environment().put("EXITBOX_NO_BUILD", "1");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        started.add(process);
        return process;
    }

    /// Starts our recorder.
    void record(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(ROOT.resolve("bin/exitbox").toString(), "record", "-d",
                folder.resolve("rec").toString()));
        command.addAll(List.of(options));
        recorder = start("recorder", command.toArray(String[]::new));
    }

    /// Starts another tool, line-buffered: so no line waits in it. It wants tracefs, which not every machine has mounted: it gets
    /// one of its own.
    Process watch(Path tool, String output, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of("unshare", "-m", "sh", "-c",
                "mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null; exec nice -n -20 stdbuf -oL \"$0\" \"$@\"", tool.toString()));
        command.addAll(List.of(options));
        return start(output, command.toArray(String[]::new));
    }

    Process recorder() {
        return recorder;
    }

    /// Waits until the recorder sees what happens.
    void awaitArmed() throws Exception {
        await("the recorder is armed", () -> rows() > 0, recorder);
    }

    /// Ends the recorder; all is sealed then.
    void stopRecorder() throws Exception {
        assertEquals(0, stop(recorder, "TERM"), this::said);
    }

    int stop(Process process, String signal) throws Exception {
        assertEquals(0, new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor());
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "does not end");
        return process.exitValue();
    }

    /// Waits for what comes about while a process is alive.
    void await(String what, Callable<Boolean> condition, Process process) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.call()) {
            assertTrue(process.isAlive(), () -> what + ": it ended: " + said());
            assertTrue(System.nanoTime() < end, what + ": not within a minute");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /// What everything started so far has to complain about.
    String said() {
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

    String errors(String output) throws IOException {
        return Files.readString(folder.resolve(output + ".err"));
    }

    /// The whole lines that something has said so far.
    List<String> lines(String output) throws IOException {
        String text = Files.readString(folder.resolve(output), BYTES);
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    /// Runs one of our commands on the recording, as on a terminal's width of 80; its status has to be 0.
    List<String> answer(String command, String... options) {
        List<String> words = new ArrayList<>(List.of(command, "-d", folder.resolve("rec").toString()));
        words.addAll(List.of(options));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(new byte[0]), out, err, false, false, true, 80, ZoneId.systemDefault(),
                Clock.systemUTC(), Map.of(), folder);
        assertEquals(0, Main.run(console, words.toArray(String[]::new)), () -> words + ": " + err.toString(StandardCharsets.UTF_8));
        return out.toString(BYTES).lines().toList();
    }

    private long rows() throws IOException {
        long rows = 0;
        for (Path host : list(folder.resolve("rec/spool"), "*")) {
            for (Path spool : list(host, "*.spool")) {
                try (SpoolReader reader = SpoolReader.open(spool)) {
                    for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
                        rows += frame.rows();
                    }
                } catch (NoSuchFileException _) {
                    return 1; // sealed meanwhile
                }
            }
        }
        return rows;
    }

    /// (Not Files.walk, which looks at each file: some have other names by then.)
    private static List<Path> list(Path folder, String names) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, names)) {
            return StreamSupport.stream(files.spliterator(), false).toList();
        } catch (NoSuchFileException _) {
            return List.of();
        }
    }

    @Override
    public void close() {
        started.forEach(process -> process.destroyForcibly().onExit().join());
    }
}
