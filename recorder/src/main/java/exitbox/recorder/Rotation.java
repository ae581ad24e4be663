package exitbox.recorder;

import exitbox.schemas.spool.ClockPair;
import java.time.Duration;

/// Decides when a spool is closed and sealed: when it is old, and at midnight UTC, so that a day's folder holds a day.
///
/// @param age how long a spool stays open
/// @param bytes how large it grows, if sealing keeps up
record Rotation(Duration age, long bytes) {
    private static final long DAY_NS = 86_400_000_000_000L;

    /// Whether a spool that began at `start` is due now, however small it is.
    boolean due(ClockPair start, long nowBootNs, long nowRealNs) {
        return nowBootNs - start.bootNs() >= age.toNanos()
                || Math.floorDiv(nowRealNs, DAY_NS) > Math.floorDiv(start.realNs(), DAY_NS);
    }
}
