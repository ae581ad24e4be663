package exitbox.analyzer.verify;

import exitbox.analyzer.Cancelled;
import exitbox.schemas.segment.SegmentDraft;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/// How far a verification is, and whether somebody has asked to stop; for several threads.
public final class Work {
    private final BooleanSupplier cancelled;
    private final AtomicLong done = new AtomicLong();
    private volatile long total;

    public Work(BooleanSupplier cancelled) {
        this.cancelled = cancelled;
    }

    /// How far it is, 0 to 100; negative while nobody knows.
    public double percent() {
        long all = total;
        return all == 0 ? -1 : 100.0 * done.get() / all;
    }

    public void total(long bytes) {
        total = bytes;
    }

    public void done(long bytes) {
        done.addAndGet(bytes);
    }

    /// The sha256 of a file, as the catalog has it; what was read of it is done then.
    String sha256(Path path) throws IOException {
        return SegmentDraft.sha256(path, bytes -> {
            done(bytes);
            checkCancelled();
        });
    }

    public void checkCancelled() {
        if (cancelled.getAsBoolean()) {
            throw new Cancelled();
        }
    }
}
