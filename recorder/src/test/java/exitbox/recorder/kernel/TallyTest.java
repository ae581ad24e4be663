package exitbox.recorder.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What one recorder leaves to the next in the kernel's memory, wherever it dies.
class TallyTest {
    private static final int CPUS = 3;
    private static final int DEATHS = 0;
    private static final int EVENTS = 1;
    private static final int TABLE = 4;

    private final MemorySegment memory = Arena.ofAuto().allocate((long) Counts.TALLY.size() * CPUS, 8);
    private final Tally first = Counts.tally(CPUS, memory);

    @Test
    void whatIsSettledHoldsForTheNext() {
        for (int round = 1; round <= 3; round++) {
            count(first);
            first.settle(EVENTS, 100 * round);
            assertEquals(List.of((long) round, 2L * round, 7L, 0L, 100L * round), held(Counts.tally(CPUS, memory)));
        }
    }

    @Test
    void ofWhatIsNotSettledNothingHolds() {
        count(first);
        first.settle(EVENTS, 100);
        count(first);
        Tally next = Counts.tally(CPUS, memory);
        assertEquals(List.of(1L, 2L, 7L, 0L, 100L), held(next));
        count(next);
        next.settle(DEATHS, 50);
        assertEquals(List.of(2L, 4L, 7L, 50L, 100L), held(next), "and it is not mixed with what the next one counts");
    }

    /// It dies when it has said what holds, and not yet made the other the same.
    @Test
    void oneThatDiesRightBehindSettlesAllTheSame() {
        count(first);
        long holds = Counts.TALLY.field("holds").offset();
        memory.set(ValueLayout.JAVA_LONG, holds, 1 - memory.get(ValueLayout.JAVA_LONG, holds));
        Tally next = Counts.tally(CPUS, memory);
        count(next);
        next.settle(EVENTS, 200);
        assertEquals(List.of(2L, 4L, 7L, 0L, 200L), held(next));
    }

    private static void count(Tally tally) {
        tally.leaveOut(2, TABLE, 1);
        tally.notWritten(0, TABLE);
        tally.notWritten(0, TABLE);
        tally.toldTasks(1, 7);
    }

    private static List<Long> held(Tally tally) {
        return List.of(tally.leftOut(2, TABLE), tally.unwritten(0, TABLE), tally.toldTasks(1), tally.takenTo(DEATHS),
                tally.takenTo(EVENTS));
    }
}
