package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// `bin/exitbox record … -- COMMAND` in a process of its own, with pipes for its standard input and output.
final class Commanded implements AutoCloseable {
    private final Path stderr;
    private final Process process;

    private Commanded(Path stderr, Process process) {
        this.stderr = stderr;
        this.process = process;
    }

    /// @param words a command line: the recorder's options, `--`, the command
    static Commanded start(String... words) throws IOException {
        List<String> line = new ArrayList<>(List.of("env", "--default-signal", Truth.ROOT.resolve("bin/exitbox").toString(), "record"));
        line.addAll(List.of(words));
        return start(line);
    }

    /// Any command line, with signals as they are by default whatever the tests were started with.
    static Commanded start(List<String> line) throws IOException {
        Path stderr = Files.createTempFile("command", ".err");
        ProcessBuilder builder = new ProcessBuilder(line).redirectError(stderr.toFile());
        builder.environment().put("EXITBOX_NO_BUILD", "1");
        return new Commanded(stderr, builder.start());
    }

    /// Writes to the command's standard input.
    void write(byte[] bytes) throws IOException {
        process.getOutputStream().write(bytes);
        process.getOutputStream().flush();
    }

    void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /// The next line of the command's standard output.
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = process.getInputStream().read(); b != '\n'; b = process.getInputStream().read()) {
            assertTrue(b >= 0, () -> "the command has ended: " + stderr());
            line.append((char) b);
        }
        return line.toString();
    }

    /// The rest of it.
    byte[] output() throws IOException {
        return process.getInputStream().readAllBytes();
    }

    void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }

    long pid() {
        return process.pid();
    }

    /// Waits for its end and returns the exit status.
    int await() throws Exception {
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the recorder does not end");
        return process.exitValue();
    }

    String stderr() {
        try {
            return Files.readString(stderr, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        Files.deleteIfExists(stderr);
    }
}
