package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import exitbox.recorder.kernel.Groups;
import exitbox.recorder.kernel.LibC;
import exitbox.schemas.catalog.Recording;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Places where no recording is made.
class GroundTest {
    private static final String HOST = "web1";

    @TempDir
    Path folder;

    @Test
    void aFolderOfItsOwnIsFineAndMayBeMissing() throws Exception {
        assertNull(Ground.problem(folder, HOST));
        assertNull(Ground.problem(folder.resolve("a/b/c"), HOST));
    }

    @Test
    void aLinkIsRefused() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Files.createDirectory(folder.resolve("elsewhere")));
        assertEquals("it is a link — name the folder that it leads to", Ground.problem(link, HOST));
    }

    @Test
    void whereOthersMayWriteNothingIsRecordedStickyOrNot() throws Exception {
        Path dir = folder.resolve("recording");
        for (Path own : new Path[]{dir, new Recording(dir).catalogFolder(), new Recording(dir).spoolFolder(HOST)}) {
            Files.createDirectories(own);
            for (int mode : new int[]{0777, 01777}) {
                mode(own, mode);
                assertEquals("anybody may write into " + own + " — choose a folder of its own with -d, or chmod o-w this one",
                        Ground.problem(dir, HOST));
            }
            mode(own, 0770);
            assertNull(Ground.problem(dir, HOST));
        }
    }

    @Test
    void whereOthersMayExchangeItNothingIsRecorded() throws Exception {
        Path above = Files.createDirectory(folder.resolve("above"));
        Path dir = above.resolve("a/b");
        mode(above, 0777);
        assertEquals(
                "anybody may exchange what lies in " + above.toRealPath() + " — choose a folder elsewhere with -d, or chmod o-w that one",
                Ground.problem(dir, HOST));
        mode(above, 01777);
        assertNull(Ground.problem(dir, HOST), "as /tmp");
    }

    @Test
    void whatBelongsToSomebodyElseIsRefused() throws Exception {
        int self = LibC.geteuid();
        Set<Integer> others = Set.of(self + 1);
        assertEquals(folder + " belongs to user " + self + ", who may write into it — choose a folder of your own with -d",
                Ground.problem(folder, HOST, others));
        assertEquals("user " + self + " may exchange what lies in " + folder.toRealPath() + " — choose a folder elsewhere with -d",
                Ground.problem(folder.resolve("new"), HOST, others));
    }

    @Test
    void whereSegmentsLieOthersMayNotWriteEither() throws Exception {
        Path exits = Files.createDirectories(folder.resolve("exits/host=" + HOST));
        assertNull(Ground.problem(folder, HOST));
        mode(exits, 0777);
        assertEquals("anybody may write into " + exits + " — choose a folder of its own with -d, or chmod o-w this one",
                Ground.problem(folder, HOST));
    }

    @Test
    void aLinkInsideIsRefused() throws Exception {
        Recording recording = new Recording(folder);
        for (Path own : new Path[]{recording.catalogFolder(), recording.spoolFolder(HOST), folder.resolve("exits"), recording.catalog(HOST),
            recording.sums(HOST)}) {
            Files.createDirectories(own.getParent());
            Files.createSymbolicLink(own, Path.of("/etc"));
            assertEquals(own + " is a link, and nothing of a recording is — take it away", Ground.problem(folder, HOST));
            Files.delete(own);
        }
        assertNull(Ground.problem(folder, HOST));
    }

    @Test
    void aRecordingHasNoOtherInItNorIsItEverything() throws Exception {
        Recording recording = new Recording(folder.toRealPath().resolve("recording"));
        Files.createDirectories(recording.spoolFolder(HOST));
        Files.createDirectories(recording.catalogFolder());
        Path inside = recording.dir().resolve("a/b");
        assertNull(Ground.problem(inside, HOST));
        Files.createFile(recording.catalog("any"));
        assertEquals("it lies in " + recording.dir() + ", which is a recording itself — choose a folder elsewhere with -d",
                Ground.problem(inside, HOST));
        assertNull(Ground.problem(recording.dir(), HOST));
        assertEquals("that is the root of all files — choose a folder of its own with -d", Ground.problem(Path.of("/"), HOST));
    }

    @Test
    void aFolderIsKnownByANameWithoutLinksAboveIt() throws Exception {
        Path there = Files.createDirectories(folder.toRealPath().resolve("there/in"));
        Path link = Files.createSymbolicLink(folder.toRealPath().resolve("link"), there);
        assertEquals(there.resolve("new"), Ground.settled(link.resolve("new")));
        assertEquals(there.resolve("a/b"), Ground.settled(link.resolve("a/x/../b")));
        assertEquals(there.resolveSibling("new"), Ground.settled(link.resolve("../new")).normalize());
        assertEquals(link, Ground.settled(link), "a link itself is refused");
        assertEquals(there, Ground.settled(there));
        assertEquals(Path.of("night"), Ground.settled(Path.of("night")), "as it was named");
    }

    @Test
    void pinsAreForThoseWhoMayTrustThem() throws Exception {
        Path pins = folder.toRealPath().resolve("root/pins");
        assertNull(Ground.problemOfPins(pins));
        Files.createDirectories(pins);
        assertNull(Ground.problemOfPins(pins));
        mode(pins.getParent(), 0777);
        assertEquals("anybody may exchange what lies in " + pins.getParent(), Ground.problemOfPins(pins));
        mode(pins.getParent(), 01777);
        assertNull(Ground.problemOfPins(pins));
        assertEquals(pins + " belongs to user " + LibC.geteuid(), Ground.problemOfPins(pins, Set.of(LibC.geteuid() + 1)));
        Files.delete(pins);
        Files.createSymbolicLink(pins, Files.createDirectory(folder.resolve("elsewhere")));
        assertEquals(pins + " is no folder", Ground.problemOfPins(pins));
    }

    @Test
    void groupsByName() {
        assertEquals(OptionalInt.of(0), Groups.gid("root"));
        assertEquals(OptionalInt.empty(), Groups.gid("no such group"));
    }

    private static void mode(Path path, int mode) throws IOException {
        Files.setAttribute(path, "unix:mode", mode);
    }
}
