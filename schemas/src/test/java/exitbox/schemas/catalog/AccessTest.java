package exitbox.schemas.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever the umask: a recording is its owner's and one group's.
class AccessTest {
    @TempDir
    Path dir;

    @Test
    void foldersThatAreMadeAreClosedToOthersAndThoseThatWereThereAreLeftAlone() throws IOException {
        Path there = Files.createDirectory(dir.resolve("there"));
        Files.setPosixFilePermissions(there, PosixFilePermissions.fromString("rwxrwxr-x"));
        Access.own().createFolders(there.resolve("a/b/c"));
        assertEquals("rwxrwxr-x", mode(there));
        for (String made : new String[]{"a", "a/b", "a/b/c"}) {
            assertEquals("rwxr-x---", mode(there.resolve(made)));
        }
        Access.own().createFolders(there.resolve("a/b"));
    }

    @Test
    void aFileInTheWayIsNoFolder() throws IOException {
        Files.createFile(dir.resolve("a"));
        assertThrows(IOException.class, () -> Access.own().createFolders(dir.resolve("a")));
        assertThrows(IOException.class, () -> Access.own().createFolders(dir.resolve("a/b")));
    }

    @Test
    void noLinkIsFollowedBelowTheRecordingItself() throws IOException {
        Path elsewhere = Files.createDirectory(dir.resolve("elsewhere"));
        Path recording = Files.createSymbolicLink(dir.resolve("recording"), Files.createDirectory(dir.resolve("real")));
        Access.own().createFolders(recording, recording.resolve("a/b"));
        assertEquals("rwxr-x---", mode(dir.resolve("real/a/b")));
        Files.createSymbolicLink(recording.resolve("exits"), elsewhere);
        for (String folder : new String[]{"exits", "exits/b"}) {
            IOException refused = assertThrows(IOException.class, () -> Access.own().createFolders(recording, recording.resolve(folder)));
            assertEquals(recording.resolve("exits") + " is a link, and no folder of the recording's own", refused.getMessage());
        }
        assertEquals(0, elsewhere.toFile().list().length);
    }

    @Test
    void openFilesAreWrittenByTheOwnerSealedOnesByNobody() throws IOException {
        Path file =
                Files.createFile(dir.resolve("file"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxrwxrwx")));
        Access.own().open(file);
        assertEquals("rw-r-----", mode(file));
        Access.own().seal(file);
        assertEquals("r--r-----", mode(file));
    }

    @Test
    void theGroupIsTheOneAskedFor() throws IOException {
        int own = (Integer) Files.getAttribute(dir, "unix:gid");
        Path file = Files.createFile(dir.resolve("file"));
        Access access = new Access(OptionalInt.of(own));
        access.open(file);
        access.createFolders(dir.resolve("a"));
        assertEquals(own, Files.getAttribute(file, "unix:gid"));
        assertEquals(own, Files.getAttribute(dir.resolve("a"), "unix:gid"));
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
