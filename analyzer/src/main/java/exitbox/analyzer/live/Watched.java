package exitbox.analyzer.live;

import exitbox.analyzer.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A process of this machine whose death is awaited, told from later ones of the same id by when it began.
public final class Watched {
    private static final int STATE = 0;
    private static final int START_TIME = 19;

    private final long pid;
    private final String startTime;

    private Watched(long pid, String startTime) {
        this.pid = pid;
        this.startTime = startTime;
    }

    /// The process of this id; a [Failure] says why there is none to wait for.
    public static Watched of(long pid) {
        String[] stat = stat(pid);
        if (stat == null) {
            throw Failure.usage("-p " + pid + ": no such process — ps -e lists them");
        }
        long process = process(pid);
        if (process != pid) {
            throw Failure.usage("-p " + pid + ": is a thread of process " + process + " — give -p " + process);
        }
        if (isDead(pid, stat)) {
            throw Failure.usage("-p " + pid + ": has died already; it only waits for its parent to notice");
        }
        return new Watched(pid, stat[START_TIME]);
    }

    public long pid() {
        return pid;
    }

    public boolean lives() {
        String[] stat = stat(pid);
        return stat != null && stat[START_TIME].equals(startTime) && !isDead(pid, stat);
    }

    // A leader thread that left early is a zombie, too, but others of its process are not.
    private static boolean isDead(long pid, String[] stat) {
        String[] threads = Path.of("/proc/" + pid + "/task").toFile().list();
        return (stat[STATE].equals("Z") || stat[STATE].equals("X")) && (threads == null || threads.length <= 1);
    }

    /// What /proc/PID/stat has behind the name, which may hold anything; null when there is no such process.
    private static String[] stat(long pid) {
        try {
            String line = new String(Files.readAllBytes(Path.of("/proc/" + pid + "/stat")), StandardCharsets.ISO_8859_1);
            return line.substring(line.lastIndexOf(')') + 2).split(" ");
        } catch (IOException _) {
            return null;
        }
    }

    private static long process(long tid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + tid + "/status"), StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("Tgid:")) {
                    return Long.parseLong(line.substring(5).strip());
                }
            }
        } catch (IOException _) {
            // Died meanwhile.
        }
        return tid;
    }
}
