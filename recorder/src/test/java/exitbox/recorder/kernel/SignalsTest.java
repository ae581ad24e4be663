package exitbox.recorder.kernel;

import exitbox.recorder.Await;
import java.util.concurrent.CountDownLatch;
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
                Await.until("the action has run", () -> twice.getCount() < before);
            }
        } finally {
            hangup.close();
        }
    }
}
