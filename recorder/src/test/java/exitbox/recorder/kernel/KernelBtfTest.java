package exitbox.recorder.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class KernelBtfTest {

    @Test
    void groupDeadIsBestAndLiveIsAlwaysLast() {
        assertEquals(List.of(ExitHook.GROUP_DEAD, ExitHook.LIVE), new KernelBtf(true, 3, false).candidates());
        assertEquals(List.of(ExitHook.TASKSTATS, ExitHook.LIVE), new KernelBtf(true, 2, true).candidates());
        assertEquals(List.of(ExitHook.LIVE), new KernelBtf(true, 2, false).candidates());
    }

    @Test
    void saysWhy() {
        assertEquals("sched_process_exit has group_dead", new KernelBtf(true, 3, false).reason());
        assertEquals("sched_process_exit has no group_dead, taskstats_exit exists", new KernelBtf(true, 2, true).reason());
    }
}
