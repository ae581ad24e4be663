package exitbox.analyzer;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Map;

/// What surrounds a command: its streams, and all that would make two runs differ (terminal, width,
/// zone, clock, environment, folder). Commands take these from here and nowhere else, so that tests fix them.
///
/// @param columns the terminal's width as the start script found it; 0 when not known
public record Console(InputStream in, OutputStream out, OutputStream err, boolean outIsTerminal, boolean errIsTerminal,
        boolean inIsTerminal, int columns, ZoneId zone, Clock clock, Map<String, String> environment, Path folder) {

    /// The process's own surroundings.
    static Console ofProcess() {
        return new Console(new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err), isTerminal(1), isTerminal(2), isTerminal(0), columnsGiven(),
                ZoneId.systemDefault(),
                Clock.systemDefaultZone(), System.getenv(), Path.of("").toAbsolutePath());
    }

    /// A path as the user typed it, relative to the folder the command runs in.
    public Path resolve(String path) {
        return folder.resolve(path);
    }

    public int width() {
        return columns > 0 ? columns : 80;
    }

    // System.console() knows only of stdin and stdout together: `echo … | exitbox sql` on a terminal would count as none.
    private static boolean isTerminal(int descriptor) {
        try {
            String target = Path.of("/proc/self/fd/" + descriptor).toRealPath().toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (java.io.IOException _) {
            return descriptor < 2 && System.console() != null && System.console().isTerminal();
        }
    }

    private static int columnsGiven() {
        String given = System.getenv("COLUMNS");
        try {
            return given == null ? 0 : Integer.parseInt(given);
        } catch (NumberFormatException _) {
            return 0;
        }
    }
}
