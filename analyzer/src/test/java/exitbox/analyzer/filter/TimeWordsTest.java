package exitbox.analyzer.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.analyzer.Failure;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeWordsTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Instant BOOT = Instant.parse("2026-11-19T05:00:00Z");

    private static TimeWords words(String reference) {
        return new TimeWords(Instant.parse(reference), () -> BOOT, BERLIN);
    }

    /// From 09:00 on 2026-11-20 in Berlin.
    @ParameterizedTest
    @CsvSource({
        "03:10, 2026-11-20T02:10:00Z",
        "3:10, 2026-11-20T02:10:00Z",
        "09:00, 2026-11-20T08:00:00Z",
        "09:00:01, 2026-11-19T08:00:01Z",
        "23:50, 2026-11-19T22:50:00Z",
        "03:10:05.25, 2026-11-20T02:10:05.250Z",
        "'03:10:05,25', 2026-11-20T02:10:05.250Z",
        "2026-11-20 03:10, 2026-11-20T02:10:00Z",
        "2026-11-20T03:10:00Z, 2026-11-20T03:10:00Z",
        "2026-11-20T03:10-0500, 2026-11-20T08:10:00Z",
        "2026-11-20, 2026-11-19T23:00:00Z",
        "today, 2026-11-19T23:00:00Z",
        "yesterday, 2026-11-18T23:00:00Z",
        "yesterday 22:00, 2026-11-19T21:00:00Z",
        "Yesterday 22:00, 2026-11-19T21:00:00Z",
        "now, 2026-11-20T08:00:00Z",
        "boot, 2026-11-19T05:00:00Z",
        "-15m, 2026-11-20T07:45:00Z",
        "15m, 2026-11-20T07:45:00Z",
        "90s ago, 2026-11-20T07:58:30Z",
        "1h30m, 2026-11-20T06:30:00Z",
        "-1.5h, 2026-11-20T06:30:00Z",
        "2d, 2026-11-18T08:00:00Z",
        "1w, 2026-11-13T08:00:00Z",
        "250ms, 2026-11-20T07:59:59.750Z",
        "@1760000000.5, 2025-10-09T08:53:20.500Z",
        "@0, 1970-01-01T00:00:00Z",
        "@-1.25, 1969-12-31T23:59:58.750Z"
    })
    void sinceIsReadAs(String word, Instant expected) {
        assertEquals(expected, words("2026-11-20T08:00:00Z").window(word, null).since());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "25:10", "24:00", "03:60", "3", "310", "tomorrow", "2026-02-30", "2026-13-01", "2026-11-20 25:00", "20.11.2026",
                "-15", "-15x", "15m ", "--15m", "@", "@x", "@99999999999999999999", "999999999w", "03:10 yesterday", "now-1h"})
    void whatIsNoTimeIsRefused(String word) {
        if (word.equals("15m ")) {
            assertEquals(Instant.parse("2026-11-20T07:45:00Z"), words("2026-11-20T08:00:00Z").window(word, null).since());
            return;
        }
        Failure failure = assertThrows(Failure.class, () -> words("2026-11-20T08:00:00Z").window(word, null));
        assertEquals(Failure.USAGE, failure.status());
        assertTrue(failure.getMessage().startsWith("--since " + word + ": no such time — try 03:10"), failure.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        // The evening before, when asked in the morning; tonight, when asked shortly before midnight or behind it.
        "2026-11-20T08:00:00Z, 23:50, 00:30, 2026-11-19T22:50:00Z, 2026-11-19T23:30:00Z",
        "2026-11-20T22:55:00Z, 23:50, 00:30, 2026-11-20T22:50:00Z, 2026-11-20T23:30:00Z",
        "2026-11-20T23:10:00Z, 23:50, 00:30, 2026-11-20T22:50:00Z, 2026-11-20T23:30:00Z",
        "2026-11-20T08:00:00Z, 03:10, 03:14, 2026-11-20T02:10:00Z, 2026-11-20T02:14:00Z",
        "2026-11-20T02:12:00Z, 03:10, 03:14, 2026-11-20T02:10:00Z, 2026-11-20T02:14:00Z",
        "2026-11-20T08:00:00Z, 2026-11-18 22:00, 01:00, 2026-11-18T21:00:00Z, 2026-11-19T00:00:00Z",
        "2026-11-20T08:00:00Z, 03:10, +90s, 2026-11-20T02:10:00Z, 2026-11-20T02:11:30Z",
        "2026-11-20T08:00:00Z, -2h, -1h, 2026-11-20T06:00:00Z, 2026-11-20T07:00:00Z",
        "2026-11-20T08:00:00Z, boot, now, 2026-11-19T05:00:00Z, 2026-11-20T08:00:00Z"
    })
    void untilFollowsSince(String reference, String since, String until, Instant from, Instant to) {
        assertEquals(new Window(from, to), words(reference).window(since, until));
    }

    @Test
    void untilMustBeLater() {
        assertThrows(Failure.class, () -> words("2026-11-20T08:00:00Z").window("now", "-1h"));
        assertThrows(Failure.class, () -> words("2026-11-20T08:00:00Z").window(null, "+1h"));
    }

    /// In Berlin 02:00 to 03:00 comes twice on 2026-10-25.
    @Test
    void theHourThatComesTwiceIsWidest() {
        TimeWords words = words("2026-10-25T12:00:00Z");
        Window window = words.window("2026-10-25 02:30", "2026-10-25 02:40");
        assertEquals(new Window(Instant.parse("2026-10-25T00:30:00Z"), Instant.parse("2026-10-25T01:40:00Z")), window);
        assertEquals(2, words.notes().size());
        assertTrue(words.notes().getFirst().contains("came twice"), words.notes().getFirst());
    }

    /// In Berlin there is no 02:00 to 03:00 on 2026-03-29.
    @Test
    void theHourThatIsSkippedIsMovedOn() {
        TimeWords words = words("2026-03-29T12:00:00Z");
        assertEquals(Instant.parse("2026-03-29T01:30:00Z"), words.window("02:30", null).since());
        assertTrue(words.notes().getFirst().contains("was skipped"), words.notes().getFirst());
    }

    @Test
    void anUnknownBootIsSaid() {
        TimeWords words = new TimeWords(Instant.EPOCH, () -> null, BERLIN);
        assertThrows(Failure.class, () -> words.window("boot", null));
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
