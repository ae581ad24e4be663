package exitbox.recorder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this machine calls itself.
///
/// @param name nodename of uname(2)
/// @param bootId /proc/sys/kernel/random/boot_id
/// @param kernel release and version of uname(2)
/// @param machine the architecture, as Java names it
record Host(String name, String bootId, String kernel, String machine) {
    static Host here() throws IOException {
        return new Host(proc("hostname"), proc("random/boot_id"), proc("osrelease") + " " + proc("version"), System.getProperty("os.arch"));
    }

    /// The same machine under another name.
    Host named(String other) {
        return new Host(other, bootId, kernel, machine);
    }

    private static String proc(String name) throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel", name)).strip();
    }
}
