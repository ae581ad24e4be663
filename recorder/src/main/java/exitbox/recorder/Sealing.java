package exitbox.recorder;

import exitbox.schemas.segment.Sealer;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Seals closed spools one after another on a thread of its own: the drain never waits for it. A spool that
/// cannot be sealed stays; it is tried again before the next one, and by the next start.
final class Sealing implements Retirement {
    private final Sealer sealer;
    private final String host;
    private final Consumer<String> messages;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(Thread.ofPlatform().name("seal").daemon().factory());
    private final AtomicLong sealedBytes = new AtomicLong();
    private final AtomicLong pendingBytes = new AtomicLong();
    // Of the seal thread alone, until it has ended.
    private final Map<Path, String> problems = new LinkedHashMap<>();

    /// @param messages takes a line for the person at the terminal, from the seal thread
    Sealing(Sealer sealer, String host, Consumer<String> messages) {
        this.sealer = sealer;
        this.host = host;
        this.messages = messages;
    }

    /// Takes a spool that is written no more: brings it to the disk, closes and seals it.
    @Override
    public void submit(SpoolWriter spool) {
        long bytes = spool.bytes();
        pendingBytes.addAndGet(bytes);
        thread.execute(() -> {
            try {
                close(spool);
                sealWithThoseBefore(spool.path());
            } finally {
                pendingBytes.addAndGet(-bytes);
            }
        });
    }

    /// Takes a spool that an earlier run left.
    void submit(Path spool) {
        thread.execute(() -> seal(spool));
    }

    @Override
    public void tryAgain() {
        thread.execute(this::sealThoseBefore);
    }

    /// What cannot be brought to the disk is sealed all the same: the segments are files of their own.
    private void close(SpoolWriter spool) {
        try (spool) {
            spool.force();
        } catch (IOException e) {
            messages.accept("cannot bring " + spool.path() + " to the disk: " + Failure.reason(e) + " — it is sealed at once");
        }
    }

    private void sealWithThoseBefore(Path spool) {
        sealThoseBefore();
        seal(spool);
    }

    private void sealThoseBefore() {
        List.copyOf(problems.keySet()).forEach(this::seal);
    }

    private void seal(Path spool) {
        try {
            Sealer.Sealed sealed = sealer.seal(spool, host);
            problems.remove(spool);
            if (sealed != null) {
                sealedBytes.addAndGet(sealed.bytes());
            }
        } catch (IOException e) {
            problem(spool, Failure.reason(e) + " — the spool stays, and is tried again at the next rotation and by the next start");
        } catch (RuntimeException | Error e) {
            problem(spool, e + " — the spool stays; please report this");
        }
    }

    /// Says it once as long as it stays the same.
    private void problem(Path spool, String what) {
        if (!what.equals(problems.put(spool, what))) {
            messages.accept("cannot seal " + spool + ": " + what);
        }
    }

    @Override
    public long pendingBytes() {
        return pendingBytes.get();
    }

    /// Bytes of the segments sealed so far in this run.
    @Override
    public long bytes() {
        return sealedBytes.get();
    }

    /// Waits until all is sealed; false when a spool could not be.
    boolean finish() throws InterruptedException {
        thread.shutdown();
        thread.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        return problems.isEmpty();
    }
}
