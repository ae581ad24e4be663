package exitbox.analyzer.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.analyzer.Failure;
import exitbox.analyzer.filter.TimeWords.Boot;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is typed, when and where, and what is meant: instants are told by their local time with its offset.
class TimeWordsTest {
    private static final List<Boot> ONE_BOOT = List.of(new Boot("web1", Instant.parse("2026-11-19T05:00:00Z")));
    // Later than any reference below: a recording of which the last event is some time ago.
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    private static TimeWords words(String zone, String reference) {
        ZoneId in = ZoneId.of(zone);
        return new TimeWords(at(in, reference), NOW, ONE_BOOT, in);
    }

    /// A local time, where it is not ambiguous, or one with its offset.
    private static Instant at(ZoneId zone, String text) {
        String iso = text.replace(' ', 'T');
        return iso.matches(".*([+-]\\d\\d:\\d\\d|Z)$") ? Instant.parse(iso) : LocalDateTime.parse(iso).atZone(zone).toInstant();
    }

    private static String local(ZoneId zone, Instant instant) {
        return instant == null ? null : instant.atZone(zone).toOffsetDateTime().toString().replace('T', ' ');
    }

    /// The last event is of Friday, 2026-11-20 09:00 in Berlin.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // a time of day: the last that is not after the last event
        "03:10                         | 2026-11-20 03:10+01:00",
        "3:10                          | 2026-11-20 03:10+01:00",
        "09:00                         | 2026-11-20 09:00+01:00",
        "09:00:01                      | 2026-11-19 09:00:01+01:00",
        "23:50                         | 2026-11-19 23:50+01:00",
        "24:00                         | 2026-11-20 00:00+01:00",
        "03:10:05.25                   | 2026-11-20 03:10:05.250+01:00",
        "03:10:05,250001               | 2026-11-20 03:10:05.250001+01:00",
        // the same with a zone of its own
        "03:10Z                        | 2026-11-20 04:10+01:00",
        "03:10+01:00                   | 2026-11-20 03:10+01:00",
        "03:10 UTC                     | 2026-11-20 04:10+01:00",
        "03:10 Asia/Tokyo              | 2026-11-19 19:10+01:00",
        "03:10 Europe/Amsterdam        | 2026-11-20 03:10+01:00",
        "2026-11-20 03:10 Pacific/Guam | 2026-11-19 18:10+01:00",
        // dates
        "2026-11-20 03:10              | 2026-11-20 03:10+01:00",
        "2026-11-20  03:10:07          | 2026-11-20 03:10:07+01:00",
        "2026-11-20                    | 2026-11-20 00:00+01:00",
        "2026-11-19 24:00              | 2026-11-20 00:00+01:00",
        "2026-11-21 10:00              | 2026-11-21 10:00+01:00",
        "today                         | 2026-11-20 00:00+01:00",
        "today 08:00                   | 2026-11-20 08:00+01:00",
        "yesterday                     | 2026-11-19 00:00+01:00",
        "yesterday 22:00               | 2026-11-19 22:00+01:00",
        "Yesterday 22:00               | 2026-11-19 22:00+01:00",
        "2026-07-01 12:00              | 2026-07-01 12:00+02:00",
        // ISO 8601
        "2026-11-20T03:10:00Z          | 2026-11-20 04:10+01:00",
        "2026-11-20T03:10:00.5+05:30   | 2026-11-19 22:40:00.500+01:00",
        "2026-11-20T03:10-0500         | 2026-11-20 09:10+01:00",
        "2026-11-20T03:10+09           | 2026-11-19 19:10+01:00",
        "2026-11-20T03:10+01:00[Europe/Berlin] | 2026-11-20 03:10+01:00",
        "2026-11-20T03:10[Asia/Tokyo]  | 2026-11-19 19:10+01:00",
        // distances from the last event
        "-15m                          | 2026-11-20 08:45+01:00",
        "15m                           | 2026-11-20 08:45+01:00",
        "15m ago                       | 2026-11-20 08:45+01:00",
        "1h30m                         | 2026-11-20 07:30+01:00",
        "-1.5h                         | 2026-11-20 07:30+01:00",
        "2d                            | 2026-11-18 09:00+01:00",
        "1w                            | 2026-11-13 09:00+01:00",
        "250ms                         | 2026-11-20 08:59:59.750+01:00",
        // others
        "boot                          | 2026-11-19 06:00+01:00",
        "now                           | 2030-01-01 01:00+01:00",
        "@1760000000.5                 | 2025-10-09 10:53:20.500+02:00",
        "@0                            | 1970-01-01 01:00+01:00",
        "@-1.25                        | 1970-01-01 00:59:58.750+01:00",
        "@1760000000.1234567           | 2025-10-09 10:53:20.123456+02:00"
    })
    void since(String word, String expected) {
        TimeWords words = words("Europe/Berlin", "2026-11-20 09:00");
        assertEquals(expected, local(ZoneId.of("Europe/Berlin"), words.window(word, null).since()));
        assertEquals(List.of(), words.notes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "25:10", "24:30", "03:60", "03:10:60", "3", "310", "3:1", "tomorrow", "2026-13-01", "2026-00-10",
        "2026-11-20 25:00", "20.11.2026", "2026-11-2003:10", "-15", "-15x", "--15m", "+", "@", "@x", "@99999999999999999999", "999999999w",
        "999999999w999999999w", "+999999999w999999999w", "200000d", "03:10 yesterday", "now-1h", "boot-", "03:10pm", "03:10 PM", "3 am",
        "03:10+25:00", "'03:10'"})
    void whatIsNoTimeIsRefused(String word) {
        Failure failure = assertThrows(Failure.class, () -> words("Europe/Berlin", "2026-11-20 09:00").window(word, null));
        assertEquals(Failure.USAGE, failure.status());
        String reason =
                word.endsWith("yesterday") ? "no such time zone — " : "no such time — try 03:10, \"2026-11-20 03:10\", -15m or boot";
        assertTrue(failure.getMessage().startsWith("--since " + word + ": " + reason), failure.getMessage());
    }

    /// The last event's time in Berlin, both words, and the window.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // over midnight: the evening before when asked in the morning, tonight when asked around midnight
        "2026-11-20 09:00 | 23:50            | 00:30 | 2026-11-19 23:50+01:00 | 2026-11-20 00:30+01:00",
        "2026-11-20 23:55 | 23:50            | 00:30 | 2026-11-20 23:50+01:00 | 2026-11-21 00:30+01:00",
        "2026-11-21 00:10 | 23:50            | 00:30 | 2026-11-20 23:50+01:00 | 2026-11-21 00:30+01:00",
        "2026-11-20 09:00 | 22:00            | 24:00 | 2026-11-19 22:00+01:00 | 2026-11-20 00:00+01:00",
        "2026-11-20 09:00 | yesterday        | today | 2026-11-19 00:00+01:00 | 2026-11-20 00:00+01:00",
        // over New Year, and the end of February
        "2027-01-01 09:00 | 23:50            | 00:30 | 2026-12-31 23:50+01:00 | 2027-01-01 00:30+01:00",
        "2028-02-29 09:00 | 23:50            | 00:30 | 2028-02-28 23:50+01:00 | 2028-02-29 00:30+01:00",
        "2028-03-01 09:00 | yesterday        | today | 2028-02-29 00:00+01:00 | 2028-03-01 00:00+01:00",
        "2026-03-01 09:00 | yesterday        | today | 2026-02-28 00:00+01:00 | 2026-03-01 00:00+01:00",
        // a time of day for --until is the first behind --since
        "2026-11-20 09:00 | 03:10            | 03:14 | 2026-11-20 03:10+01:00 | 2026-11-20 03:14+01:00",
        "2026-11-20 03:12 | 03:10            | 03:14 | 2026-11-20 03:10+01:00 | 2026-11-20 03:14+01:00",
        "2026-11-20 09:00 | 2026-11-18 22:00 | 01:00 | 2026-11-18 22:00+01:00 | 2026-11-19 01:00+01:00",
        "2026-11-20 09:00 | 03:10            | 03:10 | 2026-11-20 03:10+01:00 | 2026-11-21 03:10+01:00",
        // distances
        "2026-11-20 09:00 | 03:10            | +90s  | 2026-11-20 03:10+01:00 | 2026-11-20 03:11:30+01:00",
        "2026-11-20 09:00 | -2h              | -1h   | 2026-11-20 07:00+01:00 | 2026-11-20 08:00+01:00",
        "2026-11-20 09:00 | boot             | +5m   | 2026-11-19 06:00+01:00 | 2026-11-19 06:05+01:00",
        "2026-11-20 09:00 | boot             | now   | 2026-11-19 06:00+01:00 | 2030-01-01 01:00+01:00",
        // across a change of the clock distances are of real time, times of day of the clock
        "2026-10-25 09:00 | 01:30            | +2h   | 2026-10-25 01:30+02:00 | 2026-10-25 02:30+01:00",
        "2026-10-25 09:00 | 01:30            | 03:30 | 2026-10-25 01:30+02:00 | 2026-10-25 03:30+01:00",
        "2026-03-29 09:00 | 01:30            | +2h   | 2026-03-29 01:30+01:00 | 2026-03-29 04:30+02:00",
        "2026-03-29 09:00 | 01:30            | 03:30 | 2026-03-29 01:30+01:00 | 2026-03-29 03:30+02:00",
        "2026-03-29 09:00 | -1d              | now   | 2026-03-28 08:00+01:00 | 2030-01-01 01:00+01:00"
    })
    void sinceAndUntil(String reference, String since, String until, String from, String to) {
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        TimeWords words = words("Europe/Berlin", reference);
        Window window = words.window(since, until);
        assertEquals(from + " | " + to, local(berlin, window.since()) + " | " + local(berlin, window.until()));
        assertEquals(List.of(), words.notes());
    }

    /// Times that come twice: the widest window is taken, it is said, and an offset chooses.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // zone, last event, since, until, window, what is said
        "Europe/Berlin | 2026-10-25 09:00 | 02:30 | 02:40 | 2026-10-25 02:30+02:00 | 2026-10-25 02:40+01:00"
                + " | --since 02:30 came twice on 2026-10-25 in Europe/Berlin: taken as the first, 02:30+02:00; the second is 02:30+01:00"
                + " / --until 02:40 came twice on 2026-10-25 in Europe/Berlin: taken as the second, 02:40+01:00; the first is 02:40+02:00",
        "Europe/Berlin | 2026-10-25 09:00 | 02:30+01:00 | 03:00 | 2026-10-25 02:30+01:00 | 2026-10-25 03:00+01:00 | ''",
        "Europe/Berlin | 2026-10-25 09:00 | 02:30+02:00 | 02:40+02:00 | 2026-10-25 02:30+02:00 | 2026-10-25 02:40+02:00 | ''",
        // while the hour comes for the first time only that one can be meant
        "Europe/Berlin | 2026-10-25T00:45:00Z | 02:30 | 02:40+02:00 | 2026-10-25 02:30+02:00 | 2026-10-25 02:40+02:00"
                + " | --since 02:30 came twice on 2026-10-25 in Europe/Berlin: taken as the first, 02:30+02:00; the second is 02:30+01:00",
        "America/New_York | 2026-11-01 08:00 | 01:15 | +5m | 2026-11-01 01:15-04:00 | 2026-11-01 01:20-04:00"
                + " | --since 01:15 came twice on 2026-11-01 in America/New_York: taken as the first, 01:15-04:00; the second is 01:15-05:00",
        // half an hour, in the other half of the year
        "Australia/Lord_Howe | 2026-04-05 09:00 | 01:45 | 02:00 | 2026-04-05 01:45+11:00 | 2026-04-05 02:00+10:30"
                + " | --since 01:45 came twice on 2026-04-05 in Australia/Lord_Howe: taken as the first, 01:45+11:00; the second is 01:45+10:30"
    })
    void timesThatComeTwice(String zone, String reference, String since, String until, String from, String to, String notes) {
        TimeWords words = words(zone, reference);
        Window window = words.window(since, until);
        assertEquals(from + " | " + to, local(ZoneId.of(zone), window.since()) + " | " + local(ZoneId.of(zone), window.until()));
        assertEquals(notes, String.join(" / ", words.notes()));
    }

    /// Times that never come: what is said instead, and words around them that do.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Europe/Berlin | 2026-03-29 09:00 | 02:30            | no such time in Europe/Berlin: on 2026-03-29 the clock went from 02:00 to 03:00 — give a time before 02:00, or 03:00 or later",
        "Europe/Berlin | 2026-11-20 09:00 | 2026-03-29 02:00 | no such time in Europe/Berlin: on 2026-03-29 the clock went from 02:00 to 03:00 — give a time before 02:00, or 03:00 or later",
        "Europe/Berlin | 2026-03-29 09:00 | 03:00            | 2026-03-29 03:00+02:00",
        "Europe/Berlin | 2026-03-29 09:00 | 02:30+01:00      | 2026-03-29 03:30+02:00",
        // the night before the change it is last night's
        "Europe/Berlin | 2026-03-29 01:00 | 02:30            | 2026-03-28 02:30+01:00",
        // a clock that goes forward at midnight: the day begins at one
        "Africa/Cairo  | 2026-04-24 09:00 | today            | 2026-04-24 01:00+03:00",
        "Africa/Cairo  | 2026-04-24 09:00 | 2026-04-24       | 2026-04-24 01:00+03:00",
        "Africa/Cairo  | 2026-04-24 09:00 | today 00:30      | no such time in Africa/Cairo: on 2026-04-24 the clock went from 00:00 to 01:00 — give a time before 00:00, or 01:00 or later",
        // and one that is set back at midnight: the day's first
        "America/Havana | 2026-11-01 09:00 | today           | 2026-11-01 00:00-04:00",
        // Samoa moved across the date line
        "Pacific/Apia  | 2011-12-31 09:00 | 2011-12-30       | no such day in Pacific/Apia: the calendar left it out — try 2011-12-31",
        // days that no calendar has
        "Europe/Berlin | 2026-03-29 09:00 | 2026-02-29       | no such day: 2026-02 has 28 — try 2026-02-28",
        "Europe/Berlin | 2028-03-29 09:00 | 2028-02-29       | 2028-02-29 00:00+01:00",
        "Europe/Berlin | 2028-03-29 09:00 | 2028-02-30       | no such day: 2028-02 has 29 — try 2028-02-29",
        "Europe/Berlin | 2026-03-29 09:00 | 2026-04-31 10:00 | no such day: 2026-04 has 30 — try 2026-04-30",
        "Europe/Berlin | 2026-03-29 09:00 | 2000-02-29       | 2000-02-29 00:00+01:00",
        "Europe/Berlin | 2026-03-29 09:00 | 1900-02-29       | no such day: 1900-02 has 28 — try 1900-02-28",
        "Europe/Berlin | 2026-03-29 09:00 | 03:10 Europe/Berln | no such time zone — try +01:00, Z or Europe/Berlin"
    })
    void timesThatNeverCome(String zone, String reference, String word, String expected) {
        TimeWords words = words(zone, reference);
        String got;
        try {
            got = local(ZoneId.of(zone), words.window(word, null).since());
        } catch (Failure e) {
            assertEquals(Failure.USAGE, e.status());
            got = e.getMessage().substring(("--since " + word + ": ").length());
        }
        assertEquals(expected, got);
    }

    /// A recording from elsewhere is asked in the reader's zone: the same instant has many names.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "UTC              | 03:10 | 2026-11-20 03:10Z",
        "Asia/Tokyo       | 12:10 | 2026-11-20 12:10+09:00",
        "Asia/Kolkata     | 08:40 | 2026-11-20 08:40+05:30",
        "America/New_York | 22:10 | 2026-11-19 22:10-05:00",
        "Pacific/Auckland | 16:10 | 2026-11-20 16:10+13:00"
    })
    void theReadersZoneHolds(String zone, String word, String expected) {
        TimeWords words = new TimeWords(Instant.parse("2026-11-20T08:00:00Z"), NOW, ONE_BOOT, ZoneId.of(zone));
        Instant since = words.window(word, null).since();
        assertEquals(expected, local(ZoneId.of(zone), since));
        assertEquals(Instant.parse("2026-11-20T03:10:00Z"), since);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "now        | -1h              | --until -1h (2026-11-20 08:00:00): is not after --since now (2030-01-01 01:00:00) — swap them, or give dates",
        "03:14      | 2026-11-20 03:10 | --until 2026-11-20 03:10 (2026-11-20 03:10:00): is not after --since 03:14 (2026-11-20 03:14:00) — swap them, or give dates",
        "today      | today            | --until today (2026-11-20 00:00:00): is not after --since today (2026-11-20 00:00:00) — swap them, or give dates",
        "''         | +1h              | --until +1h: counts from --since, which is not given — try -15m, or give --since",
        "+1h        | ''               | --since +1h: counts from --since and so is for --until — try -15m",
        "boot-1     | ''               | --since boot-1: the recording has one boot — try boot"
    })
    void whatCannotBeIsSaid(String since, String until, String expected) {
        Failure failure = assertThrows(Failure.class, () -> words("Europe/Berlin", "2026-11-20 09:00")
                .window(since.isEmpty() ? null : since, until.isEmpty() ? null : until));
        assertEquals(expected, failure.getMessage());
        assertEquals(Failure.USAGE, failure.status());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "boot   | 2026-11-20 05:00Z | --since boot is the last of 3 boots, at 2026-11-20 05:00:00; the one before began at 2026-11-19 05:00:00: boot-1",
        "boot-1 | 2026-11-19 05:00Z | --since boot-1 is number 2 of 3 boots, at 2026-11-19 05:00:00; the one before began at 2026-11-18 05:00:00: boot-2",
        "boot-2 | 2026-11-18 05:00Z | --since boot-2 is the first of 3 boots, at 2026-11-18 05:00:00",
        "boot-3 | ''                | --since boot-3: the recording has 3 boots — try boot to boot-2"
    })
    void bootsAreCountedFromTheLast(String word, String expected, String said) {
        List<Boot> boots = List.of(new Boot("web1", Instant.parse("2026-11-18T05:00:00Z")),
                new Boot("web1", Instant.parse("2026-11-19T05:00:00Z")), new Boot("web1", Instant.parse("2026-11-20T05:00:00Z")));
        TimeWords words = new TimeWords(Instant.parse("2026-11-20T08:00:00Z"), NOW, boots, ZoneOffset.UTC);
        if (expected.isEmpty()) {
            assertEquals(said, assertThrows(Failure.class, () -> words.window(word, null)).getMessage());
        } else {
            assertEquals(expected, local(ZoneOffset.UTC, words.window(word, null).since()));
            assertEquals(List.of(said), words.notes());
        }
    }

    /// What the clock showed in the second boot lies before the first.
    @Test
    void bootsAreInTheirOrderWhateverTheirClocksShowed() {
        List<Boot> boots = List.of(new Boot("web1", Instant.parse("2026-11-19T05:00:00Z")),
                new Boot("web1", Instant.parse("2026-11-18T05:00:00Z")));
        TimeWords words = new TimeWords(Instant.parse("2026-11-20T08:00:00Z"), NOW, boots, ZoneOffset.UTC);
        words.window("boot-1", "boot");
        assertEquals("0 1", words.firstBoot() + " " + words.endBoot());
        Failure failure = assertThrows(Failure.class, () -> words.window("boot", "boot-1"));
        assertEquals("--until boot-1 (2026-11-19 05:00:00): is not after --since boot (2026-11-18 05:00:00) — swap them, or give dates",
                failure.getMessage());
        assertEquals(Failure.USAGE, failure.status());
    }

    @Test
    void theBootOfTwoHostsIsNoAnswer() {
        List<Boot> boots = List.of(new Boot("db1", Instant.EPOCH), new Boot("web1", Instant.EPOCH));
        Failure two = assertThrows(Failure.class, () -> new TimeWords(NOW, NOW, boots, ZoneOffset.UTC).window("boot", null));
        assertEquals("--since boot: there are 2 hosts, each with boots of its own — add --host db1", two.getMessage());
        Failure none = assertThrows(Failure.class, () -> new TimeWords(NOW, NOW, List.of(), ZoneOffset.UTC).window("boot", null));
        assertEquals("--since boot: the recording does not say when the machine booted — give a time, such as -8h", none.getMessage());
    }

    @Test
    void aWindowTouchesWhatOverlapsIt() {
        Window window = new Window(Instant.ofEpochSecond(10), Instant.ofEpochSecond(20));
        assertTrue(window.touches(Instant.ofEpochSecond(5), Instant.ofEpochSecond(10)));
        assertTrue(window.touches(Instant.ofEpochSecond(19), null));
        assertTrue(!window.touches(Instant.ofEpochSecond(20), Instant.ofEpochSecond(30)));
        assertTrue(!window.touches(null, Instant.ofEpochSecond(9)));
        assertTrue(Window.ALL.touches(null, null));
    }
}
