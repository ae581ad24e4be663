package exitbox.analyzer.why;

import exitbox.analyzer.filter.Signals;
import exitbox.analyzer.text.Ages;
import exitbox.analyzer.text.Screen;

/// How processes, users and spans of time are called in a sentence.
final class Names {
    /// A blank at which no line ends. It cannot be in text that is made safe.
    static final char UNBROKEN = '\u0001';

    private static final int LINE = 60;
    private static final int TOGETHER = 30;

    private Names() {}

    /// `payments (pid 812)`.
    static String process(Party party) {
        return (party.comm() == null ? "a process" : party.comm()) + " (pid " + party.id().pid() + ")";
    }

    /// What it ran and who it was: `"kill -9 812" (pid 2004, root, login uid 1000)`.
    static String sender(Party party) {
        if (party.comm() == null && party.program() == null) {
            return (party.isInit() ? "the first process, pid " : "pid ") + party.id().pid() + user(party, ", ");
        }
        return (party.isInit() && party.comm() != null ? party.comm() : quoted(party.line(), LINE)) + " (pid " + party.id().pid()
                + (party.isInit() ? "" : user(party, ", ")) + ")";
    }

    /// A command line within a sentence: a short one is not broken over lines.
    static String quoted(String line, int columns) {
        String cut = cut(line, columns);
        return "\"" + (cut.length() <= TOGETHER ? cut.replace(' ', UNBROKEN) : cut) + "\"";
    }

    /// `, root, login uid 1000`; nothing when that is not known.
    static String user(Party party, String before) {
        String user = party.uid() == null ? "" : before + user(party.uid());
        return party.loginuid() == null || party.loginuid().equals(party.uid()) ? user
                : user + ", login uid " + party.loginuid();
    }

    static String user(long uid) {
        return uid == 0 ? "root" : "uid " + uid;
    }

    /// How it ended, of a row with reason and code: `was killed by SIGKILL`, `exited with code 1`.
    static String ended(Fact row) {
        String reason = row.text("reason");
        return reason == null ? "ended, how is not known," : reason.startsWith("killed") ? "was " + reason
                : reason.startsWith("exited") ? "exited with code " + row.number("code", 0)
                : reason.endsWith(", core dumped") ? reason + "," : reason;
    }

    static String signal(long number) {
        return Signals.name((int) number);
    }

    /// `1.20s`; what is no time at all is that.
    static String span(long nanos) {
        return Ages.text(Math.max(0, nanos));
    }

    /// At least so many columns.
    static String pad(String text, int columns) {
        String safe = Screen.safe(text);
        return safe + " ".repeat(Math.max(0, columns - Screen.width(safe)));
    }

    /// At most so many columns, the end left out and that marked.
    static String cut(String text, int columns) {
        String safe = Screen.safe(text);
        if (Screen.width(safe) <= columns) {
            return safe;
        }
        StringBuilder cut = new StringBuilder();
        int width = 1;
        for (int i = 0; i < safe.length();) {
            int point = safe.codePointAt(i);
            width += Screen.width(Character.toString(point));
            if (width > columns) {
                break;
            }
            cut.appendCodePoint(point);
            i += Character.charCount(point);
        }
        return cut.append('…').toString();
    }
}
