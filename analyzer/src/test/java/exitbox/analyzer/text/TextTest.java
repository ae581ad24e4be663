package exitbox.analyzer.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
    private static String written(Consumer<TextOut> writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TextOut out = new TextOut(bytes);
        writing.accept(out);
        out.flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /// No character below U+0800 and none of the known wider ones reaches a terminal when it could steer it.
    @Test
    void nothingThatSteersGetsThrough() {
        for (int c = 0; c < 0x10000; c++) {
            if (Character.isSurrogate((char) c)) {
                continue;
            }
            String one = Character.toString(c);
            String safe = written(out -> out.safe(one));
            String json = written(out -> out.json(one));
            int type = Character.getType(c);
            boolean harmful = type == Character.CONTROL || type == Character.LINE_SEPARATOR || type == Character.PARAGRAPH_SEPARATOR
                    || c == 0x200e || c == 0x200f || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069;
            if (harmful) {
                assertTrue(safe.chars().allMatch(b -> b >= 0x20 && b < 0x7f), "U+" + Integer.toHexString(c) + " as " + safe);
                assertTrue(json.chars().allMatch(b -> b >= 0x20 && b < 0x7f), "U+" + Integer.toHexString(c) + " as " + json);
            } else if (!Screen.steers((char) c)) {
                assertEquals(one, safe);
            }
            assertEquals(safe, Screen.safe(one));
        }
    }

    @Test
    void textIsUtf8WhateverTheBuffersEdge() {
        String text = "aé日😀".repeat(40_000);
        assertEquals(text, written(out -> out.safe(text)));
        assertEquals(text, written(out -> out.plain(text)));
        assertEquals("?", written(out -> out.safe("\ud800")));
    }

    @Test
    void numbersAreAllTheirDigits() {
        for (long value : new long[]{0, 9, 10, -1, 1_000_000_007L, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertEquals(Long.toString(value), written(out -> out.number(value)));
        }
        assertEquals("007", written(out -> out.digits(7, 3)));
    }

    @Test
    void aColumnIsWhatTheEyeSees() {
        assertEquals("日本    |", written(out -> out.safe("日本").padTo(8).plain('|')));
        assertEquals("\\x1b    |", written(out -> out.safe("\u001b").padTo(8).plain('|')));
        assertEquals(4, Screen.width("日本"));
        assertEquals(1, Screen.width("e\u0301"));
    }

    @Test
    void jsonIsClosedAgainstPages() {
        assertEquals("\"<\\/script>\\\"\\\\\"", written(out -> out.json("</script>\"\\")));
        assertEquals("[ \"\\u009b\"]", written(out -> out.jsonValue("[\n\"\u009b\"]")));
    }

    @Test
    void whatWasWrittenCanBeTakenBackUntilItLeft() {
        TextOut out = new TextOut(new ByteArrayOutputStream());
        out.plain("abc");
        assertTrue(out.takeBack());
        out.plain("abc").flush();
        assertFalse(out.takeBack());
    }

    @ParameterizedTest
    @CsvSource({"0, 0.0ms", "1234567, 1.2ms", "9949999, 9.9ms", "9950000, 10ms", "10000000, 10ms", "999499999, 999ms", "999500000, 1.00s",
        "1000000000, 1.00s", "59994999999, 59.99s", "59995000000, 1m00s", "60000000000, 1m00s", "899999999775, 15m00s",
        "3599499999999, 59m59s", "3599500000000, 1h00m", "86369999999999, 23h59m", "86370000000000, 1d00h", "31536000000000000, 365d00h",
        "-5000000, -5.0ms"})
    void agesAreShortAndRounded(long nanos, String text) {
        assertEquals(text, Ages.text(nanos));
        assertEquals(" ".repeat(9 - text.length()) + text, written(out -> Ages.write(out, nanos, 9)));
    }

    @Test
    void sizesAndCountsAreForPeople() {
        assertEquals("1,234,567", Counts.text(1_234_567));
        assertEquals("1 row", Counts.of(1, "row"));
        assertEquals("2 rows", Counts.of(2, "row"));
        assertEquals("1023 B", Counts.bytes(1023));
        assertEquals("1.5 KiB", Counts.bytes(1536));
        assertEquals("64 MiB", Counts.bytes(64 << 20));
    }

    @Test
    void theNearestWordIsWhatWasMeant() {
        List<String> words = List.of("replay", "sql", "info", "schema", "completion");
        assertEquals("replay", Nearest.to("repaly", words));
        assertEquals("schema", Nearest.to("shcema", words));
        assertEquals("info", Nearest.to("inf", words));
        assertNull(Nearest.to("frobnicate", words));
    }

    /// The quick way agrees with the JDK's at random times, in zones with and without clock changes.
    @Test
    void timesAreTheZonesOwn() {
        DateTimeFormatter format = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSSxxx");
        Random random = new Random(7);
        for (String name : List.of("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kolkata", "Australia/Lord_Howe")) {
            Timestamps times = new Timestamps(ZoneId.of(name));
            long micros = 1_790_000_000_000_000L;
            for (int i = 0; i < 20_000; i++) {
                micros += random.nextLong(-4_000_000_000_000L, 4_000_100_000_000L);
                long now = micros;
                Instant instant = Instant.ofEpochSecond(Math.floorDiv(now, 1_000_000L), Math.floorMod(now, 1_000_000L) * 1_000L);
                String expected = OffsetDateTime.ofInstant(instant, ZoneId.of(name)).format(format);
                assertEquals(expected, written(out -> times.exact(out, now, ' ')));
                assertEquals(expected.substring(0, 23), written(out -> times.millis(out, now)));
            }
        }
    }
}
