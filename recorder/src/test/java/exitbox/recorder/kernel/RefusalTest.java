package exitbox.recorder.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/// What a person reads when the kernel says no.
class RefusalTest {

    private static final int EBUSY = 16;
    private static final int EINVAL = 22;

    @Test
    void namesEveryHookThatWasTried() {
        KernelException refused = Refusal.exception(
                List.of(new Refusal(ExitHook.TASKSTATS, "attach", EBUSY), new Refusal(ExitHook.LIVE, "load", EINVAL)),
                ProbeOptions.deaths(), "the log");
        assertEquals(KernelException.BPF_REFUSED, refused.exitStatus());
        assertEquals("the log", refused.log());
        assertEquals("cannot load exit_live (tp_btf/sched_process_exit): EINVAL — this kernel refuses the program;"
                + " before that, exit_taskstats (fentry/taskstats_exit): attach refused with EBUSY", refused.getMessage());
    }

    @Test
    void withoutCapabilitiesSaysWhichOnes() {
        assumeTrue(!Capabilities.missing().isEmpty(), "needs to run without CAP_BPF: this is a privileged user");
        KernelException refused = assertThrows(KernelException.class, () -> Arming.arm(ProbeOptions.deaths()).close());
        assertEquals(KernelException.NOT_PRIVILEGED, refused.exitStatus());
        assertTrue(refused.getMessage().contains("run as root or grant CAP_BPF"), refused.getMessage());
    }

    @Test
    void aHookTheKernelDoesNotHaveIsRefusedWithTheLog() {
        NeedsBpf.assumeBpf();
        assumeTrue(KernelBtf.read().exitParameters() < 3, "needs a kernel without group_dead");
        ProbeOptions impossible = ProbeOptions.deaths().withHook(ExitHook.GROUP_DEAD);
        KernelException refused = assertThrows(KernelException.class, () -> Arming.arm(impossible).close());
        assertEquals(KernelException.BPF_REFUSED, refused.exitStatus());
        assertTrue(refused.log().contains("exit_group_dead"), refused.log());
    }

    @Test
    void aRingsSizeIsAPowerOfTwo() {
        IllegalArgumentException wrong = assertThrows(IllegalArgumentException.class,
                () -> ProbeOptions.deaths().withRingBytes(3 << 20));
        assertEquals("3145728 bytes: a ring's size is a power of two — try 2048K or 4096K", wrong.getMessage());
    }
}
