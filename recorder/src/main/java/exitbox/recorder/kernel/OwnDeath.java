package exitbox.recorder.kernel;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/// The death of a process that was begun for nothing else: it shows whether deaths are recorded.
///
/// @param pid its number in its PID namespace
/// @param pidNamespace inode number of that namespace, which is this process's
public record OwnDeath(int pid, long pidNamespace) {

    private static final String PROGRAM = "/bin/true";
    private static final String NAME = "exitbox-ready"; // what argv[0] says of it

    /// Returns when it has happened; null where no process can be started.
    public static OwnDeath make() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pid = arena.allocate(4, 4);
            MemorySegment argv = arena.allocate(2L * 8, 8);
            argv.set(ValueLayout.JAVA_LONG, 0, arena.allocateFrom(NAME).address());
            MemorySegment environment = arena.allocate(8, 8);
            if (Posix.posix_spawn(pid, arena.allocateFrom(PROGRAM), MemorySegment.NULL, argv, environment) != 0) {
                return null;
            }
            int child = pid.get(ValueLayout.JAVA_INT, 0);
            Posix.waitpid(child, arena.allocate(4, 4), 0);
            return new OwnDeath(child, (Long) Files.getAttribute(Path.of("/proc/self/ns/pid"), "unix:ino"));
        } catch (IOException e) {
            return null;
        }
    }
}
