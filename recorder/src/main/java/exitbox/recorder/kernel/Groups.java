package exitbox.recorder.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.OptionalInt;

/// The system's groups.
public final class Groups {
    // struct group (grp.h): name, password, gid, members
    private static final int GID = 16;

    private Groups() {}

    /// The id of the group of this name; empty when there is none.
    public static OptionalInt gid(String name) {
        try (Arena arena = Arena.ofConfined()) {
            long entry = Posix.getgrnam(arena.allocateFrom(name));
            return entry == 0 ? OptionalInt.empty() : OptionalInt.of(Native.memory(entry, GID + 4).get(ValueLayout.JAVA_INT, GID));
        }
    }
}
