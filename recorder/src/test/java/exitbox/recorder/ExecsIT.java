package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.recorder.kernel.NeedsBpf;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Real execs of every kind: each is one row that says what the program says of itself; and the forks before them.
@Tag("live")
class ExecsIT {
    @TempDir
    static Path folder;

    private static final int ROUNDS = Rounds.orElse(3);
    private static final Map<String, List<String[]>> TRUTH = new LinkedHashMap<>();
    private static Process alive;
    private static Recorded recorded;

    @BeforeAll
    static void recordExecs() throws Exception {
        NeedsBpf.assumeBpf();
        String execs = Truth.compile(folder, "execs").toString();
        alive = new ProcessBuilder("sh", "-c", "read line", "was here before").start();
        try (LiveRecorder recorder = LiveRecorder.armed(folder.resolve("recording"), "--failed-execs")) {
            for (String[] words : Truth.lines(execs, folder.toString(), Integer.toString(ROUNDS))) {
                TRUTH.computeIfAbsent(words[0], _ -> new ArrayList<>()).add(words);
            }
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        recorded = Recorded.open(folder.resolve("recording"));
    }

    @AfterAll
    static void close() throws Exception {
        if (recorded != null) {
            recorded.close();
        }
        if (alive != null) {
            alive.getOutputStream().close();
            alive.waitFor();
        }
    }

    static Stream<Arguments> ways() {
        return TRUTH.entrySet().stream().map(way -> Arguments.of(way.getKey(), way.getValue().size()));
    }

    @ParameterizedTest(name = "{0}, {1} times")
    @MethodSource("ways")
    void isOneRowThatSaysWhatTheProgramSays(String way, int times) throws SQLException {
        for (String[] truth : TRUTH.get(way)) {
            List<List<Object>> rows =
                    recorded.rows("SELECT comm, exe, cwd, array_to_string(list_transform(argv, lambda a: hex(a) || '00'), ''),"
                            + " argv_truncated, argc = len(argv), ret, old_comm FROM execs WHERE " + identity(truth));
            List<Object> want = List.of(text(truth[3]).strip(), text(truth[4]).replace(" (deleted)", ""), text(truth[5]),
                    truth[6].toUpperCase(), false, true, 0, "execs");
            assertEquals(List.of(want).toString(), rows.toString());
        }
        assertEquals(ROUNDS, times);
    }

    @Test
    void noWayIsLeftOut() {
        assertEquals(List.of("plain", "many", "longest", "none", "execveat", "memfd", "script", "worker"), List.copyOf(TRUTH.keySet()));
    }

    @Test
    void aScriptIsNamedBesideItsInterpreter() throws SQLException {
        assertEquals(List.of(List.of("./a-script")),
                recorded.rows("SELECT filename FROM execs WHERE " + identity(TRUTH.get("script").getFirst())));
    }

    @Test
    void theLineIsWhatAShellWouldTake() throws SQLException {
        assertEquals(List.of(List.of("plain 'an argument' '' '\\xff\\x1b['")),
                recorded.rows("SELECT cmdline FROM execs WHERE " + identity(TRUTH.get("plain").getFirst())));
    }

    @Test
    void aWorkerTakesTheLeadersPlace() throws SQLException {
        assertEquals(1, recorded.number("SELECT count(*) FROM execs WHERE tid <> pid AND " + identity(TRUTH.get("worker").getFirst())));
    }

    @Test
    void aFailedOneIsARowWithItsError() throws SQLException {
        assertEquals(Collections.nCopies(ROUNDS, List.of(-2, "./no-such-program", "no-such-program z")), recorded.rows(
                "SELECT ret, filename, cmdline FROM execs WHERE ret < 0 AND filename = './no-such-program' AND comm = 'execs'"));
    }

    @Test
    void eachProcessHasItsForkWithItsParent() throws SQLException {
        for (String[] truth : TRUTH.values().stream().flatMap(List::stream).toList()) {
            assertEquals(List.of(List.of("execs", "execs", true)), recorded.rows("""
                    SELECT comm, parent_comm, (ppid, parent_start_boot_ns) = (SELECT (ppid, parent_start_boot_ns) FROM exits WHERE
                    """ + identity(truth) + ") FROM forks WHERE tid = pid AND " + identity(truth)), truth[0]);
        }
    }

    @Test
    void whatIsAliveAtTheStartIsThereWithItsArguments() throws SQLException {
        assertEquals(List.of(List.of("sh", "sh -c 'read line' 'was here before'")),
                recorded.rows("SELECT comm, cmdline FROM tasks WHERE pid = " + alive.pid()));
        assertEquals(0, recorded.number("SELECT count(*) FROM tasks WHERE kthread AND (exe IS NOT NULL OR cmdline IS NOT NULL)"));
        assertEquals(List.of(), recorded.rows("SELECT pid FROM tasks GROUP BY pid, start_boot_ns HAVING count(*) > 1"));
    }

    @Test
    void allIsBalanced() throws SQLException {
        recorded.assertBalanced();
        recorded.assertSeqWhole();
        assertEquals(List.of(List.of("execs"), List.of("forks"), List.of("tasks")), recorded.rows(
                "SELECT DISTINCT table_name FROM balance WHERE table_name IN ('execs', 'forks', 'tasks') AND written > 0 ORDER BY 1"));
    }

    private static String text(String hex) {
        return new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8);
    }

    private static String identity(String[] truth) {
        return "pid = " + truth[1] + " AND start_boot_ns // 10000000 = " + truth[2];
    }
}
