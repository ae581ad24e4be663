package exitbox.recorder.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/// Unprivileged: libbpf complains about an object before it asks the kernel anything.
@Isolated("libbpf has one print function for the whole process")
class BpfLogTest {

    @Test
    void collectsWhatLibbpfPrints() {
        LibBpf.require();
        try (BpfLog log = new BpfLog()) {
            KernelException refused = assertThrows(KernelException.class, () -> BpfObject.open(new byte[]{1, 2, 3}));
            assertEquals(KernelException.BPF_REFUSED, refused.exitStatus());
            assertTrue(log.text().contains("not a proper ELF object"), log.text());
        }
    }

    @Test
    void isSilentAgainAfterwards() {
        LibBpf.require();
        BpfLog log = new BpfLog();
        log.close();
        assertThrows(KernelException.class, () -> BpfObject.open(new byte[]{1, 2, 3}));
        assertEquals("", log.text());
    }
}
