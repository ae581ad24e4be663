package exitbox.recorder.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Which of the capabilities that BPF needs (linux/capability.h) this process lacks.
public final class Capabilities {

    private static final int SYS_ADMIN = 21;
    private static final int PERFMON = 38;
    private static final int BPF = 39;

    private Capabilities() {}

    /// Empty when there are enough. CAP_SYS_ADMIN alone is enough too.
    public static List<String> missing() {
        long effective = effective();
        List<String> missing = new ArrayList<>();
        if (!has(effective, SYS_ADMIN)) {
            if (!has(effective, BPF)) {
                missing.add("CAP_BPF");
            }
            if (!has(effective, PERFMON)) {
                missing.add("CAP_PERFMON");
            }
        }
        return missing;
    }

    private static boolean has(long set, int capability) {
        return (set >>> capability & 1) != 0;
    }

    private static long effective() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("CapEff:")) {
                    return Long.parseUnsignedLong(line.substring(7).strip(), 16);
                }
            }
        } catch (IOException e) {
            // Without /proc nothing is known: the kernel's own answer has to do.
        }
        return -1;
    }
}
