package exitbox.recorder.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatagramsTest {
    @TempDir
    Path folder;

    @Test
    void reachPathsAndAbstractNames() {
        for (String name : new String[]{folder.resolve("socket").toString(), "@exitbox-" + UUID.randomUUID()}) {
            try (FakeSupervisor supervisor = new FakeSupervisor(name)) {
                Datagrams datagrams = Datagrams.to(name);
                assertTrue(datagrams.send("READY=1\nSTATUS=ä"));
                assertTrue(datagrams.send("WATCHDOG=1"));
                assertEquals("READY=1\nSTATUS=ä", supervisor.next());
                assertEquals("WATCHDOG=1", supervisor.next());
            }
        }
    }

    @Test
    void doNotWaitForAFullQueueOrANobody() {
        String name = folder.resolve("socket").toString();
        assertFalse(Datagrams.to(name).send("READY=1"));
        try (FakeSupervisor supervisor = new FakeSupervisor(name)) {
            Datagrams datagrams = Datagrams.to(name);
            int sent = 0;
            while (datagrams.send("message " + sent)) {
                sent++;
            }
            for (int i = 0; i < sent; i++) {
                assertEquals("message " + i, supervisor.next());
            }
            assertTrue(datagrams.send("again"));
        }
    }

    @Test
    void onlyWhatCanBeASocketsName() {
        assertNull(Datagrams.to("relative"));
        assertNull(Datagrams.to("vsock:2:1"));
        assertNull(Datagrams.to("/" + "x".repeat(108)));
    }
}
