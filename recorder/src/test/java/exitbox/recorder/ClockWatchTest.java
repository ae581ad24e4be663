package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import exitbox.schemas.spool.ClockPair;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClockWatchTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long OFFSET = 1_760_000_000L * SECOND;

    private final ClockWatch watch = new ClockWatch(at(100, 0), 0);

    @Test
    void aSteadyClockMakesNoRows() {
        assertNull(watch.set(at(101, 0)));
        assertNull(watch.set(at(102, 0)));
        assertNull(watch.suspend(at(103, 0), 0));
    }

    @Test
    void aClockThatWasSetIsOneRowWithTheStep() {
        Map<String, Object> row = watch.set(at(101, -3600 * SECOND));
        assertEquals("set", row.get("kind"));
        assertEquals(-3600 * SECOND, row.get("step_ns"));
        assertEquals(OFFSET + 101 * SECOND - 3600 * SECOND, row.get("real_ns"));
        assertEquals(101 * SECOND, row.get("real_boot_ns"));
        assertNull(watch.set(at(102, -3600 * SECOND)));
    }

    @Test
    void stepsOfMillisecondsCount() {
        assertNull(watch.set(at(101, 1_900_000)));
        assertNotNull(watch.set(at(102, 1_900_000 + 3_100_000)));
    }

    @Test
    void slewingIsNoStepHoweverLongTheRecorderStoodStill() {
        // 500 ppm, the most that NTP does, over the 100 seconds of a stall.
        assertNull(watch.set(at(200, 50_000_000)));
        assertNotNull(watch.set(at(201, 150_000_000)));
    }

    @Test
    void aSampleThatWasInterruptedIsNoStep() {
        assertNull(watch.set(new ClockPair(OFFSET + 101 * SECOND + 9_000_000, 101 * SECOND, 9_000_000)));
    }

    @Test
    void aSuspendIsARowWithItsLength() {
        Map<String, Object> row = watch.suspend(at(200, 0), 60 * SECOND);
        assertEquals("suspend", row.get("kind"));
        assertEquals(60 * SECOND, row.get("step_ns"));
        assertNull(watch.suspend(at(201, 0), 60 * SECOND));
    }

    private static ClockPair at(long bootSeconds, long stepNs) {
        return new ClockPair(OFFSET + bootSeconds * SECOND + stepNs, bootSeconds * SECOND, 50);
    }
}
