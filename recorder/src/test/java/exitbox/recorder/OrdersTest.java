package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.recorder.kernel.Wait;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OrdersTest {
    private final Wait wait = new Wait();
    private final Orders orders = new Orders(wait);

    @AfterEach
    void end() {
        orders.stopListening();
        wait.close();
        orders.wake(); // as late as it likes
    }

    @Test
    void theFirstReasonToStopCounts() {
        assertNull(orders.stopReason());
        orders.stop("SIGTERM");
        orders.leave("restart");
        assertEquals("SIGTERM", orders.stopReason());
        assertFalse(orders.leaving(), "who stops leaves nothing at work");
    }

    @Test
    void whoLeavesLeaves() {
        orders.leave("restart");
        orders.stop("SIGTERM");
        assertEquals("restart", orders.stopReason());
        assertTrue(orders.leaving());
    }

    @Test
    void whoAskedForARotationIsToldOnce() {
        List<String> told = new ArrayList<>();
        assertFalse(orders.rotation());
        orders.rotate(() -> told.add("rotated"));
        assertTrue(orders.rotation());
        orders.rotationDone();
        orders.rotate();
        orders.rotationDone();
        assertFalse(orders.rotation());
        assertEquals(List.of("rotated"), told);
    }

    @Test
    void aRefusalIsTakenOnceAndHasTheSpoolClosed() {
        orders.lacks("no room");
        assertTrue(orders.rotation());
        assertEquals("no room", orders.takeRefusal());
        assertNull(orders.takeRefusal());
    }

    @Test
    void eachWakesTheDrain() {
        for (Runnable order : List.<Runnable>of(() -> orders.stop("a"), () -> orders.leave("b"), orders::rotate, () -> orders.lacks("c"))) {
            order.run();
            assertEquals(Wait.WOKEN, wait.await(0));
        }
    }
}
