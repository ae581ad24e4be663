package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.catalog.Access;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The room that is held for the end.
class ReserveTest {
    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve(Reserve.NAME);
    }

    private Reserve reserve(long spoolBytes, KeepFree keepFree) throws IOException {
        return new Reserve(folder, new Room(folder, keepFree), Access.own(), spoolBytes);
    }

    @Test
    void isAQuarterOfASpoolUntilItIsFreed() throws Exception {
        Reserve reserve = reserve(4 << 20, new KeepFree(-1, 0));
        assertTrue(reserve.renew());
        assertEquals(1 << 20, Files.size(file()));
        assertTrue(reserve.renew(), "it stands");
        assertTrue(reserve.free());
        assertFalse(reserve.held());
        assertTrue(Files.notExists(file()));
        assertFalse(reserve.free(), "there is nothing left to free");
        assertTrue(reserve.renew());
        assertTrue(reserve.held());
    }

    @Test
    void isNotMadeWhereThereIsNoRoom() throws Exception {
        Reserve reserve = reserve(4 << 20, new KeepFree(-1, Long.MAX_VALUE));
        assertFalse(reserve.renew());
        assertTrue(Files.notExists(file()));
    }

    @Test
    void isNotMadeAgainAtTheEnd() throws Exception {
        Reserve reserve = reserve(1 << 20, new KeepFree(-1, 0));
        reserve.renew();
        reserve.retire();
        assertFalse(reserve.renew());
        assertTrue(Files.notExists(file()));
    }

    @Test
    void takesThePlaceOfOneThatWasLeftByACrash() throws Exception {
        Files.write(file(), new byte[10]);
        Reserve reserve = reserve(1 << 20, new KeepFree(-1, 0));
        assertTrue(reserve.renew());
        assertEquals(1 << 18, Files.size(file()));
    }

    @Test
    void doesNotFollowALink() throws Exception {
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        Files.createSymbolicLink(file(), victim);
        assertTrue(reserve(1 << 20, new KeepFree(-1, 0)).renew());
        assertEquals("precious", Files.readString(victim));
    }
}
