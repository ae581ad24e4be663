package exitbox.recorder.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KernelVersionTest {

    @Test
    void readsWhatDistributionsPutThere() {
        assertEquals(new KernelVersion("6.1.0-38-amd64", 6, 1), KernelVersion.of("6.1.0-38-amd64"));
        assertEquals(new KernelVersion("5.10-rc1", 5, 10), KernelVersion.of("5.10-rc1"));
        assertEquals(new KernelVersion("7.0", 7, 0), KernelVersion.of("7.0"));
    }

    @Test
    void comparesAsNumbers() {
        KernelVersion kernel = KernelVersion.of("5.10.0-30-amd64");
        assertTrue(kernel.isAtLeast(5, 10));
        assertTrue(kernel.isAtLeast(5, 8));
        assertTrue(kernel.isAtLeast(4, 19));
        assertFalse(kernel.isAtLeast(5, 11));
        assertFalse(kernel.isAtLeast(6, 1));
    }
}
