package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.recorder.kernel.Counts;
import exitbox.recorder.kernel.Tally;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LossesTest {
    private static final int EXITS = 1;
    private static final int HEARTBEATS = 10;
    private static final int CGROUP_NAMES = 13;
    private static final long START = 1000;

    private final Counts counts = new Counts(2);
    private final Tally tally = Counts.tally(2);
    private final Losses losses = new Losses(tally, 2, START);

    @Test
    void nothingLostIsNoRow() {
        assertEquals(List.of(), since(0, 2000));
    }

    @Test
    void oneRowForEachCpuAndTable() {
        counts.lost(0, EXITS, 5, 1100, 1200, 0).lost(1, EXITS, 7, 1150, 1250, 0).lost(1, HEARTBEATS, 1, 1300, 1300, 0);
        assertEquals(List.of(gap(0, "exits", 5, 1100, 1200), gap(1, "exits", 7, 1150, 1250), gap(1, "heartbeats", 1, 1300, 1300)),
                since(0, 2000));
        assertEquals(List.of(), since(1, 3000), "once");
    }

    @Test
    void onlyWhatIsNewIsReported() {
        counts.lost(0, EXITS, 5, 1100, 1200, 0);
        since(0, 2000);
        counts.lost(0, EXITS, 8, 2100, 2200, 1);
        assertEquals(List.of(gap(0, "exits", 3, 2100, 2200)), since(1, 3000));
    }

    @Test
    void aLossBetweenReadingAndTheNextEpochBeganAfterTheReading() {
        counts.lost(0, EXITS, 5, 1100, 1200, 0);
        since(0, 2000);
        // The kernel had not yet seen the new epoch: its first loss is the one that was reported before.
        counts.lost(0, EXITS, 6, 1100, 2001, 0);
        assertEquals(List.of(gap(0, "exits", 1, 2000, 2001)), since(1, 3000));
    }

    @Test
    void aLostNameIsNoLostRow() {
        counts.lost(0, CGROUP_NAMES, 5, 1100, 1200, 0);
        assertEquals(List.of(), since(0, 2000));
    }

    @Test
    void oneThatTakesOverReportsWhatTheLastHadNoTimeFor() {
        counts.lost(0, EXITS, 5, 1100, 1200, 0);
        since(0, 2000);
        counts.lost(0, EXITS, 9, 1500, 1600, 1).lost(1, EXITS, 3, 1500, 1600, 1);
        assertEquals(List.of(gap(0, "exits", 4, 1500, 1600), gap(1, "exits", 3, 1500, 1600)),
                new Losses(tally, 2, 2500).since(counts.counters(), 1, 3000).stream().map(LossesTest::columns).toList());
    }

    @Test
    void rowsThatStandInTheSpoolAreNotWrittenAgain() {
        counts.lost(0, EXITS, 5, 1100, 1200, 0).lost(1, EXITS, 3, 1100, 1200, 0);
        List<Map<String, Object>> written = losses.since(counts.counters(), 0, 2000);
        counts.lost(0, EXITS, 6, 1100, 2100, 0);
        Losses next = new Losses(tally, 2, 2500);
        next.resume(written);
        assertEquals(List.of(gap(0, "exits", 1, 1100, 2100)),
                next.since(counts.counters(), 0, 3000).stream().map(LossesTest::columns).toList());
    }

    /// Rows as a drain has them: what is written is told.
    private List<Map<String, Object>> since(long epoch, long nowBootNs) {
        List<Map<String, Object>> gaps = losses.since(counts.counters(), epoch, nowBootNs);
        gaps.forEach(losses::told);
        return gaps.stream().map(LossesTest::columns).toList();
    }

    private static Map<String, Object> columns(Map<String, Object> gap) {
        Map<String, Object> columns = new HashMap<>(gap);
        columns.remove("lost_total");
        return columns;
    }

    private static Map<String, Object> gap(long cpu, String table, long count, long first, long last) {
        return Map.of("cpu", cpu, "table_name", table, "count", count, "first_boot_ns", first, "last_boot_ns", last, "cause", "ring_full");
    }
}
