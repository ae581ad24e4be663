package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.text.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LogTest {
    private static final long SECOND = 1_000_000_000L;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long now;

    private Log log(Log.Format format) {
        return new Log(new PrintStream(bytes, true, StandardCharsets.UTF_8), format, () -> now);
    }

    private List<String> lines() {
        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        bytes.reset();
        return lines;
    }

    @Test
    void aRepeatedWarningIsHeldBackForAMinuteAndCounted() {
        Log log = log(Log.Format.TEXT);
        for (int i = 0; i < 1000; i++) {
            log.warning("disk full");
            log.warning("other");
            log.settle();
        }
        assertEquals(List.of("exitbox: disk full", "exitbox: other"), lines());
        now = 59 * SECOND;
        log.settle();
        assertEquals(List.of(), lines());
        now = 60 * SECOND;
        log.settle();
        assertEquals(List.of("exitbox: disk full (again, 999 times)", "exitbox: other (again, 999 times)"),
                List.copyOf(new TreeSet<>(lines())));
        log.warning("disk full");
        log.settle();
        assertEquals(List.of(), lines());
        now = 121 * SECOND;
        log.warning("disk full");
        assertEquals(List.of("exitbox: disk full (again, 1 time)", "exitbox: disk full"), lines());
    }

    @Test
    void theEndSaysWhatWasHeldBack() {
        Log log = log(Log.Format.TEXT);
        log.error("a");
        log.error("a");
        log.finish();
        log.error("a");
        assertEquals(List.of("exitbox: a", "exitbox: a (again, 1 time)", "exitbox: a"), lines());
    }

    @Test
    void manyDifferentMessagesAreAllSaidAndTheOldestForgotten() {
        Log log = log(Log.Format.TEXT);
        log.warning("first");
        log.warning("first");
        for (int i = 0; i < 100; i++) {
            log.warning("message " + i);
        }
        List<String> lines = lines();
        assertEquals(102, lines.size());
        assertTrue(lines.contains("exitbox: first (again, 1 time)"), lines.toString());
        log.warning("first");
        assertEquals(List.of("exitbox: first"), lines());
    }

    @Test
    void whatIsAsItShouldBeIsSaidEachTime() {
        Log log = log(Log.Format.TEXT);
        log.info("ready", Map.of());
        log.info("ready", Map.of());
        assertEquals(List.of("exitbox: ready", "exitbox: ready"), lines());
    }

    @Test
    void theJournalGetsThePriorityAndOneLine() {
        Log log = log(Log.Format.JOURNAL);
        log.warning("a\nb\u001b[31m");
        log.error("c");
        log.info("d", Map.of("x", 1L));
        assertEquals(List.of("<4>a\\x0ab\\x1b[31m", "<3>c", "<6>d"), lines());
    }

    @Test
    void jsonIsAnObjectALine() throws IOException {
        Log log = log(Log.Format.JSON);
        log.warning("a\n\"b\"");
        log.warning("a\n\"b\"");
        log.info("ready", Map.of("ms", 12L));
        log.finish();
        List<String> lines = lines();
        assertEquals(3, lines.size());
        Map<String, Object> first = Json.readObject(lines.get(0));
        Instant.parse((String) first.remove("ts"));
        assertEquals(Map.of("level", "warning", "message", "a\n\"b\""), first);
        assertEquals(12L, Json.readObject(lines.get(1)).get("ms"));
        assertEquals(1L, Json.readObject(lines.get(2)).get("repeated"));
    }

    @Test
    void anUnknownFormatIsNamed() {
        assertEquals("--log-format xml: there are text and json",
                assertThrows(Failure.class, () -> Log.Format.of("xml")).getMessage());
    }
}
