package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import exitbox.recorder.kernel.NeedsBpf;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Real kills of every kind: the death's row says where the signal came from and who sent it, or that nobody did.
@Tag("live")
class KillersIT {
    private static final int ROUNDS = Rounds.orElse(10);
    private static final int DEAR_ROUNDS = Rounds.orElse(1);

    /// Victims and their deaths; `holds` when the row is what testdata/kills.c knows.
    private static final String JUDGED =
            """
                    CREATE VIEW judged AS
                    SELECT t.*, e.status AS was_status, e.cause AS was_cause, e.killer_pid AS was_killer, e.killer_comm, e.killer_si_code AS was_code,
                        e.fault_addr, coalesce(e.status = t.status AND e.cause IS NOT DISTINCT FROM t.cause
                            AND e.killer_pid IS NOT DISTINCT FROM t.killer
                            AND (e.killer_si_code IS NOT DISTINCT FROM t.si_code OR e.cause = 'seccomp' AND e.killer_si_code IS NULL)
                            AND (t.address = '*' AND e.fault_addr IS NOT NULL OR e.fault_addr IS NOT DISTINCT FROM TRY_CAST(t.address AS BIGINT))
                            AND (e.killer_boot_ns BETWEEN e.start_boot_ns AND e.boot_ns OR e.killer_si_code IS NULL)
                            AND CASE WHEN t.killer IS NULL
                                THEN (e.killer_tid, e.killer_start_boot_ns, e.killer_comm, e.killer_uid) IS NOT DISTINCT FROM (NULL, NULL, NULL, NULL)
                                ELSE e.killer_comm = 'kills' AND e.killer_uid = 0 AND (e.killer_pid, e.killer_start_boot_ns) IN
                                    (SELECT (pid, start_boot_ns) FROM exits) END, false) AS holds
                    FROM truth t LEFT JOIN exits e ON e.pid = t.pid AND e.start_boot_ns // 10000000 = t.start_ticks
                    """;

    @TempDir
    static Path folder;

    private static Recorded recorded;

    @BeforeAll
    static void recordKills() throws Exception {
        NeedsBpf.assumeBpf();
        Path kills = Truth.compile(folder, "kills");
        Path truth = folder.resolve("truth");
        try (LiveRecorder recorder = LiveRecorder.armed(folder.resolve("recording"))) {
            assertEquals(0, new ProcessBuilder(kills.toString(), Integer.toString(ROUNDS), Integer.toString(DEAR_ROUNDS))
                    .directory(folder.toFile()).redirectOutput(truth.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT).start()
                    .waitFor());
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        recorded = Recorded.open(folder.resolve("recording"));
        recorded.execute("CREATE TABLE truth AS FROM read_csv('" + truth + "', delim = '\t', quote = '', header = false, nullstr = '-',"
                + " null_padding = true, columns = {way: 'VARCHAR', pid: 'INTEGER', start_ticks: 'BIGINT', status: 'INTEGER',"
                + " cause: 'VARCHAR', killer: 'INTEGER', si_code: 'INTEGER', address: 'VARCHAR', bystander: 'INTEGER'})");
        recorded.execute(JUDGED);
    }

    @AfterAll
    static void close() throws Exception {
        if (recorded != null) {
            recorded.close();
        }
    }

    static Stream<Arguments> ways() throws SQLException {
        return recorded.rows("SELECT way, count(*)::INTEGER FROM truth GROUP BY way ORDER BY min(rowid)").stream()
                .map(row -> Arguments.of(row.toArray()));
    }

    @ParameterizedTest(name = "{0}, {1} times")
    @MethodSource("ways")
    void isToldWithItsCauseAndItsKiller(String way, int times) throws SQLException {
        assumeFalse(
                recorded.rows("SELECT pid FROM truth WHERE way = '" + quoted(way) + "'").getFirst().equals(Arrays.asList((Object) null)),
                "this machine has no such way to be killed");
        assertEquals(List.of(), recorded.rows("FROM judged WHERE NOT holds AND way = '" + quoted(way) + "'"));
        assertEquals(times, recorded.number("SELECT count(*) FROM judged WHERE way = '" + quoted(way) + "'"));
        assertTrue(times == ROUNDS || times == DEAR_ROUNDS, times + " times");
    }

    private static String quoted(String text) {
        return text.replace("'", "''");
    }

    @Test
    void theSignalThatKilledIsARow() throws SQLException {
        assertEquals(List.of(), recorded.rows("""
                SELECT t.way, t.pid, t.start_ticks, list((s.signal, s.sender_pid, s.dooms, s.blocked))
                FROM truth t LEFT JOIN signals s ON s.pid = t.pid AND s.start_boot_ns // 10000000 = t.start_ticks
                WHERE t.cause IS NOT NULL
                GROUP BY ALL HAVING count(*) FILTER (s.signal = t.status & 127 AND s.sender_pid IS NOT DISTINCT FROM t.killer
                    AND s.dooms = (t.way <> 'TERM blocked, then let in')) <> 1"""));
    }

    @Test
    void aSignalThatDidNotKillIsARowThatSaysWhatItMet() throws SQLException {
        List<List<Object>> rows = recorded.rows("""
                SELECT t.way, count(*)::INTEGER, s.signal, s.action, s.blocked, s.result, s.dooms
                FROM truth t LEFT JOIN signals s ON s.pid = t.pid AND s.start_boot_ns // 10000000 = t.start_ticks
                    AND s.sender_pid = t.bystander
                WHERE t.bystander IS NOT NULL GROUP BY ALL ORDER BY ALL""");
        assertEquals(List.of(List.of("KILL twice", ROUNDS, 9, "default", false, 1, false),
                List.of("TERM blocked, then let in", ROUNDS, 15, "default", true, 2, false),
                List.of("TERM handled and raised again", ROUNDS, 15, "handler", false, 0, false),
                List.of("TERM handled by exit", ROUNDS, 15, "handler", false, 0, false),
                List.of("TERM ignored, then KILL", ROUNDS, 15, "ignore", false, 1, false)), rows);
    }

    @Test
    void aDaemonsForkNamesWhoIsGone() throws SQLException {
        assertEquals(ROUNDS, recorded.number("""
                SELECT count(*) FROM truth t JOIN exits e ON e.pid = t.pid AND e.start_boot_ns // 10000000 = t.start_ticks
                    JOIN forks f ON f.pid = e.pid AND f.start_boot_ns = e.start_boot_ns AND f.ppid <> e.ppid
                    JOIN exits middle ON middle.pid = f.ppid AND middle.start_boot_ns = f.parent_start_boot_ns
                WHERE t.way = 'kill of a daemon' AND middle.code = 0 AND middle.boot_ns < e.killer_boot_ns"""));
    }

    @Test
    void anOomKillHasItsRow() throws SQLException {
        assertEquals(recorded.rows("SELECT count(*) FROM truth WHERE cause = 'oom'"), recorded.rows("""
                SELECT count(*) FROM truth t JOIN ooms o ON o.pid = t.pid AND o.start_boot_ns // 10000000 = t.start_ticks
                WHERE o.trigger_pid = t.killer AND o.memcg IS NOT false AND o.cgroup LIKE '/exitbox-oom-%' AND o.comm = 'kills'
                    AND coalesce(o.anon_rss_bytes > 1048576, true)"""));
    }

    @Test
    void allIsBalanced() throws SQLException {
        recorded.assertBalanced();
        recorded.assertSeqWhole();
        assertTrue(recorded.number("SELECT count(*) FROM balance WHERE table_name = 'signals'") > 0);
    }
}
