package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
    @Test
    void durationsHaveAUnit() {
        assertEquals(Duration.ofMillis(250), Quantity.duration("250ms"));
        assertEquals(Duration.ofSeconds(90), Quantity.duration("90s"));
        assertEquals(Duration.ofMinutes(15), Quantity.duration("15m"));
        assertEquals(Duration.ofHours(8), Quantity.duration("8h"));
        assertEquals(Duration.ofDays(7), Quantity.duration("7d"));
    }

    @Test
    void sizesAreBytesUnlessTheySayOtherwise() {
        assertEquals(0, Quantity.bytes("0"));
        assertEquals(512, Quantity.bytes("512B"));
        assertEquals(64 << 10, Quantity.bytes("64K"));
        assertEquals(64 << 10, Quantity.bytes("64kB"));
        assertEquals(32 << 20, Quantity.bytes("32MiB"));
        assertEquals(2L << 30, Quantity.bytes("2G"));
        assertEquals(1L << 40, Quantity.bytes("1t"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "5", "5x", "-5s", "+5s", "5 s", "1.5h", "5S", "9999999999999999s", "999999999999999d", "40000d", "٣s"})
    void otherDurationsAreRefused(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> Quantity.duration(text)).getMessage();
        assertEquals(text, message.substring(0, text.length()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "K", "65536", "10", "64X", "-1", "1.5M", "64 K", "64KK", "999999999999T", "99999999999999999999"})
    void otherSizesAreRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Quantity.bytes(text));
    }
}
