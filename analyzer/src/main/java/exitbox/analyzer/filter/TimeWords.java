package exitbox.analyzer.filter;

import exitbox.analyzer.Failure;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the words of `--since` and `--until`:
///
///     03:10   03:10:05.250   "2026-11-20 03:10"   2026-11-20T03:10:05Z   2026-11-20
///     today   yesterday   "yesterday 22:00"   now   boot   @1760000000.5   -15m   15m   1h30m   +2h (after --since)
///
/// A time without a date is the last one that is not after the reference; after `--since`, that of `--until`
/// is the first one that follows, so 23:50 to 00:30 spans midnight. A date alone is its midnight.
/// A local time that the clock shows twice is the earlier for `--since` and the later for `--until`;
/// one that it skips is moved on by what was skipped. Both are told in `notes`.
public final class TimeWords {
    private static final Pattern TIME = Pattern.compile("(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?");
    private static final Pattern DATE_TIME = Pattern
            .compile("(\\d{4}-\\d{2}-\\d{2}|today|yesterday)(?:[ t]+(\\S+?)(z|[+-]\\d{2}:?\\d{2})?)?");
    private static final Pattern EPOCH = Pattern.compile("@(-?\\d{1,12}(?:\\.\\d{1,9})?)");

    private final Instant reference;
    private final Supplier<Instant> boot;
    private final ZoneId zone;
    private final List<String> notes = new ArrayList<>();

    /// @param reference what relative words count from: the recording's last event, or now while it is live
    /// @param boot the machine's last boot, asked only for the word `boot`; null when it is not known
    public TimeWords(Instant reference, Supplier<Instant> boot, ZoneId zone) {
        this.reference = reference;
        this.boot = boot;
        this.zone = zone;
    }

    /// What the reader should know about how a time was understood.
    public List<String> notes() {
        return notes;
    }

    /// The window between two words; either may be null. A word that says no time is a usage [Failure].
    public Window window(String since, String until) {
        Instant from = since == null ? null : instant("--since", since, null, false);
        Instant to = until == null ? null : instant("--until", until, from, true);
        if (from != null && to != null && !from.isBefore(to)) {
            throw Failure.usage("--until " + until + ": is not after --since " + since + " — swap them, or give dates");
        }
        return new Window(from, to);
    }

    private Instant instant(String option, String given, Instant since, boolean later) {
        String word = given.strip().toLowerCase(Locale.ROOT);
        try {
            Instant found = parse(option, word, since, later);
            if (found != null) {
                return found.minusNanos(found.getNano() % 1_000);
            }
        } catch (DateTimeException | ArithmeticException _) {
            // 25:10, 2026-02-30, a duration of a million years: no such time, as below.
        }
        throw Failure.usage(option + " " + given + ": no such time — try 03:10, \"2026-11-20 03:10\", -15m or boot");
    }

    private Instant parse(String option, String word, Instant since, boolean later) {
        switch (word) {
            case "now" -> {
                return reference;
            }
            case "boot" -> {
                Instant at = boot.get();
                if (at == null) {
                    throw Failure.usage(option + " boot: the recording does not say when the machine booted — give a time, such as -8h");
                }
                return at;
            }
            default -> {
                // The patterns below.
            }
        }
        Matcher epoch = EPOCH.matcher(word);
        if (epoch.matches()) {
            BigDecimal seconds = new BigDecimal(epoch.group(1));
            BigDecimal whole = seconds.setScale(0, java.math.RoundingMode.FLOOR);
            return Instant.ofEpochSecond(whole.longValueExact(), seconds.subtract(whole).movePointRight(9).longValue());
        }
        if (word.startsWith("+")) {
            Duration after = Durations.parse(word.substring(1));
            if (after != null && since == null) {
                throw Failure.usage(option + " " + word + ": counts from --since, which is not given — try -15m, or give --since");
            }
            return after == null ? null : since.plus(after);
        }
        String ago = word.startsWith("-") ? word.substring(1) : word.endsWith(" ago") ? word.substring(0, word.length() - 4) : word;
        Duration before = Durations.parse(ago);
        if (before != null) {
            return reference.minus(before);
        }
        LocalTime time = time(word);
        if (time != null) {
            return since == null ? lastNotAfterReference(option, time, later) : firstAfter(option, since, time, later);
        }
        Matcher dateTime = DATE_TIME.matcher(word);
        return dateTime.matches() ? dateTime(option, dateTime, later) : null;
    }

    private Instant dateTime(String option, Matcher match, boolean later) {
        LocalDate today = reference.atZone(zone).toLocalDate();
        LocalDate date = switch (match.group(1)) {
            case "today" -> today;
            case "yesterday" -> today.minusDays(1);
            case String text -> LocalDate.parse(text);
        };
        LocalTime time = match.group(2) == null ? LocalTime.MIDNIGHT : time(match.group(2));
        if (time == null) {
            return null;
        }
        String offset = match.group(3);
        if (offset == null) {
            return local(option, date.atTime(time), later);
        }
        return date.atTime(time).toInstant(ZoneOffset.of(offset.equals("z") ? "Z" : offset));
    }

    private Instant lastNotAfterReference(String option, LocalTime time, boolean later) {
        LocalDate today = reference.atZone(zone).toLocalDate();
        int notesBefore = notes.size();
        Instant candidate = local(option, today.atTime(time), later);
        if (!candidate.isAfter(reference)) {
            return candidate;
        }
        notes.subList(notesBefore, notes.size()).clear();
        return local(option, today.minusDays(1).atTime(time), later);
    }

    private Instant firstAfter(String option, Instant since, LocalTime time, boolean later) {
        LocalDate day = since.atZone(zone).toLocalDate();
        int notesBefore = notes.size();
        Instant candidate = local(option, day.atTime(time), later);
        if (candidate.isAfter(since)) {
            return candidate;
        }
        notes.subList(notesBefore, notes.size()).clear();
        return local(option, day.plusDays(1).atTime(time), later);
    }

    private Instant local(String option, LocalDateTime time, boolean later) {
        ZoneOffsetTransition transition = zone.getRules().getTransition(time);
        ZonedDateTime zoned = time.atZone(zone);
        if (transition == null) {
            return zoned.toInstant();
        }
        if (transition.isGap()) {
            notes.add(option + " " + time + " was skipped by the clock in " + zone + ": taken as " + zoned.toLocalDateTime());
            return zoned.toInstant();
        }
        notes.add(option + " " + time + " came twice in " + zone + ": taken as the " + (later ? "second" : "first"));
        return later ? zoned.withLaterOffsetAtOverlap().toInstant() : zoned.withEarlierOffsetAtOverlap().toInstant();
    }

    /// The time of day, null when the text is of another shape; a [DateTimeException] when there is no such time.
    private static LocalTime time(String text) {
        Matcher match = TIME.matcher(text);
        if (!match.matches()) {
            return null;
        }
        String fraction = match.group(4) == null ? "" : match.group(4);
        return LocalTime.of(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)),
                match.group(3) == null ? 0 : Integer.parseInt(match.group(3)), Integer.parseInt((fraction + "000000000").substring(0, 9)));
    }
}
