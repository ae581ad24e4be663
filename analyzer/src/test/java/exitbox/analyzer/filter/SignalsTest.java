package exitbox.analyzer.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignalsTest {
    @ParameterizedTest
    @CsvSource({"KILL, 9", "SIGKILL, 9", "sigkill, 9", "9, 9", " term , 15", "HUP, 1", "SYS, 31", "IO, 29", "POLL, 29", "IOT, 6",
        "RTMIN, 34",
        "RTMIN+2, 36", "SIGRTMAX, 64", "RTMAX-1, 63", "64, 64", "65, 0", "0, 0", "-9, 0", "RTMIN+40, 0", "KIL, 0", "SIG, 0", "'', 0",
        "99999999999, 0"})
    void names(String name, int number) {
        assertEquals(number, Signals.number(name));
    }
}
