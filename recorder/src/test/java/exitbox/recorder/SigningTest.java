package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.CatalogWriter;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.sign.SealKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which key may sign which catalog.
class SigningTest {
    @TempDir
    Path dir;

    private Recording recording;
    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void make() throws IOException {
        recording = new Recording(dir.resolve("recording"));
        SealKey.create(dir.resolve("key"));
        SealKey.create(dir.resolve("another"));
    }

    @Test
    void theKeyOfTheRecording() throws IOException {
        assertTrue(signs("key", "web1"), "the first line");
        append("key", "web1");
        assertTrue(signs("key", "web1"));
        assertFalse(signs("another", "web1"));
        assertFalse(signs(null, "web1"));
        assertTrue(signs(null, "web2"), "nothing of it is signed");
    }

    @Test
    void theKeyOfAMachineThatGotAnotherName() throws IOException {
        append("key", "web1");
        append("key", "web1");
        assertTrue(signs("key", "web2"), "web1's last line names it");
        check("key", "web2");
        assertEquals(List.of("--seal-key " + dir.resolve("key") + ": signed another host's catalog in " + recording.dir()
                + " before, and goes on with this one's"), said);
        append("key", "web2");
        assertTrue(signs("key", "web1"), "and back");
        assertTrue(signs("another", "web3"), "its first line");
    }

    @Test
    void aKeyThatHasSignedElsewhere() throws IOException {
        try (SealKey key = SealKey.open(dir.resolve("key"))) {
            new CatalogWriter(new Recording(dir.resolve("elsewhere")), Access.own(), "web1", key).append(spool(1, "web1"));
        }
        assertFalse(signs("key", "web1"));
        Failure failure = assertThrows(Failure.class, () -> check("key", "web1"));
        assertEquals(Failure.USAGE, failure.status());
        assertEquals("--seal-key " + dir.resolve("key") + ": is at epoch 1, and nothing in " + recording.dir()
                + " is signed by the one before — give the key of this recording, or choose another folder with -d and make a key for it",
                failure.getMessage());
    }

    @Test
    void aKeyThatSomebodySignsWith() throws IOException {
        try (SealKey key = SealKey.open(dir.resolve("key"))) {
            Failure failure = assertThrows(Failure.class, () -> Signing.open(key.path()));
            assertEquals(Failure.CANNOT_CREATE, failure.status(), "which goes away by itself");
            assertEquals("--seal-key " + key.path() + ": another recorder signs with it — stop that one first", failure.getMessage());
        }
    }

    private boolean signs(String key, String host) throws IOException {
        try (SealKey opened = key == null ? null : SealKey.open(dir.resolve(key))) {
            return Signing.signs(opened, recording, new CatalogWriter(recording, Access.own(), host, opened).read());
        }
    }

    private void check(String key, String host) throws IOException {
        try (SealKey opened = SealKey.open(dir.resolve(key))) {
            Signing.check(opened, recording, new CatalogWriter(recording, Access.own(), host, opened).read(), said::add);
        }
    }

    private void append(String key, String host) throws IOException {
        try (SealKey opened = SealKey.open(dir.resolve(key))) {
            CatalogWriter writer = new CatalogWriter(recording, Access.own(), host, opened);
            writer.append(spool(writer.read().nextSeq() + 1, host));
        }
    }

    private static SealedSpool spool(long number, String host) {
        return new SealedSpool(number, host, "boot", "run", number, 9, 0, 0, false, List.of());
    }
}
