package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.recorder.kernel.NeedsBpf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real kills of every kind: the death's row says where the signal came from and who sent it, or that nobody did.
class KillersIT {
    private static final int ROUNDS = 20;
    private static final int LIMIT = 16 << 20;

    @TempDir
    static Path folder;

    private static List<String[]> truth;
    private static Path group;
    private static Recorded recorded;

    @BeforeAll
    static void recordKills() throws Exception {
        NeedsBpf.assumeBpf();
        String kills = Truth.compile(folder, "kills").toString();
        group = limitedGroup();
        try (LiveRecorder recorder = LiveRecorder.armed(folder.resolve("recording"))) {
            List<String> command = new ArrayList<>(List.of(kills, Integer.toString(ROUNDS)));
            if (group != null) {
                command.add(group.toString());
            }
            truth = Truth.lines(command.toArray(String[]::new));
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        recorded = Recorded.open(folder.resolve("recording"));
    }

    @AfterAll
    static void close() throws Exception {
        if (recorded != null) {
            recorded.close();
        }
        if (group != null) {
            Await.until("the cgroup is empty", () -> Files.readString(group.resolve("cgroup.procs")).isEmpty());
            Files.delete(group);
        }
    }

    /// A memory cgroup that little is too much for; null where none can be made.
    private static Path limitedGroup() {
        Path root = Stream.of("/sys/fs/cgroup/memory", "/sys/fs/cgroup").map(Path::of)
                .filter(path -> Files.exists(path.resolve("cgroup.procs"))).findFirst().orElse(null);
        if (root == null) {
            return null;
        }
        Path made = root.resolve("exitbox-kills-" + ProcessHandle.current().pid());
        try {
            Files.createDirectory(made);
            for (String limit : List.of("memory.limit_in_bytes", "memory.max", "memory.memsw.limit_in_bytes", "memory.swap.max")) {
                if (Files.exists(made.resolve(limit))) {
                    Files.writeString(made.resolve(limit), Integer.toString(limit.equals("memory.swap.max") ? 0 : LIMIT));
                }
            }
            if (Files.exists(made.resolve("memory.limit_in_bytes")) || Files.exists(made.resolve("memory.max"))) {
                return made;
            }
            Files.delete(made);
        } catch (IOException e) {
            // Not here.
        }
        return null;
    }

    @Test
    void eachDeathNamesItsCauseAndItsKiller() throws SQLException {
        List<String> wrong = new ArrayList<>();
        for (String[] death : truth) {
            List<List<Object>> rows = recorded.rows("SELECT status, cause, killer_pid, fault_addr FROM exits WHERE " + identity(death));
            List<Object> want = Arrays.asList(Integer.valueOf(death[3]), word(death[4]), death[5].equals("-") ? null
                    : Integer.valueOf(death[5]), death[6].equals("-") ? null : Long.valueOf(death[6]));
            if (!rows.equals(List.of(want))) {
                wrong.add(String.join(" ", death) + ": " + rows);
            }
        }
        assertEquals(List.of(), wrong);
        assertEquals(15 * ROUNDS + (group == null ? 0 : 1), truth.size());
    }

    @Test
    void theKillerIsToldWhole() throws SQLException {
        for (String[] death : truth) {
            if (death[0].equals("kill")) {
                assertEquals(List.of(List.of("kills", 0L, 0, true, true)), recorded.rows("""
                        SELECT killer_comm, killer_uid, killer_si_code, killer_tid = killer_pid,
                            killer_start_boot_ns < start_boot_ns AND start_boot_ns < killer_boot_ns AND killer_boot_ns < boot_ns
                        FROM exits WHERE""" + " " + identity(death)));
            }
        }
        assertEquals(0, recorded.number("SELECT count(*) FROM exits WHERE cause IN ('timer', 'fault', 'seccomp', 'kernel') AND "
                + "(killer_tid, killer_comm, killer_uid, killer_start_boot_ns) IS DISTINCT FROM (NULL, NULL, NULL, NULL)"));
    }

    @Test
    void aSignalThatDidNotKillIsARowToo() throws SQLException {
        for (String[] death : truth) {
            if (death[0].equals("term-then-kill")) {
                assertEquals(List.of(List.of(15, true, false), List.of(9, false, true)),
                        recorded.rows("SELECT signal, blocked, dooms FROM signals WHERE pid = " + death[1]
                                + " AND sender_comm = 'kills' ORDER BY boot_ns"));
            }
        }
    }

    @Test
    void anOomKillHasItsRow() throws SQLException {
        for (String[] death : truth) {
            if (death[0].equals("oom")) {
                assertEquals(List.of(List.of(true, "/" + group.getFileName(), "kills", true)),
                        recorded.rows("SELECT memcg, cgroup, comm, anon_rss_bytes > 1048576 FROM ooms WHERE trigger_pid = pid AND "
                                + identity(death)));
            }
        }
    }

    @Test
    void allIsBalanced() throws SQLException {
        recorded.assertBalanced();
        recorded.assertSeqWhole();
        assertTrue(recorded.number("SELECT count(*) FROM balance WHERE table_name = 'signals'") > 0);
    }

    private static String word(String word) {
        return word.equals("-") ? null : word;
    }

    private static String identity(String[] death) {
        return "pid = " + death[1] + " AND start_boot_ns // 10000000 = " + death[2];
    }
}
