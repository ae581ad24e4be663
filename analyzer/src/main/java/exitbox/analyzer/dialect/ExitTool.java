package exitbox.analyzer.dialect;

import exitbox.analyzer.text.TextOut;
import java.time.ZoneId;
import java.util.List;

/// An exit tracer in wide use: which events it shows, and its lines, to the byte. Where it is wrong, so are they; only
/// what would steer a terminal stands as `\xNN`, in a line otherwise as the tool would have printed it.
///
/// Nothing here knows where events come from: [Exit] is filled from a recording or from the ring. Not for several threads.
public abstract sealed class ExitTool permits Exitsnoop, ExitsnoopLibbpf, ExitsnoopEunomia {
    private final String name;
    private final ToolOptions options;

    ExitTool(String name, ToolOptions options) {
        this.name = name;
        this.options = options;
    }

    public final String name() {
        return name;
    }

    /// The options it was given.
    public final ToolOptions options() {
        return options;
    }

    /// Writes its headline, if the tool had been started at this time (microseconds since 1970).
    public abstract void header(TextOut out, long micros);

    /// Writes the event's line. Whether the tool shows the event is to be asked before ([#shows]).
    public abstract void line(Exit exit, TextOut out);

    /// What it makes of an exit word: `0`, `code 3`, `signal 9 (KILL)`.
    public abstract String word(long status);

    /// Whether it can tell this word from success.
    public boolean tells(long status) {
        return true;
    }

    /// Whether its lines have a time.
    public boolean timed() {
        return options.timestamp();
    }

    /// Whether the tool, with its options, shows this event. A cgroup is not looked at.
    public final boolean shows(Exit exit) {
        return (options.perThread() || exit.pid == exit.tid) && (options.pid() == 0 || exit.pid == options.pid())
                && !(options.failed() && exit.status == 0);
    }

    public static List<String> names() {
        return List.of("exitsnoop", "exitsnoop-libbpf", "exitsnoop-eunomia");
    }

    /// The tool of this name; null when there is none.
    ///
    /// @param zone the local one, for tools that print local time
    public static ExitTool of(String name, ToolOptions options, ZoneId zone) {
        return switch (name) {
            case "exitsnoop" -> new Exitsnoop(options, zone);
            case "exitsnoop-libbpf" -> new ExitsnoopLibbpf(options, zone);
            case "exitsnoop-eunomia" -> new ExitsnoopEunomia(options, zone);
            default -> null;
        };
    }
}
