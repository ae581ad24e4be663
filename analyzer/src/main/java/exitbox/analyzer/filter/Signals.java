package exitbox.analyzer.filter;

import java.util.List;
import java.util.Locale;

/// Signal numbers by their names on x86 and ARM Linux.
public final class Signals {
    private static final List<String> NAMES = List.of("HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV",
            "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM",
            "PROF", "WINCH", "IO", "PWR", "SYS");
    private static final int RTMIN = 34;
    private static final int RTMAX = 64;

    private Signals() {}

    /// The number of KILL, SIGKILL, sigkill, 9, RTMIN+2, POLL or IOT; 0 when there is no such signal.
    public static int number(String given) {
        String name = given.strip().toUpperCase(Locale.ROOT);
        if (!name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9')) {
            int number = name.length() > 3 ? 0 : Integer.parseInt(name);
            return number <= RTMAX ? number : 0;
        }
        if (name.startsWith("SIG")) {
            name = name.substring(3);
        }
        int index = NAMES.indexOf(name);
        if (index >= 0) {
            return index + 1;
        }
        return switch (name) {
            case "POLL" -> 29;
            case "IOT" -> 6;
            case "CLD" -> 17;
            case "RTMIN" -> RTMIN;
            case "RTMAX" -> RTMAX;
            default -> realTime(name);
        };
    }

    /// The signal's name, SIGKILL say; SIGRTMIN+3 for real-time ones.
    public static String name(int number) {
        if (number >= 1 && number <= NAMES.size()) {
            return "SIG" + NAMES.get(number - 1);
        }
        return number < RTMIN || number > RTMAX ? "signal " + number
                : number == RTMIN ? "SIGRTMIN" : number == RTMAX ? "SIGRTMAX" : "SIGRTMIN+" + (number - RTMIN);
    }

    private static int realTime(String name) {
        if (!name.matches("RTMIN\\+\\d{1,2}|RTMAX-\\d{1,2}")) {
            return 0;
        }
        int steps = Integer.parseInt(name.substring(6));
        int number = name.startsWith("RTMIN") ? RTMIN + steps : RTMAX - steps;
        return number >= RTMIN && number <= RTMAX ? number : 0;
    }
}
