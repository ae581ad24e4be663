package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.catalog.Recording;
import exitbox.schemas.spool.Frame;
import exitbox.schemas.spool.SpoolReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The recorder as people start it, `bin/exitbox record`, in a process of its own.
public final class LiveRecorder implements AutoCloseable {
    private final Path dir;
    private final Path stderr;
    private final Process process;

    private LiveRecorder(Path dir, Path stderr, Process process) {
        this.dir = dir;
        this.stderr = stderr;
        this.process = process;
    }

    /// Starts it; `dir` need not exist.
    public static LiveRecorder start(Path dir, String... options) throws IOException {
        return start(List.of(), dir, options);
    }

    /// Starts it under another command, such as strace.
    public static LiveRecorder start(List<String> under, Path dir, String... options) throws IOException {
        return start(Map.of(), under, dir, options);
    }

    /// Starts it with these variables besides.
    public static LiveRecorder start(Map<String, String> environment, List<String> under, Path dir, String... options) throws IOException {
        List<String> command = new ArrayList<>(under);
        command.addAll(List.of(Truth.ROOT.resolve("bin/exitbox").toString(), "record", "-d", dir.toString()));
        command.addAll(List.of(options));
        Path stderr = Files.createTempFile("recorder", ".err");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(stderr.toFile()).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment);
        builder.environment().put("EXITBOX_NO_BUILD", "1");
        return new LiveRecorder(dir, stderr, builder.start());
    }

    /// Starts it and waits until it records: the run's first row is in a spool of its own.
    public static LiveRecorder armed(Path dir, String... options) throws Exception {
        List<Path> before = spools(dir);
        LiveRecorder recorder = start(dir, options);
        Await.until("the recorder is armed", () -> {
            assertTrue(recorder.isAlive(), () -> "the recorder ended: " + recorder.stderr());
            List<Path> made = spools(dir);
            made.removeAll(before);
            return !made.isEmpty() && rows(made.getLast()) > 0;
        });
        return recorder;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public void signal(String name) throws Exception {
        assertEquals(0, new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor());
    }

    /// SIGTERM; returns the exit status.
    public int stop() throws Exception {
        signal("TERM");
        return await();
    }

    /// The same for one under another command, which passes no signals on.
    public int stopUnder() throws Exception {
        signalUnder("TERM");
        return await();
    }

    public void signalUnder(String name) throws Exception {
        assertEquals(0, new ProcessBuilder("kill", "-" + name, Long.toString(under().pid())).start().waitFor());
    }

    /// kill -9 of both: strace would wait for what it delays.
    public void killUnder() throws Exception {
        ProcessHandle recorder = under();
        signalUnder("KILL");
        kill();
        recorder.onExit().join();
    }

    private ProcessHandle under() {
        return process.children().findFirst().orElseThrow();
    }

    /// Waits for its end and returns the exit status.
    public int await() throws Exception {
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the recorder does not end");
        return process.exitValue();
    }

    /// kill -9.
    public void kill() throws Exception {
        signal("KILL");
        await();
    }

    public String stderr() {
        try {
            return Files.readString(stderr);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        Files.deleteIfExists(stderr);
    }

    public static String host() throws IOException {
        return Host.here().name();
    }

    /// Whole rows in a spool, 0 when it was sealed meanwhile.
    public static long rows(Path spool) throws IOException {
        long rows = 0;
        try (SpoolReader reader = SpoolReader.open(spool)) {
            for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
                rows += frame.rows();
            }
        } catch (NoSuchFileException e) {
            return 0;
        }
        return rows;
    }

    /// Spools not yet sealed, oldest first.
    public static List<Path> spools(Path dir) throws IOException {
        List<Path> spools = new ArrayList<>();
        Path folder = new Recording(dir).spoolFolder(host());
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.spool")) {
                files.forEach(spools::add);
            }
        }
        spools.sort(Comparator.comparingLong(Recording::spoolNumber));
        return spools;
    }
}
