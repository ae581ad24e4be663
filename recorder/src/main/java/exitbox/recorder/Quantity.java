package exitbox.recorder;

import java.time.Duration;
import java.util.Locale;

/// Durations (90s, 15m, 8h, 7d) and sizes (64K, 32M, 2G) as options have them.
final class Quantity {
    private Quantity() {}

    // Nanoseconds of it still fit a long.
    private static final long LONGEST_MILLIS = 36_500L * 86_400_000;

    static Duration duration(String text) {
        long millis = number(text, text, "ms s m h d", new long[]{1, 1000, 60_000, 3_600_000, 86_400_000}, "a duration: 90s, 15m, 8h, 7d");
        if (millis > LONGEST_MILLIS) {
            throw new IllegalArgumentException(text + ": longer than a century");
        }
        return Duration.ofMillis(millis);
    }

    static long bytes(String text) {
        String plain = text.toUpperCase(Locale.ROOT).replaceFirst("(?<=[KMGT])I?B$", "");
        return number(text, plain.matches("0+") ? "0B" : plain, "B K M G T", new long[]{1, 1L << 10, 1L << 20, 1L << 30, 1L << 40},
                "a size: 64K, 32M, 2G");
    }

    /// As an option has it: 90s, 15m, 7d.
    static String text(Duration duration) {
        long millis = duration.toMillis();
        return text(millis, "ms s m h d", new long[]{1, 1000, 60_000, 3_600_000, 86_400_000});
    }

    /// As an option has it: 64K, 10G.
    static String text(long bytes) {
        return text(bytes, "B K M G T", new long[]{1, 1L << 10, 1L << 20, 1L << 30, 1L << 40});
    }

    private static String text(long number, String units, long[] factors) {
        int largest = 0;
        for (int i = 0; i < factors.length; i++) {
            largest = number % factors[i] == 0 ? i : largest;
        }
        return number == 0 ? "0" : number / factors[largest] + units.split(" ")[largest];
    }

    /// Bytes for people: 3.1 GiB.
    static String words(long bytes) {
        double value = bytes;
        String unit = "bytes";
        for (String larger : new String[]{"KiB", "MiB", "GiB", "TiB"}) {
            if (Math.abs(value) < 1024) {
                break;
            }
            value /= 1024;
            unit = larger;
        }
        return String.format(Locale.ROOT, unit.equals("bytes") ? "%.0f %s" : "%.1f %s", value, unit);
    }

    private static long number(String given, String text, String units, long[] factors, String wanted) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        String[] names = units.split(" ");
        for (int i = 0; i < names.length; i++) {
            if (digits > 0 && digits < 16 && text.substring(digits).equals(names[i])) {
                try {
                    return Math.multiplyExact(Long.parseLong(text.substring(0, digits)), factors[i]);
                } catch (ArithmeticException e) {
                    break;
                }
            }
        }
        throw new IllegalArgumentException(given + ": not " + wanted);
    }
}
