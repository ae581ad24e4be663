package exitbox.recorder;

import exitbox.schemas.sign.SealKey;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/// Brings the open spool to the disk, and those that wait to be sealed, on a thread that may wait for it.
///
/// The kernel reports a failed fsync once, and the next one on that file would claim success: so the spool is closed
/// and sealed, with its checksums, and a new one begun. When that one fails at once too, the disk is to blame and
/// the run ends. So it does when the folder is another than the one that is held: nobody would look for more in the old one.
/// Where a file system says only now that it has no room, `--on-full` decides.
final class Sync implements Runnable {
    private final Orders orders;
    private final Drain drain;
    private final Sealing sealing;
    private final Place place;
    private final Progress progress;
    private int failures;
    private volatile boolean failed;

    Sync(Orders orders, Drain drain, Sealing sealing, Place place, Progress progress) {
        this.orders = orders;
        this.drain = drain;
        this.sealing = sealing;
        this.place = place;
        this.progress = progress;
    }

    @Override
    public void run() {
        if (failed) {
            return;
        }
        // In their order: then no hole is left where later rows came to the disk and earlier ones did not.
        sealing.sync();
        IOException failure = failure(drain::sync);
        // Behind that: a folder that goes away takes the spool with it, and is what there is to say.
        IOException unasked = failure(this::lookForFolder);
        if (failed) {
            return;
        }
        lookForKey();
        failure = failure == null ? unasked : failure;
        if (failure == null) {
            failures = 0;
        } else if (Room.isLacking(failure)) {
            orders.lacks("cannot bring " + drain.spool() + " to the disk: " + Failure.reason(failure));
        } else {
            mend(failure);
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private static IOException failure(Step step) {
        try {
            step.run();
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private void lookForFolder() throws IOException {
        if (!place.folder().stands()) {
            stop("the folder " + place.folder().recording().dir() + " was removed or replaced");
        }
    }

    private void lookForKey() {
        SealKey key = place.sealKey();
        try {
            if (key != null && !key.stands()) {
                progress.say("the key " + key.path() + " was removed or replaced: nothing can be signed behind this run — while it lasts,"
                        + " get it back out of /proc/" + ProcessHandle.current().pid() + "/fd (ls -l there)");
            }
        } catch (IOException e) {
            progress.say("cannot look at the key " + key.path() + ": " + Failure.reason(e));
        }
    }

    private void mend(IOException failure) {
        failures++;
        String what = "cannot bring " + drain.spool() + " to the disk: " + Failure.reason(failure);
        String then = failure instanceof NoSuchFileException ? " — a new one is begun, the loss is recorded"
                : " — it is sealed now, and a new one begun";
        if (failures > 1) {
            stop(what);
        } else {
            progress.say(what + then);
            orders.rotate();
        }
    }

    private void stop(String why) {
        failed = true;
        progress.say(why + " — stopping");
        orders.stop(why);
    }

    /// Whether the run was ended because of it.
    boolean failed() {
        return failed;
    }
}
