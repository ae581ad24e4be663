package exitbox.analyzer.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // percent, milliseconds, line
        "-1   | 1200    | working, 1 s so far (Ctrl-C stops)",
        "0    | 61000   | working, 1 min 1 s so far (Ctrl-C stops)",
        "1.9  | 3000    | working, 3 s so far (Ctrl-C stops)",
        "50   | 2000    | 50 % after 2 s, about 2 s left (Ctrl-C stops)",
        "10.4 | 1000    | 10 % after 1 s, about 9 s left (Ctrl-C stops)",
        "25   | 60000   | 25 % after 1 min 0 s, about 3 min 0 s left (Ctrl-C stops)",
        "2    | 300000  | 2 % after 5 min 0 s, about 4 h 5 min left (Ctrl-C stops)",
        "99.4 | 1000    | 99 % after 1 s, about 1 s left (Ctrl-C stops)",
        "99.6 | 9000    | almost done, 9 s so far (Ctrl-C stops)",
        "100  | 3600000 | almost done, 1 h 0 min so far (Ctrl-C stops)"
    })
    void says(double percent, long millis, String line) {
        assertEquals(line, Progress.line(percent, Duration.ofMillis(millis)));
    }
}
