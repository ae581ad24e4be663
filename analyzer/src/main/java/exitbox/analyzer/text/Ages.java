package exitbox.analyzer.text;

/// Writes durations the way people say them, rounded, at most seven columns wide: 0.4ms, 250ms, 1.66s, 3m12s, 2h05m, 12d07h.
public final class Ages {
    private static final long TENTH_OF_MILLI = 100_000;
    private static final long MILLI = 1_000_000;
    private static final long CENTI = 10_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;

    private Ages() {}

    public static String text(long nanos) {
        if (nanos < 0) {
            return "-" + text(-nanos);
        }
        long tenths = rounded(nanos, TENTH_OF_MILLI);
        if (tenths < 100) {
            return tenths / 10 + "." + tenths % 10 + "ms";
        }
        long millis = rounded(nanos, MILLI);
        if (millis < 1_000) {
            return millis + "ms";
        }
        long centis = rounded(nanos, CENTI);
        if (centis < 6_000) {
            return centis / 100 + "." + two(centis % 100) + "s";
        }
        long seconds = rounded(nanos, SECOND);
        if (seconds < 3_600) {
            return seconds / 60 + "m" + two(seconds % 60) + "s";
        }
        long minutes = rounded(nanos, MINUTE);
        if (minutes < 1_440) {
            return minutes / 60 + "h" + two(minutes % 60) + "m";
        }
        long hours = rounded(nanos, HOUR);
        return hours / 24 + "d" + two(hours % 24) + "h";
    }

    /// Writes the same, right-aligned.
    public static void write(TextOut out, long nanos, int width) {
        int tenths = nanos < 0 || nanos >= SECOND ? Integer.MAX_VALUE : (int) rounded(nanos, TENTH_OF_MILLI);
        int millis = nanos < 0 || nanos >= SECOND ? Integer.MAX_VALUE : (int) rounded(nanos, MILLI);
        if (tenths < 100) {
            out.repeat(' ', width - 5).number(tenths / 10).plain('.').number(tenths % 10).plain("ms");
        } else if (millis < 1_000) {
            out.repeat(' ', width - 2 - TextOut.length(millis)).number(millis).plain("ms");
        } else {
            String age = text(nanos);
            out.repeat(' ', width - age.length()).plain(age);
        }
    }

    private static long rounded(long nanos, long unit) {
        return nanos / unit + (nanos % unit >= unit / 2 ? 1 : 0);
    }

    private static String two(long value) {
        return value < 10 ? "0" + value : Long.toString(value);
    }
}
