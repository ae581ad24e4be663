package exitbox.analyzer.command;

import exitbox.analyzer.Console;
import exitbox.analyzer.Failure;
import exitbox.analyzer.Leftovers;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// A file that an answer is written to. It gets its name when the answer is whole; until then, and after a
/// failure, what stood there before stands.
final class Target implements AutoCloseable {
    private final Path file;
    private final Path temporary;

    private Target(Path file, Path temporary) {
        this.file = file;
        this.temporary = temporary;
    }

    /// The file that `-o` names.
    ///
    /// @param recording the recording's folder, into which nothing is ever written
    static Target of(String given, Console console, Path recording) {
        Path file = console.resolve(given).toAbsolutePath();
        try {
            Path parent = file.getParent().toRealPath();
            file = parent.resolve(file.getFileName());
            if (file.startsWith(recording)) {
                throw Failure.usage("-o " + given + ": lies in the recording, which is only read — choose another place");
            }
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                return new Target(file, null);
            }
            return new Target(file, temporary(parent, "." + file.getFileName()));
        } catch (NoSuchFileException _) {
            throw new Failure(Failure.CANNOT_CREATE, "cannot write " + given + ": there is no folder " + file.getParent());
        } catch (AccessDeniedException e) {
            throw new Failure(Failure.CANNOT_CREATE, "cannot write " + given + ": permission denied" + whyDenied(console), e);
        } catch (IOException e) {
            throw new Failure(Failure.CANNOT_CREATE, "cannot write " + given + ": " + reason(e), e);
        }
    }

    // Of many failures the message is the file's name alone.
    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "permission denied";
            case FileSystemException failed -> failed.getReason() == null ? "not a file that can be written" : failed.getReason();
            default -> e.getMessage();
        };
    }

    /// A file in the temporary folder, gone when closed.
    static Target ofNothing() {
        Path folder = Path.of(System.getProperty("java.io.tmpdir"));
        try {
            return new Target(null, temporary(folder.toRealPath(), "exitbox-answer-" + System.nanoTime()));
        } catch (IOException e) {
            throw new Failure(Failure.CANNOT_CREATE, "cannot write in the temporary folder " + folder + ": " + e.getMessage(), e);
        }
    }

    private static Path temporary(Path folder, String name) throws IOException {
        Path temporary = folder.resolve(name + "." + ProcessHandle.current().pid() + ".tmp");
        Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE).close();
        Leftovers.expect(temporary);
        return temporary;
    }

    // Started as root, the script has given up the right to write before it started this program.
    private static String whyDenied(Console console) {
        return "dropped".equals(console.environment().get("EXITBOX_SANDBOX"))
                ? " — the analyzer runs without root's right to write, so that no query can use it: use > instead of -o, or a folder of your own"
                : " — choose a folder of your own";
    }

    /// The file to write, which has a temporary name until [#commit].
    Path path() {
        return temporary == null ? file : temporary;
    }

    OutputStream open() {
        try {
            return Files.newOutputStream(path(), StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            throw new Failure(Failure.CANNOT_CREATE, "cannot write " + file + ": " + reason(e), e);
        }
    }

    /// Gives the file its name.
    void commit() {
        if (temporary != null && file != null) {
            try {
                Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        if (temporary != null) {
            Leftovers.delete(temporary);
        }
    }
}
