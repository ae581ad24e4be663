package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.recorder.kernel.NeedsBpf;
import java.io.BufferedReader;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Two processes with one PID, killed in the same way by different ones; the first death is lost. Neither is taken for the other.
@Tag("live")
@Tag("faults")
class PidReuseIT {
    private static final int ROUNDS = Rounds.orElse(1);

    @TempDir
    Path folder;

    @BeforeEach
    void needBpf() {
        NeedsBpf.assumeBpf();
    }

    static int[] rounds() {
        return new int[]{ROUNDS};
    }

    @ParameterizedTest(name = "the first death lost, {0} times")
    @MethodSource("rounds")
    void isToldApart(int rounds) throws Exception {
        Path dir = folder.resolve("recording");
        Truth truth = Truth.compile(folder);
        Process again = new ProcessBuilder(Truth.compile(folder, "kills").toString(), "again", Integer.toString(rounds))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<String[]> firsts = new ArrayList<>();
        List<String[]> seconds = new ArrayList<>();
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--ring-size", "64K", "--rotate-every", "1h");
                BufferedReader said = again.inputReader();
                Writer go = again.outputWriter()) {
            for (int round = 0; round < rounds; round++) {
                assertEquals("alive", said.readLine().split("\t")[0]);
                recorder.signal("STOP");
                truth.deaths("storm", "1000"); // the ring holds a hundred or so
                go.write('\n');
                go.flush();
                firsts.add(said.readLine().split("\t"));
                // A frame more in the spool: the ring has room again.
                long before = rows(dir);
                recorder.signal("CONT");
                Await.until("the ring is read", () -> rows(dir) > before);
                long emptied = rows(dir);
                Await.until("deaths are recorded again", () -> {
                    truth.deaths("exit", "3");
                    return rows(dir) > emptied;
                });
                go.write('\n');
                go.flush();
                String second = said.readLine();
                assumeTrue(second != null, "needs clone3 with a PID that is asked for (5.5), and the right to it");
                seconds.add(second.split("\t"));
            }
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        assertEquals(0, again.waitFor());
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertBalanced();
            for (int round = 0; round < rounds; round++) {
                String[] first = firsts.get(round);
                String[] second = seconds.get(round);
                assertEquals(first[1], second[1]);
                assertEquals(List.of(), recorded.rows("SELECT pid FROM exits WHERE " + identity(first)));
                assertEquals(List.of(List.of(15, "user", Integer.valueOf(second[5]))),
                        recorded.rows("SELECT status, cause, killer_pid FROM exits WHERE " + identity(second)));
                assertEquals(List.of(List.of("not seen", true), List.of("killed by SIGTERM", false)), recorded.rows(
                        "SELECT reason, end_unseen FROM lifetimes WHERE " + identity(first) + " OR " + identity(second)
                                + " ORDER BY start_boot_ns"));
            }
            assertTrue(recorded.number("SELECT sum(count) FROM gaps WHERE table_name = 'exits' AND cause = 'ring_full'") > 0);
        }
    }

    private static long rows(Path dir) throws Exception {
        return LiveRecorder.rows(LiveRecorder.spools(dir).getLast());
    }

    private static String identity(String[] words) {
        return "pid = " + words[1] + " AND start_boot_ns // 10000000 = " + words[2];
    }
}
