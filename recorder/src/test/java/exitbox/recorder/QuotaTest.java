package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What `--keep-size` leaves.
class QuotaTest {
    private static final long MIB = 1 << 20;

    @Test
    void withoutALimitNothingIsEverReached() {
        Quota quota = new Quota(null, 64 * MIB);
        quota.measured(Long.MAX_VALUE / 2, 0);
        quota.spooled(Long.MAX_VALUE / 4);
        assertFalse(quota.isReached());
        assertEquals(0, quota.excess(Long.MAX_VALUE / 2));
        assertEquals(64 * MIB, quota.spoolBytes());
    }

    @ParameterizedTest
    @ValueSource(longs = {8, 50, 100, 10_000})
    void whatIsLeftAfterDeletingSufficesForASpoolAndTheSegmentsOfTheOneBefore(long limit) {
        Quota quota = new Quota(limit * MIB, 4 * MIB);
        assertTrue(quota.spoolBytes() <= 4 * MIB);
        long total = limit * MIB - quota.excess(limit * MIB);
        quota.measured(total, 0);
        quota.spooled(2 * quota.spoolBytes() - 1);
        assertFalse(quota.isReached());
        assertTrue(total + 2 * quota.spoolBytes() + quota.spoolBytes() / Reserve.SHARE < limit * MIB);
        quota.spooled(2 * quota.spoolBytes());
        assertTrue(quota.isReached());
    }

    @Test
    void spoolsThatBecameSegmentsMakeRoom() {
        Quota quota = new Quota(50 * MIB, 4 * MIB);
        quota.spooled(46 * MIB);
        quota.measured(48 * MIB, 46 * MIB);
        assertTrue(quota.isReached());
        quota.measured(10 * MIB, 46 * MIB);
        assertFalse(quota.isReached());
        quota.spooled(46 * MIB + 36 * MIB);
        assertFalse(quota.isReached());
        quota.spooled(46 * MIB + 38 * MIB);
        assertTrue(quota.isReached());
    }

    @Test
    void nothingIsReachedBeforeItWasMeasured() {
        Quota quota = new Quota(8 * MIB, 4 * MIB);
        quota.spooled(100 * MIB);
        assertFalse(quota.isReached());
    }
}
