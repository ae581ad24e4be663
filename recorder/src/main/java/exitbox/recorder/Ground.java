package exitbox.recorder;

import exitbox.schemas.catalog.Recording;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Whether a recording may be made in a place: not where others could exchange its folders, or put files into them. What they
/// did could not be told from what the recorder did, and a link of theirs would lead a recorder, which is root, anywhere.
final class Ground {
    private static final int OTHERS_WRITE = 0002;
    private static final int STICKY = 01000;

    private Ground() {}

    /// What is wrong with this folder and what to do, as a sentence without its end; null when nothing is. It may be missing.
    static String problem(Path dir, String host) throws IOException {
        if (Files.isSymbolicLink(dir)) {
            return "it is a link — name the folder that it leads to";
        }
        Recording recording = new Recording(dir);
        for (Path own : List.of(dir, recording.spoolFolder(), recording.spoolFolder(host), recording.catalogFolder())) {
            if (Files.isDirectory(own) && (mode(own) & OTHERS_WRITE) != 0) {
                return "anybody may write into " + own + " — choose a folder of its own with -d, or chmod o-w this one";
            }
        }
        Path there = dir.toAbsolutePath().normalize().getParent();
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        for (Path above = there == null ? null : there.toRealPath(); above != null; above = above.getParent()) {
            // In a sticky folder, /tmp say, nobody can move away what is somebody else's.
            if ((mode(above) & (OTHERS_WRITE | STICKY)) == OTHERS_WRITE) {
                return "anybody may exchange what lies in " + above + " — choose a folder elsewhere with -d, or chmod o-w that one";
            }
        }
        return null;
    }

    private static int mode(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:mode");
    }
}
