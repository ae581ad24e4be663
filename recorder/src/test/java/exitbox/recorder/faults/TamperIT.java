package exitbox.recorder.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.recorder.Await;
import exitbox.recorder.LiveRecorder;
import exitbox.recorder.Truth;
import exitbox.recorder.kernel.NeedsBpf;
import exitbox.schemas.catalog.Catalog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files of a recording taken away, added, exchanged, renamed, a catalog rolled back, the folder moved away: `verify` names
/// each, and a recorder that goes on harms nothing that is left.
@Tag("faults")
class TamperIT {
    @TempDir
    Path folder;

    private Path dir;

    @BeforeEach
    void record() throws Exception {
        NeedsBpf.assumeBpf();
        Verified.assumeAnalyzer();
        Await.untilMidnightIsFar();
        dir = folder.resolve("recording");
        Truth truth = Truth.compile(folder);
        try (LiveRecorder recorder = LiveRecorder.armed(dir)) {
            for (int line = 1; line <= 2; line++) {
                int lines = line;
                truth.deaths("killed", "3");
                recorder.signal("HUP");
                Await.until("it is sealed", () -> Catalog.read(Verified.catalog(dir)).lines().size() >= lines);
            }
            truth.deaths("killed", "3");
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        Verified.sound(dir);
    }

    @Test
    void eachIsAFindingOfItsOwn() throws Exception {
        List<Path> exits = Verified.files(dir.resolve("exits"), ".parquet");
        assertEquals(3, exits.size());
        Path aside = folder.resolve("aside");

        Files.move(exits.get(1), aside);
        assertFound("missing");
        Files.move(aside, exits.get(1));

        Path added = exits.get(1).resolveSibling("20260101T000000Z-000099.parquet");
        Files.copy(exits.get(1), added);
        assertFound("foreign");
        Files.delete(added);

        Files.move(exits.get(1), added);
        assertFound("missing", "foreign");
        Files.move(added, exits.get(1));

        Files.move(exits.get(0), aside);
        Files.move(exits.get(1), exits.get(0));
        Files.move(aside, exits.get(1));
        assertFound("swapped");
        Files.move(exits.get(1), aside);
        Files.move(exits.get(0), exits.get(1));
        Files.move(aside, exits.get(0));

        String catalog = Files.readString(Verified.catalog(dir));
        Files.writeString(Verified.catalog(dir), catalog.lines().limit(2).map(line -> line + "\n").reduce("", String::concat));
        assertFound("foreign", "sums");
        Files.writeString(Verified.catalog(dir), catalog.lines().filter(line -> !line.startsWith("{\"spool\":2,"))
                .map(line -> line + "\n").reduce("", String::concat));
        assertFound("chain");
        Files.writeString(Verified.catalog(dir), catalog);

        Verified.sound(dir);
    }

    /// The next start does not write over files that no catalog names any more.
    @Test
    void aRolledBackCatalogStaysAFindingWhenRecordingGoesOn() throws Exception {
        String catalog = Files.readString(Verified.catalog(dir));
        List<Path> before = Verified.files(dir, ".parquet");
        String sums = sums(before);
        Files.writeString(Verified.catalog(dir), catalog.lines().limit(1).map(line -> line + "\n").reduce("", String::concat));
        try (LiveRecorder recorder = LiveRecorder.armed(dir)) {
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        assertEquals(sums, sums(before), "no file of before was written over");
        assertTrue(Verified.of(dir).findings().contains("foreign"), Verified.of(dir).text());
    }

    @Test
    void aFolderThatIsMovedAwayEndsTheRunAndIsBegunAnew() throws Exception {
        Path moved = folder.resolve("moved");
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--sync-every", "50ms")) {
            Files.move(dir, moved);
            assertEquals(74, recorder.await(), recorder.stderr());
        }
        Verified.awaitDead(moved);
        Verified left = Verified.openAtMost(moved);
        assertTrue(left.findings().contains("unsealed"), left.text());
        try (LiveRecorder recorder = LiveRecorder.armed(dir)) {
            try (LiveRecorder second = LiveRecorder.start(dir)) {
                assertEquals(73, second.await(), second.stderr());
            }
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        Verified.sound(dir);
        try (LiveRecorder recorder = LiveRecorder.armed(moved)) {
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        Verified.sound(moved);
    }

    private void assertFound(String... kinds) throws Exception {
        Verified verified = Verified.of(dir);
        assertTrue(verified.findings().containsAll(Set.of(kinds)), List.of(kinds) + " are not all of " + verified.text());
    }

    private static String sums(List<Path> files) throws Exception {
        List<String> command = new ArrayList<>(List.of("sha256sum"));
        files.forEach(file -> command.add(file.toString()));
        Process process = new ProcessBuilder(command).start();
        return new String(process.getInputStream().readAllBytes());
    }
}
