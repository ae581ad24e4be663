package exitbox.analyzer.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineTest {
    /// What C's and Python's `%.2f` make of nanoseconds / 1e9.
    @ParameterizedTest
    @CsvSource({"0, 0.00", "1, 0.00", "4999999, 0.00", "5000000, 0.01", "5000001, 0.01", "15000000, 0.01", "25000000, 0.03",
        "35000000, 0.04", "45000000, 0.04", "55000000, 0.06", "115000000, 0.12", "125000000, 0.12", "1005000000, 1.00",
        "1115000000, 1.11", "1625000000, 1.62", "2675000000, 2.67", "9995000000, 9.99", "99999995000000, 99999.99",
        "123456785000000, 123456.79", "8388608005000000, 8388608.01", "31536000015000000, 31536000.02",
        "100000000005000001, 100000000.00", "-5000000, -0.01", "-1, -0.00"})
    void ages_are_rounded_as_c_rounds_them(long nanos, String text) {
        assertEquals(text, print(line -> line.seconds(nanos, 1)));
    }

    @Test
    void the_short_way_agrees_with_the_exact_one() {
        for (long hundredths = 0; hundredths < 300_000; hundredths += 7) {
            for (long nanos : new long[]{-5_000_001, -5_000_000, -4_999_999, -1, 0, 1, 4_999_999, 5_000_000, 5_000_001}) {
                check(Math.abs(hundredths * 10_000_000 + nanos));
            }
        }
        for (long nanos = 8_388_000_000_000_000L; nanos < 8_389_000_000_000_000L; nanos += 333_333_333_333L) {
            long tie = nanos / 10_000_000 * 10_000_000 + 5_000_000;
            check(tie - 1);
            check(tie);
            check(tie + 1);
        }
    }

    private static void check(long nanos) {
        assertEquals(Line.rounded(nanos / 1e9), print(line -> line.seconds(nanos, 1)), () -> nanos + " ns");
    }

    @Test
    void columns_are_padded_and_never_cut() {
        assertEquals("0.00    |", print(line -> line.seconds(0, 8).character('|')));
        assertEquals("42     |-1     |4194304|12345678|-      |", print(line -> {
            for (long value : new long[]{42, -1, 4_194_304, 12_345_678, Exit.UNKNOWN}) {
                line.number(value, 7).character('|');
            }
        }));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {
        "bash,               bash            |,              bash            |",
        "日本,               日本              |,            日本          |",
        "a\\x0ab,            a\\x0ab             |,          a\\x0ab             |",
        "back\\\\slash,      back\\slash      |,             back\\slash      |",
        "\\xc2\\x9b,         \\xc2\\x9b               |,     \\xc2\\x9b              |",
        "cut\\xe6\\x97,      cut\\xe6\\x97            |,     cut\\xe6\\x97           |",
        "sixteen-bytes-xx,   sixteen-bytes-xx|,              sixteen-bytes-xx|"})
    void names_are_padded_by_what_the_tool_printed(String escaped, String byPoints, String byBytes) {
        assertEquals(byPoints.strip(), name(escaped, true));
        assertEquals(byBytes.strip(), name(escaped, false));
    }

    private static String name(String escaped, boolean byPoints) {
        return print(line -> line.name(new Exit().comm(escaped), 16, byPoints).character('|'));
    }

    private static String print(Consumer<Line> writing) {
        Line line = new Line();
        writing.accept(line);
        return line.take();
    }
}
