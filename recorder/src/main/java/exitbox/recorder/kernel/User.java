package exitbox.recorder.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A user as the system's databases know it, with all groups.
///
/// @param groups the supplementary groups, the primary one included
public record User(String name, int uid, int gid, String home, String shell, int[] groups) {

    private static final int MOST_GROUPS = 65536; // NGROUPS_MAX

    /// The user of this name, or else of this number; null when there is none.
    public static User find(String nameOrNumber) {
        try (Arena arena = Arena.ofConfined()) {
            long entry = Posix.getpwnam(arena.allocateFrom(nameOrNumber));
            if (entry == 0 && nameOrNumber.matches("\\d{1,10}") && Long.parseLong(nameOrNumber) < 0xffffffffL) {
                entry = Posix.getpwuid((int) Long.parseLong(nameOrNumber));
            }
            return entry == 0 ? null : read(arena, entry);
        }
    }

    /// struct passwd (pwd.h): name, password, uid, gid, gecos, folder, shell.
    private static User read(Arena arena, long entry) {
        MemorySegment passwd = Native.memory(entry, 48);
        long name = passwd.get(ValueLayout.JAVA_LONG, 0);
        int uid = passwd.get(ValueLayout.JAVA_INT, 16);
        int gid = passwd.get(ValueLayout.JAVA_INT, 20);
        // Copied, for looking up the groups may overwrite what the entry points at.
        MemorySegment ownName = arena.allocateFrom(Native.string(name));
        String home = Native.string(passwd.get(ValueLayout.JAVA_LONG, 32));
        String shell = Native.string(passwd.get(ValueLayout.JAVA_LONG, 40));
        MemorySegment groups = arena.allocate(MOST_GROUPS * 4L, 4);
        MemorySegment count = arena.allocate(4, 4);
        count.set(ValueLayout.JAVA_INT, 0, MOST_GROUPS);
        Posix.getgrouplist(ownName.address(), gid, groups, count);
        int[] found = groups.asSlice(0, count.get(ValueLayout.JAVA_INT, 0) * 4L).toArray(ValueLayout.JAVA_INT);
        return new User(ownName.getString(0), uid, gid, home, shell.isEmpty() ? "/bin/sh" : shell, found);
    }
}
