package exitbox.analyzer.filter;

import java.time.Instant;

/// A stretch of time: from `since`, inclusive, to `until`, exclusive. Null leaves that end open.
public record Window(Instant since, Instant until) {
    public static final Window ALL = new Window(null, null);

    public boolean isAll() {
        return since == null && until == null;
    }

    /// Whether the stretch from `first` to `last`, both inclusive, may have something in the window.
    public boolean touches(Instant first, Instant last) {
        return (until == null || first == null || first.isBefore(until)) && (since == null || last == null || !last.isBefore(since));
    }

    /// Microseconds since 1970.
    public static long micros(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000L);
    }

    public static Instant ofMicros(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000L);
    }
}
