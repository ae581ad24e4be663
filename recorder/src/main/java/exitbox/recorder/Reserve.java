package exitbox.recorder;

import exitbox.recorder.kernel.Allocation;
import exitbox.schemas.catalog.Access;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Room on the disk that is held for the end: a file of zeros beside the spools. Freed when the disk is full, it lets the
/// recorder seal what there is and write why; it is made again when there is room.
///
/// Rows as Parquet are a tenth of their spool, with arguments that do not compress a third: so a quarter of the spool,
/// and a spool grows no larger than four times what is held.
final class Reserve implements Runnable {
    /// The file in the host's spool folder.
    static final String NAME = "recorder.reserve";

    static final int SHARE = 4;
    private static final long SMALLEST = 64 << 10;
    // On a small disk it is no more than this part of what is spare, or of the disk.
    private static final int SMALL_SHARE = 8;
    // Room for a header, and some rows and their segments, beside it.
    private static final long BESIDE = 256 << 10;

    private final Path file;
    private final Room room;
    private final Access access;
    private final long wanted;
    private volatile long bytes;
    private boolean held;
    private boolean retired;

    /// @param spoolBytes how large a spool grows
    Reserve(Path folder, Room room, Access access, long spoolBytes) {
        this.file = folder.resolve(NAME);
        this.room = room;
        this.access = access;
        this.wanted = Math.max(spoolBytes / SHARE, SMALLEST);
        this.bytes = wanted;
    }

    /// Again and again: whatever keeps it from being made now may have passed the next time.
    @Override
    public void run() {
        try {
            renew();
        } catch (IOException e) {
            // What is wrong with the folder shows where something is written.
        }
    }

    /// Makes the file when it is not there and there is room for it and more; returns whether it stands. It may take its time.
    synchronized boolean renew() throws IOException {
        if (held || retired) {
            return held;
        }
        Files.deleteIfExists(file);
        long spare = room.spare();
        long size = Math.clamp(spare / SMALL_SHARE, SMALLEST, wanted) & -4096;
        if (spare < size + BESIDE || !Allocation.make(file, size)) {
            Files.deleteIfExists(file);
            return false;
        }
        access.open(file);
        bytes = size;
        held = true;
        return true;
    }

    /// Gives the room back; returns whether there was any.
    synchronized boolean free() throws IOException {
        boolean was = held;
        held = false;
        Files.deleteIfExists(file);
        return was;
    }

    /// The same for good: the run is ending.
    synchronized void retire() throws IOException {
        retired = true;
        free();
    }

    synchronized boolean held() {
        return held;
    }

    /// How large it is, or was when it was held last, or is to be.
    long bytes() {
        return bytes;
    }
}
