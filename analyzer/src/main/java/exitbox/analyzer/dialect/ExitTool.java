package exitbox.analyzer.dialect;

import exitbox.analyzer.text.TextOut;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.List;

/// An exit tracer in wide use: which events it shows, and its lines, to the byte. Where it is wrong, so are they; only
/// what would steer a terminal stands as `\xNN`, in a line otherwise as the tool would have printed it.
///
/// Nothing here knows where events come from: [Exit] is filled from a recording or from the ring.
public sealed interface ExitTool permits Exitsnoop, ExitsnoopLibbpf, ExitsnoopEunomia {
    String name();

    /// The options it was given.
    ToolOptions options();

    /// Writes its headline, if the tool had been started at this time (microseconds since 1970).
    void header(TextOut out, long micros);

    /// Writes the event's line. Whether the tool shows the event is to be asked before ([#shows]).
    void line(Exit exit, TextOut out);

    /// Writes what it makes of an exit word: `0`, `code 3`, `signal 9 (KILL)`.
    void word(long status, TextOut out);

    /// The same as text, without a trailing blank.
    default String word(long status) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TextOut out = new TextOut(bytes)) {
            word(status, out);
        }
        return bytes.toString(StandardCharsets.UTF_8).strip();
    }

    /// Whether it can tell this word from success.
    default boolean tells(long status) {
        return true;
    }

    /// Whether the tool, with its options, shows this event. A cgroup is not looked at.
    default boolean shows(Exit exit) {
        ToolOptions options = options();
        return (options.perThread() || exit.pid == exit.tid) && (options.pid() == 0 || exit.pid == options.pid())
                && !(options.failed() && exit.status == 0);
    }

    static List<String> names() {
        return List.of("exitsnoop", "exitsnoop-libbpf", "exitsnoop-eunomia");
    }

    /// The tool of this name; null when there is none.
    ///
    /// @param zone the local one, for tools that print local time
    static ExitTool of(String name, ToolOptions options, ZoneId zone) {
        return switch (name) {
            case "exitsnoop" -> new Exitsnoop(options, zone);
            case "exitsnoop-libbpf" -> new ExitsnoopLibbpf(options, zone);
            case "exitsnoop-eunomia" -> new ExitsnoopEunomia(options, zone);
            default -> null;
        };
    }
}
