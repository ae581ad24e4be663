package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.concurrent.locks.LockSupport;

/// Waits for conditions: never longer than needed, and not forever.
public final class Await {
    private static final long PATIENCE_NS = 60_000_000_000L;
    private static final long POLL_NS = 2_000_000;

    private static final int DAY = 24 * 60 * 60;
    private static final int NEAR = 45;

    private Await() {}

    public interface Condition {
        boolean holds() throws Exception;
    }

    /// Recorders begin a new spool at midnight, UTC: waits until none is near, for tests that count spools.
    public static void untilMidnightIsFar() throws Exception {
        if (secondOfDay() > DAY - NEAR) {
            until("midnight is over", () -> secondOfDay() < DAY - NEAR);
        }
    }

    private static int secondOfDay() {
        return LocalTime.now(ZoneOffset.UTC).toSecondOfDay();
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
