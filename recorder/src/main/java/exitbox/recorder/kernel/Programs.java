package exitbox.recorder.kernel;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Where a shell would find a program. Paths are bytes: they need not be text.
public final class Programs {

    /// What the C library searches when there is no PATH.
    private static final byte[] USUAL_PATH = {'/', 'b', 'i', 'n', ':', '/', 'u', 's', 'r', '/', 'b', 'i', 'n'};

    private Programs() {}

    /// @param path the file to execute; null when there is none
    /// @param exists whether there is a file of that name that cannot be executed
    /// @param reason why there is none, in words
    public record Found(byte[] path, boolean exists, String reason) {}

    /// Looks where `name` says when it has a slash, else in the folders of `searchPath` (null: the usual ones) in order,
    /// where files that this process may not execute are passed over.
    public static Found find(byte[] name, byte[] searchPath) {
        if (indexOf(name, '/', 0) < name.length) {
            return look(name);
        }
        Found best = new Found(null, false, name.length == 0 ? "the name is empty" : "no such program in PATH");
        byte[] folders = searchPath == null ? USUAL_PATH : searchPath;
        for (int from = 0; from <= folders.length && name.length > 0;) {
            int end = indexOf(folders, ':', from);
            Found found = look(join(folders, from, end, name));
            if (found.path() != null) {
                return found;
            }
            if (found.exists()) {
                best = found;
            }
            from = end + 1;
        }
        return best;
    }

    private static Found look(byte[] path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment string = arena.allocate(path.length + 1L);
            MemorySegment.copy(path, 0, string, ValueLayout.JAVA_BYTE, 0, path.length);
            if (Posix.access(string, Posix.F_OK) != 0) {
                int errno = Native.errno();
                return new Found(null, errno == Errno.EACCES, Posix.strerror(errno));
            }
            int folder = Posix.open(string, Posix.O_PATH | Posix.O_DIRECTORY);
            if (folder >= 0) {
                LibC.close(folder);
                return new Found(null, true, "Is a directory");
            }
            return Posix.access(string, Posix.X_OK) == 0 ? new Found(path, true, null)
                    : new Found(null, true, Posix.strerror(Native.errno()));
        }
    }

    /// An empty folder is the working folder.
    private static byte[] join(byte[] folders, int from, int end, byte[] name) {
        ByteArrayOutputStream path = new ByteArrayOutputStream();
        if (end > from) {
            path.write(folders, from, end - from);
            path.write('/');
        }
        path.writeBytes(name);
        return path.toByteArray();
    }

    private static int indexOf(byte[] bytes, char wanted, int from) {
        int at = from;
        while (at < bytes.length && bytes[at] != wanted) {
            at++;
        }
        return at;
    }
}
