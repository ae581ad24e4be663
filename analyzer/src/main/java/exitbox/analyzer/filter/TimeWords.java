package exitbox.analyzer.filter;

import exitbox.analyzer.Failure;
import exitbox.analyzer.text.Timestamps;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the words of `--since` and `--until`:
///
///     03:10   03:10:05.250   24:00   "2026-11-20 03:10"   2026-11-20   today   yesterday   "yesterday 22:00"
///     03:10+01:00   2026-11-20T03:10:05Z   "2026-11-20 03:10 Asia/Tokyo"
///     -15m   15m   "1h30m ago"   +2h (after --since)   now   boot   boot-1   @1760000000.5
///
/// A time without a date is the last one that is not after the reference; after `--since`, that of `--until`
/// is the first one that follows, so 23:50 to 00:30 spans midnight. A date alone is its midnight.
///
/// A local time that the clock skips that day is an error, which says what there is. One that it shows twice is the earlier
/// for `--since` and the later for `--until`, so that nothing is missed; `notes` says so, and how to choose by the offset.
public final class TimeWords {
    private static final Pattern EPOCH = Pattern.compile("@(-?\\d{1,12}(?:\\.\\d{1,9})?)");
    private static final Pattern HALF_DAY = Pattern.compile(".*\\d ?[ap]m");
    private static final Pattern BOOT = Pattern.compile("boot(?:-(\\d{1,4}))?");
    private static final String DATE_PART = "(?<date>\\d{4}-\\d{2}-\\d{2}|today|yesterday)";
    private static final String TIME_PART = "(?<hour>\\d{1,2}):(?<minute>\\d{2})(?::(?<second>\\d{2})(?:[.,](?<fraction>\\d{1,9}))?)?";
    private static final String ZONE_PART =
            "(?: ?(?<zone>z|[+-]\\d{2}(?::?\\d{2})?|[a-z][a-z0-9_+-]*(?:/[a-z0-9_+-]+)*))?(?:\\[(?<region>[^]]+)\\])?";
    private static final Pattern DATE_TIME = Pattern.compile("(?:" + DATE_PART + "(?: +|t|$))?(?:" + TIME_PART + ZONE_PART + ")?");
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T00:00:00Z");

    private final Instant reference;
    private final Instant now;
    private final List<Boot> boots;
    private final ZoneId zone;
    private final List<String> notes = new ArrayList<>();
    private int firstBoot;
    private int endBoot;

    /// A boot of a machine, and when it began.
    public record Boot(String host, Instant began) {
    }

    /// @param reference what relative words count from: the recording's last event, or now while it is live
    /// @param now what the word `now` is
    /// @param boots the boots that the word `boot` may mean, those of a host in their order
    public TimeWords(Instant reference, Instant now, List<Boot> boots, ZoneId zone) {
        this.reference = reference;
        this.now = now;
        this.boots = boots;
        this.zone = zone;
        this.endBoot = boots.size();
    }

    /// The first of the boots that `--since` leaves in: 0 unless it names one. What a clock that was wrong after a boot shows
    /// does not count then.
    public int firstBoot() {
        return firstBoot;
    }

    /// The boot that `--until` ends before; the number of all unless it names one.
    public int endBoot() {
        return endBoot;
    }

    /// What the reader should know about how a time was understood.
    public List<String> notes() {
        return notes;
    }

    /// The window between two words; either may be null. A word that says no time is a usage [Failure].
    public Window window(String since, String until) {
        Instant from = since == null ? null : instant("--since", since, null, false);
        Instant to = until == null ? null : instant("--until", until, from, true);
        boolean byBoot = firstBoot < endBoot && endBoot < boots.size();
        // Clocks of two boots may say otherwise than their order.
        if (from != null && to != null && (firstBoot > endBoot || !byBoot && !from.isBefore(to))) {
            Timestamps times = new Timestamps(zone);
            throw Failure.usage("--until " + until + " (" + times.brief(to) + "): is not after --since " + since + " (" + times.brief(from)
                    + ") — swap them, or give dates");
        }
        return new Window(from, to);
    }

    /// The window around a point in time, on both sides of it as long.
    public Window around(String word, Duration each) {
        Instant moment = moment("--around", word);
        return new Window(moment.minus(each), moment.plus(each));
    }

    /// The point in time that an option's word says.
    public Instant moment(String option, String word) {
        return instant(option, word, null, false);
    }

    private Instant instant(String option, String given, Instant since, boolean until) {
        String word = given.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
        try {
            Instant found = parse(option + " " + given, word, since, until);
            if (found != null && found.isAfter(FIRST) && found.isBefore(LAST)) {
                return found.minusNanos(found.getNano() % 1_000);
            }
        } catch (DateTimeException | ArithmeticException _) {
            // 25:10, 2026-13-01, a duration of a million years: no such time, as below.
        }
        throw Failure.usage(option + " " + given + ": no such time — try 03:10, \"2026-11-20 03:10\", -15m or boot");
    }

    private Instant parse(String said, String word, Instant since, boolean until) {
        if (word.equals("now")) {
            return now;
        }
        Matcher boot = BOOT.matcher(word);
        if (boot.matches()) {
            int back = boot.group(1) == null ? 0 : Integer.parseInt(boot.group(1));
            Instant began = boot(said, back);
            if (until) {
                endBoot = boots.size() - 1 - back;
            } else {
                firstBoot = boots.size() - 1 - back;
            }
            return began;
        }
        Matcher epoch = EPOCH.matcher(word);
        if (epoch.matches()) {
            BigDecimal seconds = new BigDecimal(epoch.group(1));
            BigDecimal whole = seconds.setScale(0, RoundingMode.FLOOR);
            return Instant.ofEpochSecond(whole.longValueExact(), seconds.subtract(whole).movePointRight(9).longValue());
        }
        if (word.startsWith("+")) {
            Duration after = Durations.parse(word.substring(1));
            if (after != null && since == null) {
                throw Failure.usage(until ? said + ": counts from --since, which is not given — try -15m, or give --since"
                        : said + ": counts from --since and so is for --until — try -15m");
            }
            return after == null ? null : since.plus(after);
        }
        String ago = word.startsWith("-") ? word.substring(1) : word.endsWith(" ago") ? word.substring(0, word.length() - 4) : word;
        Duration before = Durations.parse(ago);
        if (before != null) {
            return reference.minus(before);
        }
        Matcher dateTime = DATE_TIME.matcher(word);
        if (HALF_DAY.matcher(word).matches()) {
            return null;
        }
        return !word.isEmpty() && dateTime.matches() ? dateTime(said, dateTime, since, until) : null;
    }

    private Instant boot(String said, int back) {
        List<String> hosts = boots.stream().map(Boot::host).distinct().toList();
        if (hosts.isEmpty()) {
            throw Failure.usage(said + ": the recording does not say when the machine booted — give a time, such as -8h");
        }
        if (hosts.size() > 1) {
            throw Failure
                    .usage(said + ": there are " + hosts.size() + " hosts, each with boots of its own — add --host " + hosts.getFirst());
        }
        if (back >= boots.size()) {
            throw Failure.usage(said + ": the recording has " + (boots.size() == 1 ? "one boot" : boots.size() + " boots") + " — try boot"
                    + (boots.size() == 1 ? "" : " to boot-" + (boots.size() - 1)));
        }
        Instant began = boots.get(boots.size() - 1 - back).began();
        if (boots.size() > 1) {
            Timestamps times = new Timestamps(zone);
            String which = back == 0 ? "the last" : back == boots.size() - 1 ? "the first" : "number " + (boots.size() - back);
            String earlier = back + 1 < boots.size()
                    ? "; the one before began at " + times.brief(boots.get(boots.size() - 2 - back).began()) + ": boot-" + (back + 1) : "";
            notes.add(said + " is " + which + " of " + boots.size() + " boots, at " + times.brief(began) + earlier);
        }
        return began;
    }

    private Instant dateTime(String said, Matcher match, Instant since, boolean until) {
        ZoneId in = zone(match.group("region") != null && match.group("zone") == null ? match.group("region") : match.group("zone"));
        if (in == null) {
            throw Failure.usage(said + ": no such time zone — try +01:00, Z or Europe/Berlin");
        }
        LocalDate today = reference.atZone(in).toLocalDate();
        String day = match.group("date");
        LocalDate date = day == null ? null : day.equals("today") ? today : day.equals("yesterday") ? today.minusDays(1) : date(said, day);
        if (match.group("hour") == null) {
            return midnight(said, date, in);
        }
        // ISO 8601 has 24:00 too, for a day's end.
        boolean end = match.group("hour").equals("24") && Long.parseLong(digits(match, "minute") + digits(match, "second")
                + digits(match, "fraction")) == 0;
        LocalTime time = end ? LocalTime.MIDNIGHT
                : LocalTime.of(Integer.parseInt(match.group("hour")), Integer.parseInt(match.group("minute")),
                        Integer.parseInt(digits(match, "second")),
                        Integer.parseInt((digits(match, "fraction") + "000000000").substring(0, 9)));
        if (date != null) {
            return local(said, date.plusDays(end ? 1 : 0).atTime(time), in, until).instant();
        }
        Local found = since == null ? lastNotAfterReference(said, today.atTime(time), in, until)
                : firstAfter(said, since, since.atZone(in).toLocalDate().atTime(time), in, until);
        return found.instant();
    }

    private static String digits(Matcher match, String group) {
        return match.group(group) == null ? "0" : match.group(group);
    }

    private static LocalDate date(String said, String day) {
        int year = Integer.parseInt(day.substring(0, 4));
        int month = Integer.parseInt(day.substring(5, 7));
        int of = Integer.parseInt(day.substring(8));
        YearMonth in = YearMonth.of(year, month);
        if (of < 1 || of > in.lengthOfMonth()) {
            throw Failure.usage(said + ": no such day: " + in + " has " + in.lengthOfMonth() + " — try " + in.atEndOfMonth());
        }
        return in.atDay(of);
    }

    /// The zone that a word names, or the reader's when there is none; null when there is no such zone.
    private ZoneId zone(String word) {
        if (word == null) {
            return zone;
        }
        if (word.equals("z") || word.equals("utc") || word.equals("gmt")) {
            return ZoneOffset.UTC;
        }
        if (word.startsWith("+") || word.startsWith("-")) {
            return ZoneOffset.of(word);
        }
        for (String id : ZoneId.getAvailableZoneIds()) {
            if (id.equalsIgnoreCase(word)) {
                return ZoneId.of(id);
            }
        }
        return null;
    }

    // A day may begin at 01:00, where the clock goes forward at midnight, or not be at all: Samoa left one out.
    private static Instant midnight(String said, LocalDate date, ZoneId in) {
        Instant begins = date.atStartOfDay(in).toInstant();
        if (!begins.atZone(in).toLocalDate().equals(date)) {
            throw Failure.usage(said + ": no such day in " + in + ": the calendar left it out — try " + date.plusDays(1));
        }
        return begins;
    }

    private Local lastNotAfterReference(String said, LocalDateTime today, ZoneId in, boolean until) {
        int notesBefore = notes.size();
        ZoneOffsetTransition skip = in.getRules().getTransition(today);
        if (skip == null || !skip.isGap() || !skip.getInstant().isAfter(reference)) {
            Local candidate = local(said, today, in, until);
            if (!candidate.instant().isAfter(reference)) {
                return candidate;
            }
            // Of a time that comes twice the second may be ahead still.
            if (candidate.other() != null && !candidate.other().isAfter(reference)) {
                notes.subList(notesBefore, notes.size()).clear();
                return new Local(candidate.other(), null);
            }
        }
        notes.subList(notesBefore, notes.size()).clear();
        return local(said, today.minusDays(1), in, until);
    }

    private Local firstAfter(String said, Instant since, LocalDateTime sameDay, ZoneId in, boolean until) {
        int notesBefore = notes.size();
        ZoneOffsetTransition skip = in.getRules().getTransition(sameDay);
        if (skip == null || !skip.isGap() || skip.getInstant().isAfter(since)) {
            Local candidate = local(said, sameDay, in, until);
            if (candidate.instant().isAfter(since)) {
                return candidate;
            }
        }
        notes.subList(notesBefore, notes.size()).clear();
        return local(said, sameDay.plusDays(1), in, until);
    }

    /// A local time's instant, and the other one it may be.
    private record Local(Instant instant, Instant other) {
    }

    private Local local(String said, LocalDateTime time, ZoneId in, boolean later) {
        ZoneOffsetTransition change = in.getRules().getTransition(time);
        if (change == null) {
            return new Local(time.atZone(in).toInstant(), null);
        }
        if (change.isGap()) {
            LocalDateTime before = change.getDateTimeBefore();
            LocalDateTime after = change.getDateTimeAfter();
            boolean sameDay = before.toLocalDate().equals(after.toLocalDate());
            throw Failure.usage(said + ": no such time in " + in + ": on " + before.toLocalDate() + " the clock went from "
                    + before.toLocalTime() + " to " + (sameDay ? after.toLocalTime() : after.toString().replace('T', ' '))
                    + " — give a time before "
                    + before.toLocalTime() + ", or " + (sameDay ? after.toLocalTime() : after.toString().replace('T', ' ')) + " or later");
        }
        ZoneOffset first = change.getOffsetBefore();
        ZoneOffset second = change.getOffsetAfter();
        LocalTime of = time.toLocalTime();
        notes.add(said + " came twice on " + time.toLocalDate() + " in " + in + ": taken as the "
                + (later ? "second, " + of + second + "; the first is " + of + first
                        : "first, " + of + first + "; the second is " + of + second));
        return later ? new Local(time.toInstant(second), time.toInstant(first)) : new Local(time.toInstant(first), time.toInstant(second));
    }
}
