package exitbox.analyzer.text;

import java.util.Locale;

/// Numbers in sentences for people.
public final class Counts {
    private Counts() {}

    /// 1234567 as `1,234,567`.
    public static String text(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /// `1 row`, `2 rows`.
    public static String of(long value, String one) {
        return text(value) + " " + (value == 1 ? one : one.endsWith("y") ? one.substring(0, one.length() - 1) + "ies"
                : one.endsWith("s") ? one + "es" : one + "s");
    }

    /// Sizes as `512 B`, `1.5 KiB`, `64 MiB`.
    public static String bytes(long value) {
        if (value < 1024) {
            return value + " B";
        }
        double size = value;
        int unit = -1;
        while (size >= 1024 && unit < 3) {
            size /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, size < 10 ? "%.1f %ciB" : "%.0f %ciB", size, "KMGT".charAt(unit));
    }
}
