package exitbox.analyzer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Temporary files and folders of this process: gone when it ends, also by Ctrl-C.
public final class Leftovers {
    private static final Set<Path> PATHS = ConcurrentHashMap.newKeySet();
    private static boolean hooked;

    private Leftovers() {}

    /// Deletes the path when the process ends, unless [#delete] was called before.
    public static synchronized void expect(Path path) {
        PATHS.add(path);
        if (!hooked) {
            hooked = true;
            Runtime.getRuntime().addShutdownHook(new Thread(Leftovers::deleteAll, "leftovers"));
        }
    }

    /// Deletes it now, with all that is in it.
    public static void delete(Path path) {
        PATHS.remove(path);
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException _) {
            // It never came to be, or its name says what it is.
        }
    }

    private static void deleteAll() {
        PATHS.forEach(Leftovers::delete);
    }
}
