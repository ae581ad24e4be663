package exitbox.recorder.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.spool.ClockPair;
import org.junit.jupiter.api.Test;

class ClockTest {

    @Test
    void aPairTellsTheWallTimeOfABootTime() {
        Clock clock = new Clock();
        long before = clock.bootNs();
        ClockPair pair = clock.pair();
        long after = clock.bootNs();
        assertTrue(before <= pair.bootNs() && pair.bootNs() <= after);
        assertTrue(pair.errorNs() > 0);
        long wallNs = pair.offsetNs() + clock.bootNs();
        assertTrue(Math.abs(wallNs / 1_000_000 - System.currentTimeMillis()) < 1_000);
    }

    @Test
    void bootTimeIncludesSuspendAndMonotonicTimeDoesNot() {
        Clock clock = new Clock();
        long mono = clock.monoNs();
        assertTrue(clock.bootNs() >= mono);
    }
}
