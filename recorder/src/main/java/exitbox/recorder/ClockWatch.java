package exitbox.recorder;

import exitbox.schemas.spool.ClockPair;
import java.util.LinkedHashMap;
import java.util.Map;

/// Notices that the wall clock was set and that the machine slept, by comparing samples.
final class ClockWatch {
    private static final long STEP_NS = 2_000_000;

    // NTP slews by at most 500 ppm; twice that between two samples, however far apart, is no step.
    private static final long SLEW_PARTS = 1000;

    private ClockPair last;
    private long lastSleepNs;

    /// @param sleepNs CLOCK_BOOTTIME minus CLOCK_MONOTONIC: all suspends since boot
    ClockWatch(ClockPair now, long sleepNs) {
        this.last = now;
        this.lastSleepNs = sleepNs;
    }

    /// Goes on behind another recorder's last sample.
    ///
    /// @param sleepNs -1 when it is not known
    void resume(ClockPair sample, long sleepNs) {
        last = sample;
        lastSleepNs = sleepNs < 0 ? lastSleepNs : sleepNs;
    }

    /// The suspend that happened since the last sample, as a row of `clock_steps`; null when there was none.
    Map<String, Object> suspend(ClockPair now, long sleepNs) {
        long slept = sleepNs - lastSleepNs;
        lastSleepNs = sleepNs;
        return slept > STEP_NS ? row("suspend", slept, now) : null;
    }

    /// The setting of the clock that happened since the last sample, as a row of `clock_steps`; null when there was none.
    Map<String, Object> set(ClockPair now) {
        long step = now.offsetNs() - last.offsetNs();
        long slew = Math.max(now.bootNs() - last.bootNs(), 0) / SLEW_PARTS;
        long unsure = now.errorNs() + last.errorNs();
        last = now;
        return Math.abs(step) > STEP_NS + slew + unsure ? row("set", step, now) : null;
    }

    private static Map<String, Object> row(String kind, long stepNs, ClockPair now) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("kind", kind);
        row.put("step_ns", stepNs);
        row.put("real_ns", now.realNs());
        row.put("real_boot_ns", now.bootNs());
        row.put("real_error_ns", now.errorNs());
        return row;
    }
}
