package exitbox.recorder.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What this process got from whoever started it and has to hand on unchanged, though the JVM has changed it since.
///
/// @param blocked the signal mask, bit n - 1 for signal n
/// @param ignored the ignored signals, likewise
/// @param fds the open file descriptors
public record Inherited(long blocked, long ignored, Set<Integer> fds) {

    // A program dies of these when they are ignored and its own instruction raises them; the JVM needs them.
    private static final Set<Integer> RAISED_BY_INSTRUCTIONS = Set.of(Posix.SIGILL, Posix.SIGBUS, Posix.SIGFPE, Posix.SIGSEGV);

    /// From the words that `bin/exitbox` leaves: its SigBlk and SigIgn of /proc/PID/status, then the numbers of /proc/PID/fd.
    /// Throws [IllegalArgumentException] when they are something else.
    ///
    /// @param ignoredNow SigIgn of this process
    public static Inherited parse(String words, String ignoredNow) {
        List<String> parts = List.of(words.strip().split("\\s+"));
        if (parts.size() < 2) {
            throw new IllegalArgumentException(words);
        }
        Set<Integer> fds = new HashSet<>();
        parts.subList(2, parts.size()).forEach(fd -> fds.add(Integer.valueOf(fd)));
        // A shell ignores QUIT itself, and the JVM, told to leave such signals alone, does not change it.
        long ignored = Long.parseUnsignedLong(parts.get(1), 16) & ~(1L << Posix.SIGQUIT - 1) | Long.parseUnsignedLong(ignoredNow, 16);
        return new Inherited(Long.parseUnsignedLong(parts.get(0), 16), ignored, fds);
    }

    /// Whether the starter had this signal ignored.
    public boolean ignores(int signal) {
        return (ignored >>> signal - 1 & 1) != 0;
    }

    /// Makes what a process inherits right again in this one: signals that were ignored are, and no file of the JVM or of
    /// this program stays open behind an exec. What other threads open meanwhile is not seen.
    void restore() {
        for (int signal = 1; signal <= Long.SIZE; signal++) {
            if (ignores(signal) && !RAISED_BY_INSTRUCTIONS.contains(signal)) {
                Posix.signal(signal, Posix.SIG_IGN);
            }
        }
        // Ignored, there would be no status to wait for.
        Posix.signal(Posix.SIGCHLD, Posix.SIG_DFL);
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path path : open) {
                int fd = Integer.parseInt(path.getFileName().toString());
                if (!fds.contains(fd)) {
                    Posix.fcntl(fd, Posix.F_SETFD, Posix.FD_CLOEXEC);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
