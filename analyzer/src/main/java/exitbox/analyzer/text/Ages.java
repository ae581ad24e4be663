package exitbox.analyzer.text;

/// Writes durations the way people say them, at most seven columns wide: 0.4ms, 250ms, 1.66s, 3m12s, 2h05m, 12d07h.
public final class Ages {
    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000;

    private Ages() {}

    public static String text(long nanos) {
        if (nanos < 0) {
            return "-" + text(-nanos);
        }
        if (nanos < 10 * MILLI) {
            return nanos / MILLI + "." + nanos % MILLI / (100 * MICRO) + "ms";
        }
        if (nanos < SECOND) {
            return nanos / MILLI + "ms";
        }
        long seconds = nanos / SECOND;
        if (seconds < 60) {
            return seconds + "." + two(nanos % SECOND / (10 * MILLI)) + "s";
        }
        if (seconds < 3_600) {
            return seconds / 60 + "m" + two(seconds % 60) + "s";
        }
        if (seconds < 86_400) {
            return seconds / 3_600 + "h" + two(seconds / 60 % 60) + "m";
        }
        return seconds / 86_400 + "d" + two(seconds / 3_600 % 24) + "h";
    }

    /// Writes the same, right-aligned.
    public static void write(TextOut out, long nanos, int width) {
        if (nanos >= 0 && nanos < 10 * MILLI) {
            int tenths = (int) (nanos / (100 * MICRO));
            out.repeat(' ', width - 5).number(tenths / 10).plain('.').number(tenths % 10).plain("ms");
        } else if (nanos >= 0 && nanos < SECOND) {
            int millis = (int) (nanos / MILLI);
            out.repeat(' ', width - 2 - TextOut.length(millis)).number(millis).plain("ms");
        } else {
            String age = text(nanos);
            out.repeat(' ', width - age.length()).plain(age);
        }
    }

    private static String two(long value) {
        return value < 10 ? "0" + value : Long.toString(value);
    }
}
