package exitbox.analyzer.live;

import exitbox.analyzer.Console;
import exitbox.analyzer.Failure;
import exitbox.schemas.catalog.Recording;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A recorder that records for this program alone, into a temporary folder that keeps no more than some spools of the
/// ring's size. It ends with this object, or, holding the other end of its standard input, when this process dies.
public final class OwnRecorder implements AutoCloseable {
    /// The recorder's command line, a word a line: the start script knows it.
    private static final String COMMAND = "EXITBOX_RECORDER";

    private static final int PATIENCE_SECONDS = 5;

    private final Path folder;
    private final Process process;
    private boolean stopping;

    private OwnRecorder(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    /// Starts a recorder with these options. Its errors go to this program's.
    public static OwnRecorder start(Console console, List<String> options) {
        List<String> command = command(console, List.of("--feed", "--no-hook", "all"));
        Path folder = temporary(console);
        command.addAll(List.of("-d", folder.toString()));
        command.addAll(options);
        try {
            return new OwnRecorder(folder, new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT).start());
        } catch (IOException e) {
            delete(folder);
            throw notStarted(e);
        }
    }

    /// Runs the recorder for what it prints with these options; returns its exit status.
    public static int print(Console console, List<String> options) {
        try {
            return new ProcessBuilder(command(console, options)).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw notStarted(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    private static List<String> command(Console console, List<String> options) {
        String words = console.environment().get(COMMAND);
        if (words == null || words.isEmpty()) {
            throw Failure.usage("snoop: starts the recorder, which bin/exitbox knows — run: bin/exitbox snoop");
        }
        List<String> command = new ArrayList<>(words.lines().toList());
        command.add("record");
        command.addAll(options);
        return command;
    }

    private static Failure notStarted(IOException e) {
        return new Failure(Failure.SOFTWARE, "cannot start the recorder: " + e.getMessage() + " — run: bin/setup", e);
    }

    private static Path temporary(Console console) {
        String named = console.environment().getOrDefault("TMPDIR", "");
        Path parent = named.isEmpty() ? Path.of(System.getProperty("java.io.tmpdir")) : console.resolve(named);
        try {
            return Files.createTempDirectory(parent, "exitbox-snoop-");
        } catch (IOException e) {
            throw new Failure(Failure.CANNOT_CREATE, "cannot make a folder in " + parent + ": " + e.getMessage()
                    + " — name another place in TMPDIR", e);
        }
    }

    /// The folder of its spools; null as long as there is none.
    public Path spoolFolder() {
        try (DirectoryStream<Path> hosts = Files.newDirectoryStream(new Recording(folder).spoolFolder(), "host=*")) {
            for (Path host : hosts) {
                return host;
            }
            return null;
        } catch (NoSuchFileException _) {
            return null;
        } catch (IOException e) {
            throw new Failure(Failure.SOFTWARE, "cannot read " + folder + ": " + e.getMessage(), e);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /// Why it ended: its exit status. Only when it is no longer alive.
    public int exitStatus() {
        return process.exitValue();
    }

    /// Asks it to end its run; what it wrote until then stays to be read. Not Process.destroy: that lets go of its
    /// standard input, too.
    public void stop() {
        if (!stopping) {
            stopping = true;
            if (spoolFolder() == null) {
                // It has nothing to end yet, and a JVM that is still starting answers SIGTERM with complaints of its own.
                process.toHandle().destroyForcibly();
            } else {
                process.toHandle().destroy();
            }
        }
    }

    /// Ends it, however far it is, and removes its folder.
    @Override
    public void close() {
        try {
            if (!stopping || !process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
                    Files.deleteIfExists(dir);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException _) {
            // Left behind under a name that says whose it is.
        }
    }
}
