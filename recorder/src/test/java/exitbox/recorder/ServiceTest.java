package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.recorder.kernel.FakeSupervisor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    Path folder;

    private final List<String> told = new ArrayList<>();
    private boolean listens = true;

    private boolean hear(String message) {
        return listens && told.add(message);
    }

    @Test
    void onlyHeartbeatsFeedTheWatchdogAndNotMoreThanItNeeds() {
        Service service = new Service(this::hear, 8_000_000);
        for (int second = 0; second < 5; second++) {
            service.heartbeat(second * SECOND, 0, () -> "fine");
        }
        assertEquals(List.of("WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"), told);
        service.ready("fine");
        service.heartbeat(6 * SECOND, 7, () -> "fine");
        assertEquals("WATCHDOG=1\nSTATUS=fine", told.getLast());
        assertEquals(7, service.heartbeatRealNs());
    }

    @Test
    void aStateThatWasNotHeardIsToldAgain() {
        Service service = new Service(this::hear, 8_000_000);
        listens = false;
        service.ready("fine");
        service.heartbeat(0, 0, () -> "fine");
        assertEquals(List.of(), told);
        listens = true;
        service.heartbeat(SECOND, 0, () -> "fine");
        assertEquals(List.of("READY=1\nSTATUS=fine"), told);
    }

    @Test
    void whoWaitsIsNotGivenUpUntilItCouldHaveSaidSoAgain() {
        Service service = new Service(this::hear, 0);
        service.waits("waits for room", Duration.ofSeconds(1));
        assertEquals(List.of("EXTEND_TIMEOUT_USEC=4000000\nSTATUS=waits for room"), told);
    }

    @Test
    void aReloadIsToldOnlyOfARunThatIsReady() {
        Service service = new Service(this::hear, 0);
        service.reloading();
        service.reloaded();
        assertEquals(List.of(), told);
        service.ready("fine");
        service.reloading();
        service.reloaded();
        assertTrue(told.get(1).matches("RELOADING=1\nMONOTONIC_USEC=\\d+"), told.get(1));
        assertEquals("READY=1", told.get(2));
        service.stopping();
        assertEquals("STOPPING=1", told.get(3));
    }

    @Test
    void theEnvironmentSaysWhoListens() {
        assertSame(Service.NONE, Service.of(Map.of(), 1));
        assertFalse(Service.NONE.isSupervised());
        String name = folder.resolve("socket").toString();
        try (FakeSupervisor supervisor = new FakeSupervisor(name)) {
            Service other = Service.of(Map.of("NOTIFY_SOCKET", name, "WATCHDOG_USEC", "1000", "WATCHDOG_PID", "2"), 1);
            other.heartbeat(0, 0, () -> "");
            other.stopping();
            assertEquals("STOPPING=1", supervisor.next());
            Service.of(Map.of("NOTIFY_SOCKET", name, "WATCHDOG_USEC", "1000", "WATCHDOG_PID", "1"), 1).heartbeat(0, 0, () -> "");
            assertEquals("WATCHDOG=1", supervisor.next());
        }
    }
}
