package exitbox.recorder.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SignalsTest {

    @Test
    void aSignalRunsTheActionEachTime() throws Exception {
        CountDownLatch twice = new CountDownLatch(2);
        Signals.Registration hangup = Signals.on("HUP", twice::countDown);
        try {
            for (int i = 0; i < 2; i++) {
                long before = twice.getCount();
                new ProcessBuilder("kill", "-HUP", Long.toString(ProcessHandle.current().pid())).start().waitFor();
                for (int tries = 0; twice.getCount() == before && tries < 1000; tries++) {
                    Thread.sleep(10);
                }
            }
            assertTrue(twice.await(10, TimeUnit.SECONDS));
        } finally {
            hangup.close();
        }
    }
}
