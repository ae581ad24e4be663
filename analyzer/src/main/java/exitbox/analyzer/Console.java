package exitbox.analyzer;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Map;

/// What surrounds a command: its streams, and all that would make two runs differ (terminal, width,
/// zone, clock, environment, folder). Commands take these from here and nowhere else, so that tests fix them.
///
/// @param columns the terminal's width as the start script found it; 0 when not known
/// @param lines the terminal's height; 0 when not known
/// @param bootId the id of this machine's boot; "" when not known
public record Console(InputStream in, OutputStream out, OutputStream err, boolean outIsTerminal, boolean errIsTerminal,
        boolean inIsTerminal, int columns, int lines, ZoneId zone, Clock clock, String bootId, Map<String, String> environment,
        Path folder) {

    /// Surroundings of which neither the terminal's height nor the boot matters.
    Console(InputStream in, OutputStream out, OutputStream err, boolean outIsTerminal, boolean errIsTerminal, boolean inIsTerminal,
            int columns, ZoneId zone, Clock clock, Map<String, String> environment, Path folder) {
        this(in, out, err, outIsTerminal, errIsTerminal, inIsTerminal, columns, 0, zone, clock, "", environment, folder);
    }

    /// The process's own surroundings.
    static Console ofProcess() {
        return new Console(new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err), isTerminal(1), isTerminal(2), isTerminal(0), given("COLUMNS"), given("LINES"),
                ZoneId.systemDefault(),
                Clock.systemDefaultZone(), currentBoot(), System.getenv(), Path.of("").toAbsolutePath());
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
        } catch (IOException _) {
            return descriptor < 2 && System.console() != null && System.console().isTerminal();
        }
    }

    /// What is to be said of the zone: "" when TZ names one, or is not set.
    public String zoneProblem() {
        String given = environment.getOrDefault("TZ", "").replaceFirst("^:", "");
        if (given.isEmpty() || given.startsWith("/") || ZoneId.getAvailableZoneIds().contains(given) || given.matches("UTC0?|GMT0?")) {
            return "";
        }
        return "TZ=" + given + ": no zone that is known by name, times are shown in " + zone.getId()
                + " — set TZ to a name such as America/Chicago";
    }

    private static String currentBoot() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        } catch (IOException _) {
            return "";
        }
    }

    private static int given(String variable) {
        String given = System.getenv(variable);
        try {
            return given == null ? 0 : Integer.parseInt(given);
        } catch (NumberFormatException _) {
            return 0;
        }
    }
}
