package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file system of a test's own.
public record Mount(Path at) implements AutoCloseable {
    public static Mount tmpfs(Path at, String size) throws Exception {
        Files.createDirectories(at);
        int status = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", at.toString()).start().waitFor();
        assumeTrue(status == 0, "needs the right to mount a tmpfs");
        return new Mount(at);
    }

    /// One for pins; with it go all that a failed test left.
    public static Mount bpf(Path at) throws Exception {
        Files.createDirectories(at);
        int status = new ProcessBuilder("mount", "-t", "bpf", "bpf", at.toString()).start().waitFor();
        assumeTrue(status == 0, "needs the right to mount a BPF file system");
        return new Mount(at);
    }

    /// What a file holds.
    public static Mount image(Path image, Path at) throws Exception {
        Files.createDirectories(at);
        int status = new ProcessBuilder("mount", "-o", "loop", image.toString(), at.toString()).start().waitFor();
        assumeTrue(status == 0, "needs loop devices, and the right to mount them");
        return new Mount(at);
    }

    public void remount(String options) throws Exception {
        assertEquals(0, new ProcessBuilder("mount", "-o", "remount," + options, at.toString()).inheritIO().start().waitFor());
    }

    /// Leaves this many bytes free, or fewer when somebody else takes them meanwhile.
    public void fill(long free) throws IOException {
        long usable = Files.getFileStore(at).getUsableSpace();
        try {
            Files.write(filler(), new byte[(int) Math.max(usable - free, 0)]);
        } catch (IOException e) {
            assertTrue(Files.getFileStore(at).getUsableSpace() <= free, e::toString);
        }
    }

    /// Takes back what [#fill] did.
    public void clear() throws IOException {
        Files.delete(filler());
    }

    private Path filler() {
        return at.resolve("filler");
    }

    @Override
    public void close() {
        try {
            new ProcessBuilder("umount", "-l", at.toString()).start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
