package exitbox.analyzer.live;

import exitbox.analyzer.Interrupts;
import exitbox.analyzer.filter.Window;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Knows when somebody asked for the end: Ctrl-C, SIGTERM or a closed terminal.
public final class Ending implements AutoCloseable {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final Interrupts interrupts;
    private volatile long askedMicros = Long.MAX_VALUE;

    public Ending(Clock clock) {
        interrupts = Interrupts.on(() -> {
            askedMicros = Math.min(askedMicros, Window.micros(clock.instant()));
            asked.countDown();
        });
    }

    public boolean isAsked() {
        return asked.getCount() == 0;
    }

    /// When it was asked for, microseconds since 1970; the largest number before that.
    public long askedMicros() {
        return askedMicros;
    }

    /// Waits so long, or until somebody asks.
    public void await(long millis) {
        try {
            asked.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    @Override
    public void close() {
        interrupts.close();
    }
}
