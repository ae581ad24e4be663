package exitbox.recorder;

import java.io.IOException;
import java.nio.file.NoSuchFileException;

/// Brings the open spool to the disk, on a thread that may wait for it.
///
/// The kernel reports a failed fsync once, and the next one on that file would claim success: so the spool is closed
/// and sealed, with its checksums, and a new one begun. When that one fails at once too, the disk is to blame and
/// the run ends.
final class Sync implements Runnable {
    private final Drain drain;
    private final Progress progress;
    private int failures;
    private volatile boolean failed;

    Sync(Drain drain, Progress progress) {
        this.drain = drain;
        this.progress = progress;
    }

    @Override
    public void run() {
        if (failed) {
            return;
        }
        try {
            drain.sync();
            failures = 0;
        } catch (IOException e) {
            failures++;
            failed = failures > 1;
            String what = "cannot bring " + drain.spool() + " to the disk: " + Failure.reason(e);
            String then = e instanceof NoSuchFileException ? " — a new one is begun, the loss is recorded"
                    : " — it is sealed now, and a new one begun";
            progress.say(what + (failed ? " — stopping" : then));
            if (failed) {
                drain.stop(what);
            } else {
                drain.rotate();
            }
        }
    }

    /// Whether the run was ended because of it.
    boolean failed() {
        return failed;
    }
}
