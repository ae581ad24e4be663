package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.spool.ClockPair;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RotationTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long START_REAL = nanos("2026-11-20T23:50:00Z");
    private static final long START_BOOT = 1000 * SECOND;
    private static final ClockPair START = new ClockPair(START_REAL, START_BOOT, 100);

    private final Rotation rotation = new Rotation(Duration.ofMinutes(15), 1 << 20);

    @Test
    void aYoungSpoolStaysOpen() {
        assertFalse(due(5 * 60));
    }

    @Test
    void byAgeOnTheClockThatRunsInSuspend() {
        Rotation quarter = new Rotation(Duration.ofMinutes(5), 1 << 20);
        assertFalse(quarter.due(START, START_BOOT + 300 * SECOND - 1, START_REAL));
        assertTrue(quarter.due(START, START_BOOT + 300 * SECOND, START_REAL));
    }

    @Test
    void atMidnightUtc() {
        assertFalse(due(599));
        assertTrue(due(600));
    }

    @Test
    void theClockSetToTomorrowIsMidnightAndSetBackIsNot() {
        assertTrue(rotation.due(START, START_BOOT + SECOND, nanos("2026-11-21T12:00:00Z")));
        assertFalse(rotation.due(START, START_BOOT + SECOND, nanos("2026-11-19T12:00:00Z")));
    }

    @Test
    void beforeTheEpochDaysAreDaysToo() {
        ClockPair start = new ClockPair(-SECOND, START_BOOT, 100);
        assertFalse(rotation.due(start, START_BOOT, -1));
        assertTrue(rotation.due(start, START_BOOT + SECOND, 0));
    }

    private boolean due(long afterSeconds) {
        return rotation.due(START, START_BOOT + afterSeconds * SECOND, START_REAL + afterSeconds * SECOND);
    }

    private static long nanos(String time) {
        return Instant.parse(time).getEpochSecond() * SECOND;
    }
}
