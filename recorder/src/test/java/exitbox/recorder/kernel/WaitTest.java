package exitbox.recorder.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.schemas.spool.ClockPair;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WaitTest {

    private static final int FOREVER = -1;

    @BeforeEach
    void needsBpf() {
        NeedsBpf.assumeBpf();
    }

    // A ring that only these tests fill: of all deaths it takes this process's, however many die meanwhile.
    @Test
    void wakesOnceForEachWake() throws Exception {
        try (Probe probe = Arming.arm(ProbeTest.quiet()); Wait wait = new Wait(probe.deaths())) {
            assertEquals(0, wait.await(1));
            CompletableFuture<Integer> sleeper = CompletableFuture.supplyAsync(() -> wait.await(FOREVER));
            wait.wake();
            assertEquals(Wait.WOKEN, sleeper.get(10, TimeUnit.SECONDS));
            assertEquals(0, wait.await(1));
        }
    }

    @Test
    void wakesWhenAQuarterOfTheRingIsFull() {
        try (Probe probe = Arming.arm(ProbeTest.quiet()); Wait wait = new Wait(probe.deaths())) {
            wait.await(1);
            ClockPair pair = new Clock().pair();
            while (probe.deaths().fillBytes() < probe.deaths().bytes() / 2) {
                probe.heartbeat(pair, probe.counters(), 0);
            }
            assertEquals(Wait.RING, wait.await(10_000));
            assertEquals(0, wait.await(1));
        }
    }
}
