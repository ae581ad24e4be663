package exitbox.schemas.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.DuckDb;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The views answer rightly, on rows small enough to check by eye.
class ViewsTest {
    private static final long SECOND = 1_000_000_000L;

    private DuckDb duck;
    private long seq;

    @BeforeEach
    void open() throws SQLException {
        duck = DuckDb.withContract();
    }

    @AfterEach
    void close() throws SQLException {
        duck.close();
    }

    @Test
    void reasonsInWords() throws SQLException {
        assertEquals("exited 0", reason(0));
        assertEquals("exited 255", reason(255 << 8));
        assertEquals("killed by SIGHUP", reason(1));
        assertEquals("killed by SIGKILL", reason(9));
        assertEquals("killed by SIGUSR1", reason(10));
        assertEquals("killed by SIGSTKFLT", reason(16));
        assertEquals("killed by SIGIO", reason(29));
        assertEquals("crashed with SIGSEGV", reason(11));
        assertEquals("crashed with SIGSEGV, core dumped", reason(11 | 0x80));
        assertEquals("crashed with SIGQUIT, core dumped", reason(3 | 0x80));
        assertEquals("crashed with SIGSYS", reason(31));
        assertEquals("killed by signal 32", reason(32));
        assertEquals("killed by SIGRTMIN", reason(34));
        assertEquals("killed by SIGRTMIN+1", reason(35));
        assertEquals("killed by SIGRTMIN+29", reason(63));
        assertEquals("killed by SIGRTMAX", reason(64));
        assertEquals("killed by signal 65", reason(65));
        duck.execute("DELETE FROM exits");
        exit("h", "b", 1, null);
        assertEquals("- | -", duck.row("SELECT reason, signal_name FROM deaths"));
    }

    @Test
    void everySignalHasItsName() throws SQLException {
        // As kill -l has them.
        assertEquals(
                "SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM SIGTERM SIGSTKFLT SIGCHLD "
                        + "SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF SIGWINCH SIGIO SIGPWR SIGSYS",
                duck.row("SELECT string_agg(_signal_name(n), ' ' ORDER BY n) FROM range(1, 32) t(n)"));
        assertEquals("-", duck.row("SELECT _signal_name(NULL)"));
    }

    @Test
    void deathsHaveAnAgeThatSuspendsDoNotAddTo() throws SQLException {
        duck.execute(
                "INSERT INTO exits (host, boot_id, seq, mono_ns, boot_ns, start_mono_ns, start_boot_ns) VALUES ('h', 'b', 1, 900, 5900, 200, 200)");
        assertEquals("700", duck.row("SELECT age_ns FROM deaths"));
    }

    @Test
    void failuresAreAllThatDidNotExitWithZero() throws SQLException {
        for (Integer status : new Integer[]{0, 256, 9, 11, 0x8b, null}) {
            exit("h", "b", 1, status);
        }
        assertEquals(List.of("256", "9", "11", "139"), duck.rows("SELECT status FROM failures ORDER BY seq"));
    }

    @Test
    void crashesAreDeathsByCoreSignals() throws SQLException {
        for (int signal = 1; signal < 65; signal++) {
            exit("h", "b", 1, signal);
        }
        // signal(7), those whose action is Core.
        assertEquals(List.of("3", "4", "5", "6", "7", "8", "11", "24", "25", "31"),
                duck.rows("SELECT signal FROM crashes ORDER BY signal"));
    }

    @Test
    void coverageHasAStretchForEachRunOfHeartbeats() throws SQLException {
        beats("h", "b", 100, 101, 102, 105, 110, 111);
        assertEquals(List.of("h | b | 100 | 105 | 4 | - | 0 | 0", "h | b | 110 | 111 | 2 | 5 | 0 | 0"), coverage());
    }

    @Test
    void everyDeathAndLossCountsOnce() throws SQLException {
        beats("h", "b", 100, 101, 110, 111, 120);
        for (long second : new long[]{99, 100, 101, 105, 110, 119, 120, 500}) {
            exit("h", "b", second * SECOND, 0);
        }
        gap("h", "b", 2, 90L, 90L);
        gap("h", "b", 3, 101L, 115L);
        gap("h", "b", 4, 106L, 107L);
        gap("h", "b", 5, 119L, null);
        assertEquals(List.of("h | b | 100 | 101 | 2 | - | 4 | 9", "h | b | 110 | 111 | 2 | 9 | 2 | 5", "h | b | 120 | 120 | 1 | 9 | 2 | 0"),
                coverage());
    }

    @Test
    void aLossWithoutCountMakesItsStretchUnknown() throws SQLException {
        beats("h", "b", 100, 110);
        gap("h", "b", 7, 100L, 100L);
        gap("h", "b", null, 101L, null);
        gap("h", "b", 7, 110L, 110L);
        assertEquals(List.of("h | b | 100 | 100 | 1 | - | 0 | -", "h | b | 110 | 110 | 1 | 10 | 0 | 7"), coverage());
    }

    @Test
    void bootsAndHostsAreKeptApart() throws SQLException {
        beats("h", "b", 1000, 1001);
        beats("h", "c", 5, 6);
        beats("i", "b", 1000, 1010);
        exit("h", "b", 1001 * SECOND, 0);
        exit("h", "c", 6 * SECOND, 0);
        exit("i", "b", 1010 * SECOND, 0);
        exit("i", "c", 6 * SECOND, 0);
        gap("h", "c", 3, 5L, 5L);
        gap("i", "c", 3, 5L, 5L);
        assertEquals(List.of("h | b | 1000 | 1001 | 2 | - | 1 | 0", "h | c | 5 | 6 | 2 | - | 1 | 3", "i | b | 1000 | 1000 | 1 | - | 0 | 0",
                "i | b | 1010 | 1010 | 1 | 10 | 1 | 0"), coverage());
    }

    @Test
    void aSuspendIsNoHole() throws SQLException {
        duck.execute(
                "INSERT INTO heartbeats (host, boot_id, seq, mono_ns, boot_ns) VALUES ('h', 'b', 1, 50e9, 100e9), ('h', 'b', 2, 51e9, 9000e9), "
                        + "('h', 'b', 3, 60e9, 9009e9)");
        assertEquals(List.of("h | b | 100 | 9000 | 2 | - | 0 | 0", "h | b | 9009 | 9009 | 1 | 9 | 0 | 0"), coverage());
    }

    @Test
    void coverageDoesNotCompareEachDeathWithEachStretch() throws SQLException {
        duck.execute("INSERT INTO heartbeats (host, boot_id, seq, boot_ns) SELECT 'h', 'b', i, i * 10000000000 FROM range(2000) t(i)");
        duck.execute("INSERT INTO exits (host, boot_id, seq, boot_ns) SELECT 'h', 'b', i, i * 200000000 FROM range(100000) t(i)");
        duck.execute(
                "INSERT INTO gaps (host, boot_id, seq, count, first_boot_ns) SELECT 'h', 'b', i, 2, i * 2000000000 FROM range(10000) t(i)");
        assertEquals("2000 | 50 | 50 | 10 | 10", duck.row("SELECT count(*), min(deaths), max(deaths), min(lost), max(lost) FROM coverage"));
        // A nested loop or a hash join by host and boot alone would: every stretch of a night meets every death.
        String plan = String.join(" ", duck.rows("EXPLAIN SELECT * FROM coverage"));
        assertTrue(plan.contains("Asof Join") && !plan.contains("Nested Loop"), plan);
    }

    @Test
    void theBalanceOfARun() throws SQLException {
        duck.execute(
                "INSERT INTO runs (host, boot_id, run_id, seq, event, counter_tables, counter_cpus, counter_seen, counter_filtered) VALUES "
                        + "('h', 'b', 'one', 1, 'start', NULL, NULL, NULL, NULL), "
                        + "('h', 'b', 'one', 20, 'stop', ['exits', 'exits', 'heartbeats'], [0, 1, 0], [10, 5, 1], [2, 0, 0]), "
                        + "('h', 'b', 'cut', 30, 'start', NULL, NULL, NULL, NULL), "
                        + "('h', 'b', 'two', 40, 'start', NULL, NULL, NULL, NULL), "
                        + "('h', 'b', 'two', 50, 'stop', ['exits'], [0], [2], [0])");
        duck.execute("INSERT INTO exits (host, boot_id, seq, cpu) SELECT 'h', 'b', i, 0 FROM range(2, 7) t(i)");
        duck.execute(
                "INSERT INTO exits (host, boot_id, seq, cpu) VALUES ('h', 'b', 7, 1), ('h', 'b', 35, 0), ('h', 'b', 41, 0), ('h', 'b', 42, 0), ('h', 'b', 60, 0), "
                        + "('i', 'b', 8, 0)");
        duck.execute(
                "INSERT INTO gaps (host, boot_id, seq, cpu, table_name, count) VALUES ('h', 'b', 9, 0, 'exits', 3), ('h', 'b', 10, 1, 'exits', 3), ('h', 'b', 36, 0, 'exits', 9)");
        assertEquals(
                List.of("one | exits | 0 | 10 | 5 | 2 | 3 | 0", "one | exits | 1 | 5 | 1 | 0 | 3 | 1",
                        "one | heartbeats | 0 | 1 | 0 | 0 | 0 | 1",
                        "two | exits | 0 | 2 | 2 | 0 | 0 | 0"),
                duck.rows("SELECT run_id, table_name, cpu, seen, written, filtered, lost, missing FROM balance"));
    }

    @Test
    void deletedRowsAreNotMissing() throws SQLException {
        duck.execute(
                "INSERT INTO runs (host, boot_id, run_id, seq, event, counter_tables, counter_cpus, counter_seen, counter_filtered) VALUES "
                        + "('h', 'b', 'one', 1, 'start', NULL, NULL, NULL, NULL), "
                        + "('h', 'b', 'one', 20, 'stop', ['exits', 'exits', 'forks'], [0, 1, 0], [4, 5, 1], [1, 0, 0])");
        duck.execute("INSERT INTO exits (host, boot_id, seq, cpu) VALUES ('h', 'b', 15, 0), ('h', 'b', 16, 1)");
        String balance = "SELECT table_name, cpu, seen, written, filtered, lost, deleted, missing FROM balance";
        deleted("('h', 'exits', 2, 6)");
        assertEquals(List.of("exits | - | 9 | 2 | 1 | 0 | 6 | 0", "forks | 0 | 1 | 0 | 0 | 0 | 0 | 1"), duck.rows(balance));
        deleted("('h', 'exits', 2, 2), ('h', 'exits', 8, 2), ('h', 'exits', 21, 2), ('i', 'exits', 2, 2), ('h', 'gaps', 21, 1)");
        assertEquals("exits | - | 9 | 2 | 1 | 0 | 4 | 2", duck.rows(balance).getFirst());
        deleted("('h', 'exits', 2, 4), ('h', 'gaps', 5, 1)");
        assertEquals("exits | - | 9 | 2 | 1 | 0 | 4 | -", duck.rows(balance).getFirst());
        deleted("('h', 'exits', 2, 9), ('h', 'gaps', 5, 1)");
        assertEquals("exits | - | 9 | 2 | 1 | 0 | 9 | -3", duck.rows(balance).getFirst());
    }

    private void deleted(String rows) throws SQLException {
        duck.execute("CREATE OR REPLACE VIEW _deleted AS FROM (VALUES " + rows + ") t(host, table_name, seq, rows)");
    }

    private String reason(int status) throws SQLException {
        duck.execute("DELETE FROM exits");
        exit("h", "b", 1, status);
        return duck.row("SELECT reason FROM deaths");
    }

    private void exit(String host, String boot, long bootNs, Integer status) throws SQLException {
        String decoded = status == null
                ? "NULL, NULL, NULL"
                : ((status & 0x7f) == 0 ? status >> 8 : "NULL") + ", " + ((status & 0x7f) == 0 ? "NULL" : status & 0x7f) + ", "
                        + ((status & 0x80) != 0);
        duck.execute("INSERT INTO exits (host, boot_id, seq, boot_ns, status, code, signal, core_dumped) VALUES ('" + host + "', '" + boot
                + "', " + seq++ + ", "
                + bootNs + ", " + status + ", " + decoded + ")");
    }

    private void beats(String host, String boot, long... seconds) throws SQLException {
        for (long second : seconds) {
            duck.execute("INSERT INTO heartbeats (host, boot_id, seq, boot_ns, ts) VALUES ('" + host + "', '" + boot + "', " + seq++ + ", "
                    + second * SECOND
                    + ", make_timestamptz(" + (boot.equals("c") ? 1_000_000_000_000_000L : 0) + " + " + second * 1_000_000 + "))");
        }
    }

    private void gap(String host, String boot, Integer count, Long firstSecond, Long lastSecond) throws SQLException {
        duck.execute("INSERT INTO gaps (host, boot_id, seq, count, first_boot_ns, last_boot_ns) VALUES ('" + host + "', '" + boot + "', "
                + seq++ + ", " + count
                + ", " + firstSecond * SECOND + ", " + (lastSecond == null ? null : lastSecond * SECOND) + ")");
    }

    private List<String> coverage() throws SQLException {
        return duck.rows(
                "SELECT host, boot_id, first_boot_ns // 1000000000, last_boot_ns // 1000000000, beats, dark_ns // 1000000000, deaths, lost FROM coverage");
    }
}
