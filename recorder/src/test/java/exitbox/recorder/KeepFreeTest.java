package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How much of a disk is left to others.
class KeepFreeTest {
    @ParameterizedTest
    @CsvSource({"10%,100000,10000", "0%,100000,0", "99%,100000,99000", "0,100000,0", "5K,100000,5120", "2G,100,2147483648",
        "50%,9223372036854775807,4611686018427387900"})
    void isAShareOrASize(String text, long total, long left) {
        assertEquals(left, KeepFree.of(text).of(total));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"100% | 100%: not a share: 0% to 99%", "-1% | -1%: not a share: 0% to 99%",
        "1.5% | 1.5%: not a share: 0% to 99%", "% | %: not a share: 0% to 99%", "5X | 5X: neither a size nor a share: 5G, 10%, 0",
        "some | some: neither a size nor a share: 5G, 10%, 0"})
    void allElseIsRefused(String text, String message) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> KeepFree.of(text)).getMessage());
    }

    @Test
    void sizesForPeople() {
        assertEquals("512 bytes", Quantity.words(512));
        assertEquals("1.0 KiB", Quantity.words(1024));
        assertEquals("3.5 MiB", Quantity.words(3_670_016));
        assertEquals("2.0 TiB", Quantity.words(2L << 40));
    }
}
