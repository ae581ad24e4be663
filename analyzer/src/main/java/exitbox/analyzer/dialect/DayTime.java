package exitbox.analyzer.dialect;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Locale;

/// The time of day in a zone, of microseconds since 1970. Neighbours in time share the look-up of the offset.
final class DayTime {
    private static final long MICROS = 1_000_000;
    private static final long DAY = 86_400;

    private final ZoneId zone;
    private final ZoneRules rules;
    private long from = 1;
    private long until = 0;
    private int offset;

    DayTime(ZoneId zone) {
        this.zone = zone;
        this.rules = zone.getRules();
    }

    /// `HH:MM:SS`
    Line seconds(Line line, long micros) {
        if (micros == Exit.UNKNOWN) {
            return line.text("--:--:--");
        }
        long second = Math.floorDiv(micros, MICROS);
        if (second < from || second >= until) {
            findOffset(second);
        }
        int rest = (int) Math.floorMod(second + offset, DAY);
        return line.two(rest / 3600).character(':').two(rest / 60 % 60).character(':').two(rest % 60);
    }

    /// `HH:MM:SS.mmm`, cut off, not rounded.
    Line millis(Line line, long micros) {
        seconds(line, micros).character('.');
        if (micros == Exit.UNKNOWN) {
            return line.text("---");
        }
        int millis = (int) Math.floorMod(micros, MICROS) / 1_000;
        return line.character((char) ('0' + millis / 100)).two(millis % 100);
    }

    /// What strftime(3) calls `%Z`: the zone's abbreviation at that time.
    String abbreviation(long micros) {
        Instant at = Instant.ofEpochSecond(Math.floorDiv(micros, MICROS));
        return DateTimeFormatter.ofPattern("zzz", Locale.ENGLISH).format(at.atZone(zone)).replace("Z", "UTC");
    }

    private void findOffset(long second) {
        Instant at = Instant.ofEpochSecond(second);
        offset = rules.getOffset(at).getTotalSeconds();
        from = Long.MIN_VALUE;
        until = Long.MAX_VALUE;
        if (!rules.isFixedOffset()) {
            ZoneOffsetTransition before = rules.previousTransition(at.plusSeconds(1));
            ZoneOffsetTransition after = rules.nextTransition(at);
            from = before == null ? Long.MIN_VALUE : before.getInstant().getEpochSecond();
            until = after == null ? Long.MAX_VALUE : after.getInstant().getEpochSecond();
        }
    }
}
