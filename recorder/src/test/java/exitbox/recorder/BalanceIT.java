package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.recorder.kernel.NeedsBpf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Storms against a ring far too small: what the kernel saw is written, filtered or counted as lost, by CPU and table,
/// and the recording alone proves it.
class BalanceIT {
    private static final int DEATHS = 8_000;

    @TempDir
    Path folder;

    private Truth truth;
    private Path dir;

    @BeforeEach
    void needsBpf() throws Exception {
        NeedsBpf.assumeBpf();
        truth = Truth.compile(folder);
        dir = folder.resolve("recording");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--threads", "-x", "--uid 3999999999", "--uid 0", "-p 1", "-x --uid 0 --threads", "--comm ^tru",
        "--comm no.such --threads"})
    void holdsInAStorm(String options) throws Exception {
        try (Recorded recorded = record(options, () -> truth.deaths("storm", Integer.toString(DEATHS)))) {
            recorded.assertBalanced();
            recorded.assertSeqWhole();
            assertTrue(recorded.number("SELECT sum(seen) FROM balance WHERE table_name = 'exits'") >= DEATHS);
            assertEquals(recorded.rows("SELECT sum(n) FROM (SELECT unnest(counter_lost) AS n FROM runs WHERE event = 'stop')"),
                    recorded.rows("SELECT sum(lost) FROM balance"), "the kernel's count of losses, and that of gaps");
            assertEquals(0, recorded.number("SELECT count(*) FROM gaps WHERE NOT first_boot_ns <= last_boot_ns OR cause <> 'ring_full'"));
            long filtered = recorded.number("SELECT sum(filtered) FROM balance WHERE table_name = 'exits'");
            if (options.isEmpty() || options.equals("--threads")) {
                assertEquals(0, filtered);
            } else if (!options.equals("--uid 0") && !options.equals("--comm ^tru")) {
                assertTrue(filtered >= DEATHS / 2, "filtered " + filtered);
            }
            if (options.contains("-x")) {
                assertEquals(0, recorded.number("SELECT count(*) FROM exits WHERE status = 0"));
            }
            boolean nobody = options.equals("--uid 3999999999") || options.equals("-p 1") || options.startsWith("--comm no");
            assertEquals(nobody, recorded.number("SELECT count(*) FROM exits") == 0);
        }
    }

    /// In user space, so that what is left out is counted there.
    @Test
    void holdsWhereNamesChoose() throws Exception {
        List<Truth.Death> deaths;
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--threads", "--comm", "^a name|k\\\\\\\\s")) {
            deaths = truth.deaths("mixed", "690");
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        // See mixed() in truth.c: six names in turn, and of 23 kinds of death one that takes the program's name.
        List<Truth.Death> chosen = new ArrayList<>();
        for (int i = 0; i < deaths.size(); i++) {
            if ((i % 6 == 1 || i % 6 == 4) && i % 23 != 10) {
                chosen.add(deaths.get(i));
            }
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertBalanced();
            recorded.assertSeqWhole();
            assertEquals(chosen, deaths(recorded));
            assertEquals(List.of(List.of("a name of blank"), List.of("back\\\\slash")),
                    recorded.rows(
                            "SELECT DISTINCT comm FROM (SELECT comm FROM exits UNION ALL SELECT comm FROM thread_exits) ORDER BY comm"));
            for (String table : List.of("exits", "thread_exits")) {
                assertTrue(recorded.number("SELECT sum(filtered) FROM balance WHERE table_name = '" + table + "'") > 200);
            }
            assertEquals(
                    recorded.rows("SELECT sum(filtered) FROM balance WHERE table_name = 'exits'"),
                    recorded.rows("SELECT filtered[list_position(tables, 'exits')]::HUGEINT FROM heartbeats ORDER BY seq DESC LIMIT 1"),
                    "the last heartbeat is sent when nothing happens any more");
        }
    }

    private static List<Truth.Death> deaths(Recorded recorded) throws Exception {
        List<Truth.Death> deaths = new ArrayList<>();
        for (List<Object> row : recorded.rows("SELECT pid, start_boot_ns, status FROM exits ORDER BY seq")) {
            deaths.add(Truth.Death.of((Integer) row.get(0), (Long) row.get(1), (Integer) row.get(2)));
        }
        return deaths;
    }

    @Test
    void holdsWhenTheRecorderStoodStill() throws Exception {
        try (Recorded recorded = record("", null)) {
            recorded.assertBalanced();
            recorded.assertSeqWhole();
            long lost = recorded.number("SELECT sum(lost) FROM balance WHERE table_name = 'exits'");
            assertTrue(lost > DEATHS - 1000, "64 KiB hold a hundred deaths or so, yet only " + lost + " were lost");
            assertEquals(0, recorded.number("SELECT count(*) FROM gaps WHERE cpu < 0 OR table_name IS NULL"));
        }
    }

    @Test
    void aStormOfExecsAndForksPushesNoDeathOut() throws Exception {
        try (LiveRecorder recorder =
                LiveRecorder.armed(dir, "--events-ring-size", "64K", "--threads", "--failed-execs", "--runq-min", "1ms")) {
            recorder.signal("STOP");
            truth.deaths("execs", "1000");
            recorder.signal("CONT");
            truth.deaths("execs", "1000");
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertBalanced();
            recorded.assertSeqWhole();
            assertEquals(0,
                    recorded.number("SELECT sum(lost) FROM balance WHERE table_name IN ('exits', 'thread_exits', 'ooms')"));
            assertEquals(2000, recorded.number("SELECT count(*) FROM exits WHERE code = 6"));
            for (String table : List.of("execs", "forks")) {
                assertTrue(recorded.number("SELECT sum(seen) FROM balance WHERE table_name = '" + table + "'") >= 2000);
                assertTrue(recorded.number("SELECT sum(lost) FROM balance WHERE table_name = '" + table + "'") > 500);
                assertTrue(recorded.number("SELECT sum(written) FROM balance WHERE table_name = '" + table + "'") > 0);
            }
        }
    }

    /// What they are recorded for stands on the deaths all the same.
    @Test
    void aFloodOfSignalsPushesNoDeathOut() throws Exception {
        List<Truth.Death> deaths;
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--ring-size", "8M", "--events-ring-size", "64K")) {
            recorder.signal("STOP");
            deaths = truth.deaths("flood", "200");
            deaths.addAll(truth.deaths("killed", "20"));
            recorder.signal("CONT");
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertBalanced();
            recorded.assertSeqWhole();
            assertEquals(0, recorded.number("SELECT sum(lost) FROM balance WHERE table_name IN ('exits', 'thread_exits', 'heartbeats')"));
            List<Truth.Death> found = deaths(recorded);
            found.retainAll(deaths);
            assertEquals(deaths, found);
            assertTrue(recorded.number("SELECT sum(seen) FROM balance WHERE table_name = 'signals'") >= 40_000);
            long lost = recorded.number("SELECT sum(lost) FROM balance WHERE table_name = 'signals'");
            assertTrue(lost > 35_000, "64 KiB hold some hundred signals, yet only " + lost + " were lost");
            assertEquals(lost, recorded.number("SELECT sum(count) FROM gaps WHERE table_name = 'signals' AND cause = 'ring_full'"));
            assertEquals(20, recorded.number("SELECT count(*) FROM exits WHERE signal = 9 AND cause = 'user' AND killer_comm = 'truth'"));
            assertTrue(recorded.number("SELECT count(*) FROM signals WHERE signal = 9 AND dooms") < 20);
        }
    }

    @Test
    void holdsForACgroup() throws Exception {
        Path root = Stream.of("/sys/fs/cgroup/memory", "/sys/fs/cgroup").map(Path::of)
                .filter(path -> Files.exists(path.resolve("cgroup.procs")))
                .findFirst().orElse(null);
        assumeTrue(root != null && Files.isWritable(root), "needs a cgroup hierarchy where a group can be made");
        Path group = root.resolve("exitbox-test-" + ProcessHandle.current().pid());
        try {
            Files.createDirectory(group);
        } catch (IOException e) {
            assumeTrue(false, "needs the right to make a cgroup: " + e);
        }
        try (Recorded recorded = record("--cgroup " + group, () -> {
            String program = truth.program().toString();
            assertEquals(0, new ProcessBuilder("sh", "-c", "echo $$ > " + group + "/cgroup.procs && exec " + program + " storm " + DEATHS)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor());
            truth.deaths("exit", "9"); // outside
        })) {
            recorded.assertBalanced();
            assertEquals(List.of(List.of("/" + group.getFileName())), recorded.rows("SELECT DISTINCT cgroup FROM exits"));
            assertEquals(0, recorded.number("SELECT count(*) FROM exits WHERE code = 9"));
            assertTrue(recorded.number("SELECT sum(written) + sum(lost) FROM balance WHERE table_name = 'exits'") >= DEATHS);
            assertTrue(recorded.number("SELECT sum(filtered) FROM balance WHERE table_name = 'exits'") > 0);
        } finally {
            Await.until("the cgroup is empty", () -> Files.readString(group.resolve("cgroup.procs")).isEmpty());
            Files.delete(group);
        }
    }

    private interface Storm {
        void run() throws Exception;
    }

    /// Records with a ring of 64 KiB; without a storm of its own, one while the recorder is stopped.
    private Recorded record(String options, Storm storm) throws Exception {
        String[] words = ("--ring-size 64K " + options).strip().split(" ");
        try (LiveRecorder recorder = LiveRecorder.armed(dir, words)) {
            if (storm != null) {
                storm.run();
            } else {
                recorder.signal("STOP");
                truth.deaths("storm", Integer.toString(DEATHS));
                recorder.signal("CONT");
            }
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        return Recorded.open(dir);
    }
}
