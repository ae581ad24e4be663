package exitbox.schemas.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.contract.Table;
import exitbox.schemas.sign.SealKey;
import exitbox.schemas.sign.Signer;
import exitbox.schemas.sign.VerificationKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lines are signed one behind the other, wherever the recorder dies; the list of sums follows the catalog.
class CatalogWriterTest {
    @TempDir
    Path dir;

    private Recording recording;
    private Path keyFile;
    private VerificationKey first;

    @BeforeEach
    void make() throws IOException {
        recording = new Recording(dir.resolve("recording"));
        keyFile = dir.resolve("seal.key");
        first = SealKey.create(keyFile);
    }

    @Test
    void everyLineIsSignedByTheKeyThatTheOneBeforeNames() throws IOException {
        for (int number = 1; number <= 4; number++) {
            append(number);
        }
        assertSigned(4);
    }

    /// The key is given up, and then the machine stops: before the line is in the catalog, amid it, behind it.
    @Test
    void aLineWhoseKeyIsGoneIsMadeToStand() throws IOException {
        append(1);
        byte[] before = Files.readAllBytes(recording.catalog("web1"));
        append(2);
        byte[] after = Files.readAllBytes(recording.catalog("web1"));
        for (int length = before.length; length <= after.length; length += length < after.length - 3 ? 61 : 1) {
            Files.write(recording.catalog("web1"), Arrays.copyOf(after, length));
            try (SealKey key = SealKey.open(keyFile)) {
                assertEquals(2, new CatalogWriter(recording, Access.own(), "web1", key).read().lastNumber());
                assertEquals(2, key.epoch(), "nothing else was signed");
            }
            assertSigned(2);
        }
        append(3);
        assertSigned(3);
    }

    @Test
    void aLineThatTheDiskRefusedIsWrittenByTheNextTry() throws IOException {
        append(1);
        Path catalog = recording.catalog("web1");
        Path aside = Files.move(catalog, dir.resolve("aside"));
        try (SealKey key = SealKey.open(keyFile)) {
            // It is read through a link, and never written.
            Files.createSymbolicLink(catalog, aside);
            CatalogWriter writer = new CatalogWriter(recording, Access.own(), "web1", key);
            assertThrows(IOException.class, () -> writer.append(spool(2)));
            Files.delete(catalog);
            Files.move(aside, catalog);
            writer.read();
            assertEquals(List.of(1L, 2L), Catalog.read(catalog).spools().stream().map(SealedSpool::number).toList());
        }
        assertSigned(2);
    }

    @Test
    void aLineOfAnotherRecordingIsNotMadeToStand() throws IOException {
        append(1);
        Path catalog = recording.catalog("web1");
        Files.delete(catalog);
        try (SealKey key = SealKey.open(keyFile)) {
            assertEquals(0, new CatalogWriter(recording, Access.own(), "web1", key).read().lastNumber(), "none of its files is there");
            Path file = recording.dir().resolve(spool(1).files().getFirst().path());
            Files.createDirectories(file.getParent());
            Files.createFile(file);
            assertEquals(1, new CatalogWriter(recording, Access.own(), "web1", key).read().lastNumber());
        }
        append(2);
        Files.delete(catalog);
        try (SealKey key = SealKey.open(keyFile)) {
            assertEquals(0, new CatalogWriter(recording, Access.own(), "web1", key).read().lastNumber());
        }
    }

    /// One key may sign for two names of a machine: no line is given up for one of the other.
    @Test
    void aLineThatTheDiskRefusedStandsBeforeTheOtherHostsNext() throws IOException {
        append(1);
        Path catalog = recording.catalog("web1");
        Path aside = Files.move(catalog, dir.resolve("aside"));
        try (SealKey key = SealKey.open(keyFile)) {
            Files.createSymbolicLink(catalog, aside);
            CatalogWriter writer = new CatalogWriter(recording, Access.own(), "web1", key);
            assertThrows(IOException.class, () -> writer.append(spool(2)));
            CatalogWriter other = new CatalogWriter(recording, Access.own(), "web2", key);
            SealedSpool line = new SealedSpool(1, "web2", "b", "r", 2, 9, 0, 0, false, List.of());
            assertThrows(IOException.class, () -> other.append(line), "not before that one stands");
            assertEquals(2, key.epoch());
            Files.delete(catalog);
            Files.move(aside, catalog);
            other.append(line);
            assertEquals(3, key.epoch());
            assertEquals(List.of(1L, 2L), Catalog.read(catalog).spools().stream().map(SealedSpool::number).toList());
        }
    }

    @Test
    void sumsFollowTheCatalog() throws IOException {
        CatalogWriter writer = new CatalogWriter(recording, Access.own(), "web1", null);
        writer.append(spool(1));
        writer.append(spool(2));
        String path = spool(1).files().getFirst().path();
        assertEquals("aa01  " + path + "\naa02  " + spool(2).files().getFirst().path() + "\n", sums());
        writer.append(Deletion.of("web1", "--keep 1d", new Deletion.Moment("b", 1, 1), spool(1).files()));
        assertEquals("aa02  " + spool(2).files().getFirst().path() + "\n", sums());
        // Of a catalog that cannot be read they are the last that is known.
        byte[] bytes = Files.readAllBytes(recording.catalog("web1"));
        bytes[20] ^= 1;
        Files.write(recording.catalog("web1"), bytes);
        new CatalogWriter(recording, Access.own(), "web1", null).append(spool(3));
        assertEquals("aa02  " + spool(2).files().getFirst().path() + "\n", sums());
    }

    /// As when the folder's fsync failed behind a line: the line stands, and the list is as it was.
    @Test
    void sumsThatAreALineBehindAreMadeAnew() throws IOException {
        CatalogWriter writer = new CatalogWriter(recording, Access.own(), "web1", null);
        writer.append(spool(1));
        Path aside = Files.move(recording.sums("web1"), dir.resolve("aside"));
        new CatalogWriter(recording, Access.own(), "web1", null).append(spool(2));
        Files.move(aside, recording.sums("web1"), StandardCopyOption.REPLACE_EXISTING);
        writer.append(spool(3));
        assertEquals(List.of("aa01", "aa02", "aa03"), sums().lines().map(line -> line.substring(0, 4)).toList());
    }

    /// However often a recorder dies between a line and its sums: no line is written before the sums of those before it.
    @Test
    void sumsAreNeverMoreThanALineBehind() throws IOException {
        append(1);
        Path aside = Files.move(recording.sums("web1"), dir.resolve("aside"));
        append(2);
        Files.move(aside, recording.sums("web1"), StandardCopyOption.REPLACE_EXISTING);
        assertThrows(UnsupportedOperationException.class,
                () -> new CatalogWriter(recording, Access.own(), "web1", new Dying()).append(spool(3)));
        assertEquals(List.of("aa01", "aa02"), sums().lines().map(line -> line.substring(0, 4)).toList());
    }

    /// Is killed before the line is written.
    private static final class Dying implements Signer {
        @Override
        public long epoch() {
            return 2;
        }

        @Override
        public String nextKey() {
            return "00";
        }

        @Override
        public String sign(String text) {
            throw new UnsupportedOperationException("killed");
        }

        @Override
        public void moveOn(String line) {}

        @Override
        public String pending() {
            return null;
        }
    }

    @Test
    void aLineStandsWhateverBecomesOfTheSums() throws IOException {
        CatalogWriter writer = new CatalogWriter(recording, Access.own(), "web1", null);
        Files.createDirectories(recording.sums("web1").resolve("in the way"));
        writer.append(spool(1));
        assertEquals(1, writer.read().lastNumber());
        try (var files = Files.list(recording.catalogFolder())) {
            assertFalse(files.anyMatch(file -> file.toString().endsWith(".tmp")));
        }
    }

    private String sums() throws IOException {
        return Files.readString(recording.sums("web1"));
    }

    private void append(int number) throws IOException {
        try (SealKey key = SealKey.open(keyFile)) {
            CatalogWriter writer = new CatalogWriter(recording, Access.own(), "web1", key);
            writer.append(spool(number));
        }
    }

    private void assertSigned(int lines) throws IOException {
        Catalog catalog = Catalog.read(recording.catalog("web1"));
        assertEquals(List.of(), catalog.problems());
        assertEquals(lines, catalog.lines().size());
        VerificationKey key = first;
        for (CatalogLine line : catalog.lines()) {
            assertEquals(line.number() - 1, line.seal().epoch());
            assertTrue(line.seal().isBy(key), "line " + line.number());
            key = new VerificationKey(line.seal().nextKey());
        }
        try (SealKey sealKey = SealKey.open(keyFile)) {
            assertEquals(key, sealKey.verificationKey());
        }
        assertNull(CatalogLine.ofText(1, CatalogLine.text(spool(1), "", null)).seal());
    }

    private static SealedSpool spool(int number) {
        String path = Recording.segment(Table.EXITS, "web1", 1_795_176_000_000_000L, number);
        return new SealedSpool(number, "web1", "boot", "run", 6, 9, 0, 0, false,
                List.of(new SegmentFile(Table.EXITS, path, 5, 4, 1, 5, 0, 9, 1, 2, "aa0" + number)));
    }
}
