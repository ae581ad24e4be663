package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// `bin/exitbox snoop` as a process, with a temporary folder of its own and its output line by line.
final class LiveSnoop implements AutoCloseable {
    static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private static final long PATIENCE_NS = 60_000_000_000L;

    private final Path temporary;
    private final Path errors;
    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private boolean ended;

    private LiveSnoop(Path temporary, Path errors, Process process) {
        this.temporary = temporary;
        this.errors = errors;
        this.process = process;
    }

    /// The command, with this folder for its temporary files. A session of its own, as a shell gives a terminal's jobs a
    /// process group of theirs.
    static ProcessBuilder command(Path folder, String... args) throws IOException {
        List<String> words = new ArrayList<>(List.of("setsid", ROOT.resolve("bin/exitbox").toString(), "snoop"));
        words.addAll(List.of(args));
        ProcessBuilder command = new ProcessBuilder(words).redirectError(folder.resolve("errors").toFile());
        command.environment().put("EXITBOX_NO_BUILD", "1");
        command.environment().put("JAVA_HOME", System.getProperty("java.home"));
        command.environment().put("TMPDIR", Files.createDirectories(folder.resolve("tmp")).toString());
        return command;
    }

    static LiveSnoop start(Path folder, String... args) throws IOException {
        LiveSnoop snoop = new LiveSnoop(folder.resolve("tmp"), folder.resolve("errors"), command(folder, args).start());
        Thread.ofPlatform().daemon().start(snoop::read);
        return snoop;
    }

    /// The same, and waits for its headline: from then on it sees every death.
    static LiveSnoop armed(Path folder, String... args) throws IOException {
        LiveSnoop snoop = start(folder, args);
        snoop.await("PCOMM|^TIME");
        return snoop;
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                synchronized (lines) {
                    lines.add(line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            synchronized (lines) {
                ended = true;
            }
        }
    }

    Process process() {
        return process;
    }

    List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /// The lines that have this process id as a word.
    List<String> linesOf(long pid) {
        return lines().stream().filter(line -> line.matches(".*\\b" + pid + "\\b.*")).toList();
    }

    /// Waits for a line in which the expression is found.
    String await(String expression) throws IOException {
        long start = System.nanoTime();
        while (true) {
            boolean over;
            synchronized (lines) {
                over = ended;
            }
            for (String line : lines()) {
                if (line.matches(".*(?:" + expression.replaceFirst("^\\^", "") + ").*")) {
                    return line;
                }
            }
            if (over || System.nanoTime() - start > PATIENCE_NS) {
                return fail("no line with " + expression + " in " + lines() + stderr());
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    String stderr() throws IOException {
        return Files.readString(errors);
    }

    /// The recorder that a snoop has started; null as long as it has none. The start script's helpers do not count.
    static ProcessHandle recorder(Process snoop) {
        return snoop.children().filter(child -> child.info().command().orElse("").endsWith("/java")).findFirst().orElse(null);
    }

    ProcessHandle recorder() {
        return recorder(process);
    }

    static void signal(String name, String target) throws IOException, InterruptedException {
        assertEquals(0, new ProcessBuilder("kill", "-" + name, "--", target).inheritIO().start().waitFor());
    }

    void signal(String name) throws IOException, InterruptedException {
        signal(name, Long.toString(process.pid()));
    }

    /// Waits for its end; returns its status.
    int status() throws InterruptedException {
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it does not end");
        return process.exitValue();
    }

    /// What it left in its temporary folder.
    List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Override
    public void close() {
        process.toHandle().destroy();
        try {
            process.onExit().orTimeout(20, TimeUnit.SECONDS).join();
        } finally {
            process.destroyForcibly();
        }
    }
}
