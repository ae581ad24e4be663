package exitbox.analyzer.why;

import exitbox.analyzer.filter.Window;
import exitbox.analyzer.text.Screen;
import exitbox.analyzer.text.Timestamps;

/// Command lines that show another death of the same recording, to be pasted into a shell.
///
/// @param folder what was given with -d; null when nothing was
/// @param severalHosts whether a PID needs its host
/// @param utc whether times are to be read as UTC
public record Invocation(String folder, boolean severalHosts, boolean utc, Timestamps times) {
    /// The command that explains the death of a row with host, pid and us.
    String why(Fact row) {
        StringBuilder command = new StringBuilder("exitbox why -p ").append(row.number("pid", 0));
        if (row.has("us")) {
            command.append(" --at ").append(word(times.brief(Window.ofMicros(row.number("us")))));
        }
        if (severalHosts) {
            command.append(" --host ").append(word(row.text("host")));
        }
        return command.append(common()).toString();
    }

    /// The command that replays the minute around a moment.
    String replay(long micros) {
        return "exitbox replay --since " + word(times.brief(Window.ofMicros(micros - 60_000_000))) + " --until "
                + word(times.brief(Window.ofMicros(micros + 60_000_000))) + common();
    }

    /// The command that shows the last deaths.
    String last() {
        return "exitbox replay -r -n 5" + common();
    }

    private String common() {
        return (utc ? " --utc" : "") + (folder == null ? "" : " -d " + word(folder));
    }

    /// A word as a shell takes it for what it is.
    static String word(String text) {
        String safe = Screen.safe(text);
        return safe.matches("[A-Za-z0-9_./:=@,+-]+") ? safe : "'" + safe.replace("'", "'\\''") + "'";
    }
}
