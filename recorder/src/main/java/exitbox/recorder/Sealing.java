package exitbox.recorder;

import exitbox.schemas.segment.Sealer;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Seals closed spools one after another on a thread of its own: the drain never waits for it. A spool that
/// cannot be sealed stays; the next start tries again.
final class Sealing {
    private final Sealer sealer;
    private final String host;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(Thread.ofPlatform().name("seal").daemon().factory());
    private final AtomicLong sealedBytes = new AtomicLong();
    private volatile String problem;

    Sealing(Sealer sealer, String host) {
        this.sealer = sealer;
        this.host = host;
    }

    /// Takes a spool that is written no more: brings it to the disk, closes and seals it.
    void submit(SpoolWriter spool) {
        thread.execute(() -> seal(spool.path(), () -> {
            spool.force();
            spool.close();
        }));
    }

    /// Takes a spool that an earlier run left.
    void submit(Path spool) {
        thread.execute(() -> seal(spool, () -> {
        }));
    }

    private interface Closing {
        void close() throws IOException;
    }

    private void seal(Path spool, Closing closing) {
        try {
            closing.close();
            Sealer.Sealed sealed = sealer.seal(spool, host);
            if (sealed != null) {
                sealedBytes.addAndGet(sealed.bytes());
            }
        } catch (IOException e) {
            problem = "cannot seal " + spool + ": " + Failure.reason(e) + " — the spool stays and is sealed by the next start";
            System.err.println("exitbox: " + problem);
        } catch (RuntimeException | Error e) {
            problem = "cannot seal " + spool + ": " + e + " — the spool stays; please report this";
            System.err.println("exitbox: " + problem);
        }
    }

    /// Bytes of the segments sealed so far in this run.
    long bytes() {
        return sealedBytes.get();
    }

    /// Waits until all is sealed; returns what went wrong last, or null.
    String finish() throws InterruptedException {
        thread.shutdown();
        thread.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        return problem;
    }
}
