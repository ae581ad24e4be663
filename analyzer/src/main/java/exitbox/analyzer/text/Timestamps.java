package exitbox.analyzer.text;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/// Writes points in time, microseconds since 1970, as a zone's local time. Neighbours in time share the
/// look-up of zone and day, so a line of a replay costs little. Not for several threads.
public final class Timestamps {
    private static final long DAY = 86_400;
    private static final long MICROS = 1_000_000;

    private final ZoneId zone;
    private final ZoneRules rules;
    private long offsetFrom = 1;
    private long offsetUntil = 0;
    private int offset;
    private long day = Long.MIN_VALUE;
    private String date;

    public Timestamps(ZoneId zone) {
        this.zone = zone;
        this.rules = zone.getRules();
    }

    public ZoneId zone() {
        return zone;
    }

    /// `2026-11-20 03:12:00.123`, cut off, not rounded.
    public void millis(TextOut out, long micros) {
        long second = Math.floorDiv(micros, MICROS);
        local(out, second, ' ');
        out.plain('.').digits(Math.floorMod(micros, MICROS) / 1_000, 3);
    }

    /// `2026-11-20 03:12:00`.
    public void seconds(TextOut out, long micros) {
        local(out, Math.floorDiv(micros, MICROS), ' ');
    }

    /// `2026-11-20 03:12`.
    public void minute(TextOut out, long micros) {
        int rest = find(Math.floorDiv(micros, MICROS));
        out.plain(date).plain(' ');
        toMinute(out, rest);
    }

    /// `03:12:00.123`, cut off, not rounded; the day it is of is [#day].
    public void timeOfDay(TextOut out, long micros) {
        clock(out, find(Math.floorDiv(micros, MICROS)));
        out.plain('.').digits(Math.floorMod(micros, MICROS) / 1_000, 3);
    }

    /// `2026-11-20`; the same object as long as the day does not change.
    public String day(long micros) {
        find(Math.floorDiv(micros, MICROS));
        return date;
    }

    /// `2026-11-20T03:12:00.123456+01:00`, with the given character between date and time.
    public void exact(TextOut out, long micros, char between) {
        long second = Math.floorDiv(micros, MICROS);
        local(out, second, between);
        out.plain('.').digits(Math.floorMod(micros, MICROS), 6).plain(ZoneOffset.UTC.getTotalSeconds() == offset ? "+00:00" : offsetText());
    }

    /// `2026-11-20 03:12:00.123456`: for times that have no zone, by a [Timestamps] of UTC.
    public void zoneless(TextOut out, long micros, char between) {
        local(out, Math.floorDiv(micros, MICROS), between);
        out.plain('.').digits(Math.floorMod(micros, MICROS), 6);
    }

    /// To the second, or to the millisecond when it has some: for a sentence. A time that came twice has its offset behind it.
    public String brief(Instant instant) {
        LocalDateTime time = LocalDateTime.ofInstant(instant, zone);
        String text = time.toString().replace('T', ' ');
        int point = text.indexOf('.');
        return (point > 0 ? text.substring(0, Math.min(text.length(), point + 4)) : text.length() == 16 ? text + ":00" : text)
                + (rules.getValidOffsets(time).size() > 1 ? rules.getOffset(instant).getId() : "");
    }

    /// Two times for a sentence, the second without its date when it is the same: `2026-11-20 03:11:00 and 03:12:00`.
    public String brief(Instant first, String between, Instant second) {
        String a = brief(first);
        String b = brief(second);
        return a + between + (a.substring(0, 11).equals(b.substring(0, 11)) ? b.substring(11) : b);
    }

    /// The zone for people, at a point in time: `UTC`, `Europe/Berlin`, `+02:00`.
    public String zoneName() {
        return zone.normalized().equals(ZoneOffset.UTC) ? "UTC" : zone.getId();
    }

    private void local(TextOut out, long second, char between) {
        int rest = find(second);
        out.plain(date).plain(between);
        clock(out, rest);
    }

    private static void clock(TextOut out, int rest) {
        toMinute(out, rest);
        out.plain(':').digits(rest % 60, 2);
    }

    private static void toMinute(TextOut out, int rest) {
        out.digits(rest / 3600, 2).plain(':').digits(rest / 60 % 60, 2);
    }

    /// Finds the day of a second; returns the seconds since its midnight.
    private int find(long second) {
        if (second < offsetFrom || second >= offsetUntil) {
            findOffset(second);
        }
        long local = second + offset;
        long localDay = Math.floorDiv(local, DAY);
        if (localDay != day) {
            day = localDay;
            date = LocalDate.ofEpochDay(localDay).toString();
        }
        return (int) Math.floorMod(local, DAY);
    }

    private void findOffset(long second) {
        Instant instant = Instant.ofEpochSecond(second);
        offset = rules.getOffset(instant).getTotalSeconds();
        if (rules.isFixedOffset()) {
            offsetFrom = Long.MIN_VALUE;
            offsetUntil = Long.MAX_VALUE;
            return;
        }
        ZoneOffsetTransition before = rules.previousTransition(instant.plusSeconds(1));
        ZoneOffsetTransition after = rules.nextTransition(instant);
        offsetFrom = before == null ? Long.MIN_VALUE : before.getInstant().getEpochSecond();
        offsetUntil = after == null ? Long.MAX_VALUE : after.getInstant().getEpochSecond();
    }

    private String offsetText() {
        return ZoneOffset.ofTotalSeconds(offset).getId();
    }
}
