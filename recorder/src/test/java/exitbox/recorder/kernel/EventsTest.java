package exitbox.recorder.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The programs beside the exit program: they share its rings and counters.
class EventsTest {
    private static final int EXECS = 3;
    private static final int TASKS = 8;

    @BeforeEach
    void needsBpf() {
        NeedsBpf.assumeBpf();
    }

    @Test
    void eachHookIsAttachedOrSaysWhyNot() {
        try (Probe probe = Arming.arm(ProbeOptions.deaths().withEvents(EventOptions.of(EnumSet.allOf(EventHook.class))))) {
            for (EventHook hook : EventHook.values()) {
                assertTrue(probe.target(hook) != null || probe.missing().get(hook) != null, hook.word());
            }
            assertTrue(probe.hooks().getFirst().endsWith("(" + probe.hook().word() + ")"));
        }
    }

    @Test
    void withoutAnyNothingIsAttachedButTheExitHook() {
        try (Probe probe = Arming.arm(ProbeOptions.deaths())) {
            assertEquals(1, probe.hooks().size());
            assertNull(probe.snapshot());
            assertEquals(LibC.getpagesize(), probe.eventsRing().bytes());
        }
    }

    @Test
    void execsAreInTheirOwnRingAndInTheSameCounters() throws Exception {
        try (Probe probe = Arming.arm(ProbeOptions.deaths().withEvents(EventOptions.of(Set.of(EventHook.EXEC))))) {
            assertNotNull(probe.target(EventHook.EXEC));
            new ProcessBuilder("true").start().waitFor();
            probe.detach();
            Ring.Run run = probe.eventsRing().committed(1 << 20);
            assertTrue(run.rows() > 0);
            assertEquals(probe.counters().seen(EXECS), run.rows());
        }
    }

    @Test
    void theSnapshotHasEachProcessOnceAndCanBeTakenAgain() {
        try (Probe probe = Arming.arm(ProbeOptions.deaths().withEvents(EventOptions.of(Set.of(EventHook.TASKS))))) {
            assertNotNull(probe.target(EventHook.TASKS));
            int all = 0;
            for (int round = 0; round < 2; round++) {
                int self = 0;
                try (Snapshot snapshot = probe.snapshot()) {
                    for (Ring.Run run = snapshot.next(); !run.isEmpty(); run = snapshot.next()) {
                        all += run.rows();
                        self += count(probe, run);
                    }
                }
                assertEquals(1, self);
            }
            assertEquals(all, probe.counters().seen(TASKS));
        }
    }

    /// How many of the records are this process's.
    private static int count(Probe probe, Ring.Run run) {
        int pid = probe.layouts().stream().filter(layout -> layout.struct().equals("task_record")).findFirst().orElseThrow()
                .field("pid").offset();
        int count = 0;
        for (long at = 0; at < run.data().byteSize(); at += (8 + run.data().get(ValueLayout.JAVA_INT, at) + 7L) & -8L) {
            boolean isTask = run.data().get(ValueLayout.JAVA_INT, at + 8) == TASKS;
            count += isTask && run.data().get(ValueLayout.JAVA_INT, at + 8 + pid) == ProcessHandle.current().pid() ? 1 : 0;
        }
        return count;
    }
}
