package exitbox.recorder;

import exitbox.recorder.kernel.LibC;
import exitbox.recorder.kernel.User;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.contract.Table;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Whether a recording may be made in a place: not where others could exchange its folders, or put files into them. What they
/// did could not be told from what the recorder did, and a link of theirs would lead a recorder, which is root, anywhere.
final class Ground {
    private static final int OTHERS_WRITE = 0002;
    private static final int STICKY = 01000;

    private Ground() {}

    /// What is wrong with this folder and what to do, as a sentence without its end; null when nothing is. It may be missing.
    static String problem(Path dir, String host) throws IOException {
        return problem(dir, host, trusted());
    }

    /// Root and who records, with root's rights too: who called sudo, and the service.
    private static Set<Integer> trusted() {
        Set<Integer> uids = new HashSet<>(List.of(0, LibC.geteuid()));
        String caller = System.getenv("SUDO_UID");
        if (caller != null && caller.matches("\\d{1,9}") && LibC.geteuid() == 0) {
            uids.add(Integer.parseInt(caller));
        }
        User service = User.find("exitbox");
        if (service != null) {
            uids.add(service.uid());
        }
        return uids;
    }

    /// @param trusted the users who may own it and what is above it
    static String problem(Path dir, String host, Set<Integer> trusted) throws IOException {
        if (Files.isSymbolicLink(dir)) {
            return "it is a link — name the folder that it leads to";
        }
        Recording recording = new Recording(dir);
        for (Path own : folders(recording, host)) {
            if (!own.equals(dir) && Files.isSymbolicLink(own)) {
                return own + " is a link, and nothing of a recording is — take it away";
            }
            if (!Files.isDirectory(own)) {
                continue;
            }
            if ((mode(own) & OTHERS_WRITE) != 0) {
                return "anybody may write into " + own + " — choose a folder of its own with -d, or chmod o-w this one";
            }
            if (!trusted.contains(owner(own))) {
                return own + " belongs to user " + owner(own) + ", who may write into it — choose a folder of your own with -d";
            }
        }
        for (Path file : List.of(recording.catalog(host), recording.sums(host))) {
            if (Files.isSymbolicLink(file)) {
                return file + " is a link, and nothing of a recording is — take it away";
            }
        }
        Path there = existing(dir.toAbsolutePath().normalize().getParent());
        if (there == null) {
            return "that is the root of all files — choose a folder of its own with -d";
        }
        for (Path above = there.toRealPath(); above != null; above = above.getParent()) {
            if (isRecording(above)) {
                return "it lies in " + above + ", which is a recording itself — choose a folder elsewhere with -d";
            }
            if (isOpen(above)) {
                return "anybody may exchange what lies in " + above + " — choose a folder elsewhere with -d, or chmod o-w that one";
            }
            if (!trusted.contains(owner(above))) {
                return "user " + owner(above) + " may exchange what lies in " + above + " — choose a folder elsewhere with -d";
            }
        }
        return null;
    }

    /// The same folder by a name without links above it: what was found out about those there holds as long as it is used.
    static Path settled(Path dir) throws IOException {
        Path there = existing(dir.toAbsolutePath().getParent());
        return there == null || there.toRealPath().equals(there) ? dir
                : there.toRealPath().resolve(there.relativize(dir.toAbsolutePath()).normalize());
    }

    /// What is wrong with a folder of pins, which may be missing; null when nothing is. Who can put something there, or exchange
    /// it, could have a recorder take over, or remove, what is not its own.
    static String problemOfPins(Path folder) throws IOException {
        return problemOfPins(folder, trusted());
    }

    static String problemOfPins(Path folder, Set<Integer> trusted) throws IOException {
        for (Path own : List.of(folder.getParent(), folder)) {
            if (Files.exists(own, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS)) {
                return own + " is no folder";
            }
        }
        Path there = existing(folder.toAbsolutePath());
        for (Path at = there == null ? null : there.toRealPath(); at != null; at = at.getParent()) {
            if (isOpen(at)) {
                return "anybody may exchange what lies in " + at;
            }
            if (!trusted.contains(owner(at))) {
                return at + " belongs to user " + owner(at);
            }
        }
        return null;
    }

    private static boolean isRecording(Path folder) throws IOException {
        Path catalogs = new Recording(folder).catalogFolder();
        if (!Files.isDirectory(catalogs) || !Files.isDirectory(new Recording(folder).spoolFolder())) {
            return false;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(catalogs, "host=*.jsonl")) {
            return files.iterator().hasNext();
        }
    }

    private static Path existing(Path path) {
        Path there = path;
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        return there;
    }

    /// In a sticky folder, /tmp say, nobody can move away what is somebody else's.
    private static boolean isOpen(Path folder) throws IOException {
        return (mode(folder) & (OTHERS_WRITE | STICKY)) == OTHERS_WRITE;
    }

    private static List<Path> folders(Recording recording, String host) {
        List<Path> folders = new ArrayList<>(List.of(recording.dir(), recording.spoolFolder(), recording.spoolFolder(host),
                recording.catalogFolder()));
        for (Table table : Table.values()) {
            Path segments = recording.dir().resolve(table.sqlName());
            folders.add(segments);
            folders.add(segments.resolve(Recording.hostFolder(host)));
        }
        return folders;
    }

    private static int mode(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:mode");
    }

    private static int owner(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:uid");
    }
}
