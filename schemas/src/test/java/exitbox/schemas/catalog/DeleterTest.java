package exitbox.schemas.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.contract.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is deleted is said first, and wherever the recorder died amid that, the next one makes up for the rest.
class DeleterTest {
    private static final long NOON = 1_795_176_000_000_000L;
    private static final long DAY = 86_400_000_000L;

    @TempDir
    Path dir;

    private Recording recording;
    private Deleter deleter;

    @BeforeEach
    void threeSpoolsOfTwoDays() throws IOException {
        recording = new Recording(dir);
        Files.createDirectories(recording.catalogFolder());
        CatalogWriter writer = new CatalogWriter(recording, Access.own(), "web1", null);
        deleter = new Deleter(recording, writer);
        for (long number = 1; number <= 3; number++) {
            List<SegmentFile> files = new ArrayList<>();
            for (Table table : List.of(Table.EXITS, Table.GAPS, Table.RUNS)) {
                long at = NOON + (number > 2 ? DAY : 0);
                String path = Recording.segment(table, "web1", at, number);
                Files.createDirectories(dir.resolve(path).getParent());
                Files.writeString(dir.resolve(path), "rows");
                files.add(new SegmentFile(table, path, 5, 4, 1, 5, 0, 9, at, at + number, "00"));
            }
            writer.append(new SealedSpool(number, "web1", "boot", "run", 6, 9, 0, 5, false, files));
        }
    }

    @Test
    void theLineSaysWhatWentAndTheRunsStay() throws IOException {
        Deletion deletion = delete(1, 2);
        assertEquals(List.of(deletion), catalog().deletions());
        assertEquals(List.of(), catalog().problems());
        assertEquals(List.of("--keep 1d", 20L, 16L, NOON, NOON + 2, 4),
                List.of(deletion.why(), deletion.rows(), deletion.bytes(), deletion.firstMicros(), deletion.lastMicros(),
                        deletion.paths().size()));
        assertEquals(Set.of("exits 3", "gaps 3", "runs 1", "runs 2", "runs 3"), there());
        assertFalse(Files.exists(dir.resolve(deletion.paths().getFirst()).getParent()), "the day's folder was empty");
        assertEquals(List.of(1, 1, 3), catalog().standing().stream().map(spool -> spool.files().size()).toList());
        assertEquals(List.of(3, 3, 3), catalog().spools().stream().map(spool -> spool.files().size()).toList());
        assertNull(delete(1, 2), "there is nothing left of them");
        assertEquals(4, catalog().lines().size());
    }

    /// A catalog may have been brought here by anybody.
    @Test
    void filesOfOthersAreNotDeletedWhateverACatalogSays() throws IOException {
        CatalogWriter writer = new CatalogWriter(recording, Access.own(), "web1", null);
        List<String> others =
                List.of("catalog/host=web1.jsonl", Recording.segment(Table.EXITS, "web2", NOON, 7), "exits/host=web1/notes.txt",
                        "spool/host=web1/20260101T000000Z-000001.parquet");
        for (String path : others) {
            Files.createDirectories(dir.resolve(path).getParent());
            if (!Files.exists(dir.resolve(path))) {
                Files.writeString(dir.resolve(path), "somebody else's");
            }
        }
        List<SegmentFile> files =
                others.stream().map(path -> new SegmentFile(Table.EXITS, path, 5, 4, 1, 5, 0, 9, NOON, NOON, "00")).toList();
        writer.append(new SealedSpool(9, "web1", "boot", "run", 6, 9, 0, 5, false, files.subList(1, 2)));
        writer.append(Deletion.of("web1", "--keep 1d", new Deletion.Moment("boot", 1, NOON), files));
        assertNull(delete(9), "a file of another host");
        assertEquals(0, deleter.finish());
        for (String path : others) {
            assertTrue(Files.exists(dir.resolve(path)), path);
        }
    }

    /// A death behind the line leaves all of the files, or some.
    @Test
    void aDeathAmidItIsMadeUpFor() throws IOException {
        Deletion deletion = delete(2);
        for (int left = 0; left <= deletion.paths().size(); left++) {
            for (String path : deletion.paths().subList(0, left)) {
                Files.createDirectories(dir.resolve(path).getParent());
                Files.writeString(dir.resolve(path), "rows");
            }
            deleter.finish();
            assertEquals(Set.of("exits 1", "exits 3", "gaps 1", "gaps 3", "runs 1", "runs 2", "runs 3"), there());
        }
        assertEquals(4, catalog().lines().size());
    }

    @Test
    void nothingGoesWithoutItsLine() throws IOException {
        Set<String> all = there();
        Path catalog = recording.catalog("web1");
        Path real = dir.resolve("real");
        Files.move(catalog, real);
        Files.createSymbolicLink(catalog, real);
        assertThrows(IOException.class, () -> delete(1));
        assertEquals(all, there());
    }

    @Test
    void oneThatCannotBeDeletedKeepsNoOther() throws IOException {
        Path file = dir.resolve(catalog().spools().getFirst().files().getFirst().path());
        Files.delete(file);
        Files.createDirectories(file.resolve("in the way"));
        assertThrows(IOException.class, () -> delete(1, 2));
        assertEquals(Set.of("exits 1", "exits 3", "gaps 3", "runs 1", "runs 2", "runs 3"), there());
        Files.delete(file.resolve("in the way"));
        deleter.finish();
        assertFalse(Files.exists(file));
    }

    @Test
    void noLinkIsFollowed() throws IOException {
        Path day = dir.resolve(catalog().spools().getLast().files().getFirst().path()).getParent();
        Path outside = dir.resolve("outside");
        Files.move(day, outside);
        Files.createSymbolicLink(day, outside);
        delete(3);
        try (Stream<Path> files = Files.list(outside)) {
            assertEquals(1, files.count());
        }
        assertTrue(Files.isSymbolicLink(day));
    }

    private Deletion delete(long... spools) throws IOException {
        Set<Long> numbers = new TreeSet<>();
        for (long spool : spools) {
            numbers.add(spool);
        }
        return deleter.delete(numbers, "--keep 1d", new Deletion.Moment("boot", 1, NOON + 2 * DAY));
    }

    private Catalog catalog() throws IOException {
        return Catalog.read(recording.catalog("web1"));
    }

    /// Table and spool of each segment.
    private Set<String> there() throws IOException {
        Set<String> files = new TreeSet<>();
        try (Stream<Path> all = Files.walk(dir)) {
            all.filter(file -> Recording.segmentNumber(file) >= 0 && !Files.isDirectory(file.resolve("x")))
                    .forEach(file -> files.add(dir.relativize(file).getName(0) + " " + Recording.segmentNumber(file)));
        }
        return files;
    }
}
