package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.recorder.Truth.Death;
import exitbox.recorder.kernel.NeedsBpf;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Real deaths of every kind, recorded, sealed and read back: each is one row, and its status is waitpid's word.
class DeathsIT {
    private static final int CORE_DUMPED = 0x80;
    private static final int[] CODES = {0, 1, 2, 3, 7, 42, 77, 100, 125, 126, 127, 128, 130, 137, 200, 254, 255};
    private static final int[] SIGNALS = {1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 31, 34, 50, 64};

    @TempDir
    static Path folder;

    private static final Map<String, List<Death>> TRUTH = new HashMap<>();
    private static Recorded recorded;

    @BeforeAll
    static void recordEveryKindOfDeath() throws Exception {
        NeedsBpf.assumeBpf();
        Truth truth = Truth.compile(folder);
        Path dir = folder.resolve("recording");
        try (LiveRecorder recorder = LiveRecorder.armed(dir)) {
            List<Death> codes = new ArrayList<>();
            for (int code : CODES) {
                codes.addAll(truth.deaths("exit", Integer.toString(code)));
            }
            TRUTH.put("exit", codes);
            List<Death> signals = new ArrayList<>();
            for (int signal : SIGNALS) {
                signals.addAll(truth.deaths("signal", Integer.toString(signal)));
            }
            TRUTH.put("signal", signals);
            for (String kind : List.of("segv", "segv-core", "worker-segv", "worker-segv-core", "leader-first", "leader-then-segv",
                    "leader-then-killed", "worker-execs", "double-fork")) {
                TRUTH.put(kind, truth.deaths(kind));
            }
            TRUTH.put("threads", truth.deaths("threads", "20"));
            TRUTH.put("killed", truth.deaths("killed", "1000"));
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        recorded = Recorded.open(dir);
    }

    @AfterAll
    static void close() throws SQLException {
        if (recorded != null) {
            recorded.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit", "signal", "segv", "segv-core", "worker-segv", "worker-segv-core", "leader-first", "leader-then-segv",
        "leader-then-killed", "worker-execs", "double-fork", "threads", "killed"})
    void isOneRowWithTheStatusThatWaitpidGave(String kind) throws SQLException {
        for (Death death : TRUTH.get(kind)) {
            assertEquals(List.of(death), rows(death), "deaths of process " + death.pid());
        }
    }

    @Test
    void theStatusIsAlsoToldAsCodeAndSignal() throws SQLException {
        for (Death death : TRUTH.get("exit")) {
            assertEquals(List.of(death.status() >> 8), recorded.rows("SELECT code FROM exits WHERE signal IS NULL AND NOT core_dumped AND "
                    + identity(death)).getFirst());
        }
        for (Death death : TRUTH.get("signal")) {
            assertEquals(List.of(death.status() & 0x7f), recorded.rows("SELECT signal FROM exits WHERE code IS NULL AND " + identity(death))
                    .getFirst());
        }
    }

    @Test
    void aCrashTellsWhetherACoreWasDumped() throws SQLException {
        assumeTrue((TRUTH.get("segv-core").getFirst().status() & CORE_DUMPED) != 0, "needs core files: see /proc/sys/kernel/core_pattern");
        for (String kind : List.of("segv-core", "worker-segv-core")) {
            assertEquals(1, recorded.number("SELECT count(*) FROM exits WHERE core_dumped AND signal = 11 AND "
                    + identity(TRUTH.get(kind).getFirst())));
        }
        assertEquals(1, recorded.number("SELECT count(*) FROM exits WHERE NOT core_dumped AND "
                + identity(TRUTH.get("segv").getFirst())));
    }

    @Test
    void aLeaderThatLeavesFirstIsAThreadsEndWithItsOwnStatus() throws SQLException {
        Map<String, Integer> left = Map.of("leader-first", 0, "leader-then-segv", 3 << 8, "leader-then-killed", 0);
        for (String kind : left.keySet()) {
            Death death = TRUTH.get(kind).getFirst();
            assertEquals(List.of(List.of(left.get(kind))),
                    recorded.rows("SELECT status FROM thread_exits WHERE tid = pid AND " + identity(death)), kind);
            assertEquals(left.get(kind).longValue(), recorded.number("SELECT leader_status FROM exits WHERE " + identity(death)), kind);
        }
    }

    @Test
    void noDeathIsTwice() throws SQLException {
        assertEquals(List.of(), recorded.rows("SELECT pid, start_boot_ns FROM exits GROUP BY ALL HAVING count(*) > 1"));
        recorded.assertSeqWhole();
    }

    @Test
    void namesThreadsAndTimesAreThere() throws SQLException {
        Death threads = TRUTH.get("threads").getFirst();
        List<Object> row = recorded
                .rows("SELECT comm, last_comm, epoch(now() - ts) BETWEEN 0 AND 600, boot_ns - start_boot_ns > 0, uid, ppid > 0,"
                        + " max_rss_bytes > 0, cgroup IS NOT NULL, exit_signal FROM exits WHERE " + identity(threads))
                .getFirst();
        assertEquals(List.of("truth", "truth", true, true, 0L, true, true, true, 17), row);
        assertTrue(TRUTH.get("killed").size() == 1000);
    }

    @Test
    void withTheHookThatCannotTellTheLastThreadEachDeathIsStillOneRow() throws Exception {
        Path dir = folder.resolve("live");
        List<Death> deaths;
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--exit-hook", "live")) {
            deaths = Truth.compile(folder).deaths("killed", "300");
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        try (Recorded live = Recorded.open(dir)) {
            live.assertSeqWhole();
            for (Death death : deaths) {
                assertEquals(List.of(List.of(death.status())), live.rows("SELECT status FROM exits WHERE " + identity(death)));
            }
            // Deaths that two threads claimed: as many rows too many there as too few here, on the same CPU.
            assertEquals(0, live.number("SELECT sum(missing) FROM balance"));
        }
    }

    private static List<Death> rows(Death death) throws SQLException {
        List<Death> found = new ArrayList<>();
        for (List<Object> row : recorded.rows("SELECT pid, start_boot_ns, status FROM exits WHERE " + identity(death))) {
            found.add(Death.of(((Number) row.get(0)).longValue(), (Long) row.get(1), ((Number) row.get(2)).intValue()));
        }
        return found;
    }

    private static String identity(Death death) {
        return "pid = " + death.pid() + " AND start_boot_ns // 10000000 = " + death.startTicks();
    }
}
