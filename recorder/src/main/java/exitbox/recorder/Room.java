package exitbox.recorder;

import exitbox.recorder.kernel.Errno;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/// How much room the file system has that a recording lies on. From any thread.
final class Room {
    private static final Set<String> LACKS = Set.of(Errno.words(Errno.ENOSPC), Errno.words(Errno.EDQUOT));

    private final Path dir;
    private final FileStore store;
    private final KeepFree keepFree;
    // Less than that is left to others as long as they have taken it themselves.
    private volatile long ceded = Long.MAX_VALUE;

    /// @param dir may still have to be made
    Room(Path dir, KeepFree keepFree) throws IOException {
        this.dir = dir;
        Path there = dir.toAbsolutePath();
        while (there.getParent() != null && !Files.exists(there)) {
            there = there.getParent();
        }
        this.store = Files.getFileStore(there);
        this.keepFree = keepFree;
    }

    /// Bytes that may be written: what is free and not to be kept free; negative when that is less.
    long spare() throws IOException {
        return spare(store.getUsableSpace(), store.getTotalSpace());
    }

    /// Bytes that can be written, those to be kept free among them.
    long free() throws IOException {
        return store.getUsableSpace();
    }

    private long spare(long usable, long total) {
        long wanted = keepFree.of(total);
        if (usable >= wanted) {
            ceded = Long.MAX_VALUE;
        }
        return usable - Math.min(wanted, ceded);
    }

    /// Others have taken so much that what is to be left to them cannot be had by giving up anything: until they give it back,
    /// no less is left to them than now.
    void cede() throws IOException {
        ceded = store.getUsableSpace();
    }

    /// Of the whole file system.
    long total() throws IOException {
        return store.getTotalSpace();
    }

    /// Of which kind it is, such as `ext4`.
    String type() {
        return store.type();
    }

    /// Why there is no room, as a sentence without its end.
    String lack() throws IOException {
        long usable = store.getUsableSpace();
        long total = store.getTotalSpace();
        String left = Quantity.words(keepFree.of(total));
        return "only " + Quantity.words(usable) + " of " + Quantity.words(total) + " are free on the disk of " + dir + ", and --keep-free "
                + (keepFree.percent() < 0 ? "leaves " + left : keepFree.percent() + "% leaves " + left) + " to others";
    }

    /// Whether a write failed because the disk or a quota is full.
    static boolean isLacking(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException io && LACKS.contains(Failure.reason(io))) {
                return true;
            }
        }
        return false;
    }
}
