package exitbox.schemas.decode;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/// The UTC day, YYYY-MM-DD, of microseconds since 1970.
final class Days {
    private static final long MICROS = 86_400_000_000L;

    private long day = Long.MIN_VALUE;
    private byte[] text;

    byte[] of(long micros) {
        long wanted = Math.floorDiv(micros, MICROS);
        if (wanted != day) {
            day = wanted;
            text = LocalDate.ofEpochDay(wanted).toString().getBytes(StandardCharsets.US_ASCII);
        }
        return text;
    }
}
