package exitbox.analyzer.filter;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as people type them: 90s, 15m, 8h, 7d, 1h30m, 250ms.
public final class Durations {
    private static final Pattern WHOLE = Pattern.compile("(\\d{1,9}(\\.\\d{1,6})?(ms|[smhdw]))+");
    private static final Pattern PART = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?)(ms|[smhdw])");

    private Durations() {}

    /// The duration, or null when the text is none, or none that fits: 292 years do.
    public static Duration parse(String text) {
        if (!WHOLE.matcher(text).matches()) {
            return null;
        }
        try {
            return Duration.ofNanos(Math.multiplyExact(micros(text), 1_000L));
        } catch (ArithmeticException _) {
            return null;
        }
    }

    private static long micros(String text) {
        long micros = 0;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            long unit = switch (part.group(2)) {
                case "ms" -> 1_000L;
                case "s" -> 1_000_000L;
                case "m" -> 60_000_000L;
                case "h" -> 3_600_000_000L;
                case "d" -> 86_400_000_000L;
                default -> 7 * 86_400_000_000L;
            };
            micros = Math.addExact(micros, Math.round(Double.parseDouble(part.group(1)) * unit));
        }
        return micros;
    }
}
