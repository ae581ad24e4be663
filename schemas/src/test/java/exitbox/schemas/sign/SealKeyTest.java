package exitbox.schemas.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A key signs one line, and is gone before that stands; wherever moving on is cut short, there is one to go on with.
class SealKeyTest {
    private static final int TITLE = 64;
    private static final int SLOT = 212;

    @TempDir
    Path dir;

    private Path file;
    private VerificationKey first;

    @BeforeEach
    void make() throws IOException {
        file = dir.resolve("seal.key");
        first = SealKey.create(file);
    }

    @Test
    void isMadeForItsOwnerAloneAndNeverOver() throws IOException {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        byte[] bytes = Files.readAllBytes(file);
        assertThrows(FileAlreadyExistsException.class, () -> SealKey.create(file));
        assertEquals(Arrays.toString(bytes), Arrays.toString(Files.readAllBytes(file)));
    }

    @Test
    void eachKeySignsWhatTheOneBeforeNames() throws IOException {
        VerificationKey key = first;
        for (long epoch = 0; epoch < 5; epoch++) {
            try (SealKey sealKey = SealKey.open(file)) {
                assertEquals(epoch, sealKey.epoch());
                assertEquals(key, sealKey.verificationKey());
                String signature = sealKey.sign("line " + epoch);
                assertTrue(key.verifies("line " + epoch, signature));
                assertFalse(key.verifies("line " + epoch + 1, signature));
                assertFalse(key.verifies("line " + epoch, "0" + signature.substring(1)) && !signature.startsWith("0"));
                String seed = seed();
                key = new VerificationKey(sealKey.nextKey());
                assertEquals(key.hex(), sealKey.nextKey(), "until it moves on it is the same");
                sealKey.moveOn("{\"line\":" + epoch + "}");
                assertEquals("{\"line\":" + epoch + "}", sealKey.pending());
                assertFalse(Files.readString(file).contains(seed), "the key that signed it is gone");
                assertFalse(new VerificationKey(sealKey.verificationKey().hex()).verifies("line " + epoch, signature));
            }
        }
    }

    /// A death leaves the line that is kept; and of the next key none, some or all; and the old one.
    @Test
    void aDeathAtAnyByteLeavesAKeyToGoOnWith() throws IOException {
        byte[] before = Files.readAllBytes(file);
        String seed = seed();
        try (SealKey key = SealKey.open(file)) {
            key.moveOn("a line");
        }
        byte[] after = Files.readAllBytes(file);
        for (int written = 0; written <= SLOT; written++) {
            byte[] state = Arrays.copyOf(after, after.length);
            System.arraycopy(before, TITLE, state, TITLE, 2 * SLOT);
            System.arraycopy(after, TITLE + SLOT, state, TITLE + SLOT, written);
            Files.write(file, state);
            try (SealKey key = SealKey.open(file)) {
                // (The last byte is the line's end, as in a blank slot.)
                boolean moved = written >= SLOT - 1;
                assertEquals(moved ? 1 : 0, key.epoch(), written + " bytes of the next key");
                assertEquals("a line", key.pending());
                assertEquals(!moved, Files.readString(file).contains(seed), "the one that was given up is gone");
            }
        }
        for (int kept = 0; kept < "a line".length(); kept++) {
            byte[] state = Arrays.copyOf(before, before.length + kept);
            System.arraycopy(after, before.length, state, before.length, kept);
            Files.write(file, state);
            try (SealKey key = SealKey.open(file)) {
                assertNull(key.pending());
                assertEquals(0, key.epoch());
            }
        }
    }

    @Test
    void whatIsNoKeyIsRefused() throws IOException {
        refused("others than its owner have rights to it (rw-r-----): chmod 600 it, if nobody has read it",
                () -> Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----")));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        byte[] bytes = Files.readAllBytes(file);
        bytes[TITLE + 30] ^= 1;
        refused("holds no seal key", () -> Files.write(file, bytes));
        refused("holds no seal key", () -> Files.write(file, new byte[0]));
        refused("holds no seal key", () -> Files.writeString(file, "x".repeat(1000)));
        Path link = Files.createSymbolicLink(dir.resolve("link"), file);
        assertEquals("is no file of its own", assertThrows(IOException.class, () -> SealKey.open(link)).getMessage());
        assertEquals("is no file of its own", assertThrows(IOException.class, () -> SealKey.open(dir)).getMessage());
    }

    @Test
    void onlyOneSignsWithIt() throws IOException {
        try (SealKey key = SealKey.open(file)) {
            assertEquals("another recorder signs with it", assertThrows(IOException.class, () -> SealKey.open(file)).getMessage());
            key.moveOn("a line");
            assertEquals(new SealKey.State(1, key.verificationKey()), SealKey.state(file), "whoever only looks may");
        }
        SealKey.open(file).close();
    }

    @Test
    void aVerificationKeyIsReadFromAFileOrGiven() throws IOException {
        Path kept = Files.writeString(dir.resolve("kept"), "# of web1\n" + first.hex() + "\n");
        assertEquals(first, VerificationKey.of(kept.toString(), kept));
        assertEquals(first, VerificationKey.of(first.hex(), kept));
        Files.writeString(kept, first.hex() + "\n" + first.hex());
        assertThrows(IOException.class, () -> VerificationKey.of(kept.toString(), kept));
        Files.writeString(kept, "no key");
        assertThrows(IOException.class, () -> VerificationKey.of(kept.toString(), kept));
        assertNotEquals(true, new VerificationKey("00".repeat(32)).verifies("", ""));
    }

    private interface Step {
        void run() throws IOException;
    }

    private void refused(String why, Step step) throws IOException {
        step.run();
        assertEquals(why, assertThrows(IOException.class, () -> SealKey.open(file)).getMessage());
    }

    /// The private key that the file has.
    private String seed() throws IOException {
        return Files.readString(file).substring(TITLE).strip().split(" ")[1];
    }
}
