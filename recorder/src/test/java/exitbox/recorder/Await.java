package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.concurrent.locks.LockSupport;

/// Waits for conditions: never longer than needed, and not forever.
public final class Await {
    private static final long PATIENCE_NS = 60_000_000_000L;
    private static final long POLL_NS = 2_000_000;

    private Await() {}

    public interface Condition {
        boolean holds() throws Exception;
    }

    public static void until(String what, Condition condition) throws Exception {
        long start = System.nanoTime();
        while (!condition.holds()) {
            if (System.nanoTime() - start > PATIENCE_NS) {
                fail("waited in vain until " + what);
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }
}
