package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// What a recorder says must not hold it up.
class UnhurriedTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Test
    void allIsThereInItsOrderWhenItIsClosed() {
        try (PrintStream err = Unhurried.over(bytes)) {
            for (int line = 0; line < 100; line++) {
                err.println("line " + line + " ä");
            }
        }
        assertEquals(100, text().lines().count());
        assertTrue(text().startsWith("line 0 ä\nline 1 ä\n") && text().endsWith("line 99 ä\n"), text());
    }

    @Test
    void aStreamThatStandsStillHoldsNobodyUp() {
        CountDownLatch goesOn = new CountDownLatch(1);
        OutputStream still = new OutputStream() {
            @Override
            public void write(int b) {
                try {
                    goesOn.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                bytes.write(b);
            }
        };
        try (PrintStream err = Unhurried.over(still)) {
            for (int line = 0; line < 100_000; line++) {
                err.println("line " + line);
            }
            goesOn.countDown();
        }
        long lines = text().lines().count();
        assertTrue(text().startsWith("line 0\n") && lines > 100 && lines < 1000, lines + " lines");
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
