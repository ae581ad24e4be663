package exitbox.recorder.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.recorder.Await;
import exitbox.recorder.LiveRecorder;
import exitbox.recorder.Mount;
import exitbox.recorder.Recorded;
import exitbox.recorder.Spooled;
import exitbox.recorder.Truth;
import exitbox.recorder.kernel.NeedsBpf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// kill -9 at a system call, then at another: each start seals what the one before left, until it dies of that itself. What
/// was sealed stays as it is, what was spooled is sealed at last, and no row is missing or there twice.
@Tag("faults")
class KillSweepIT {
    private static final int SOME = 2;
    private static final List<String> CALLS = List.of("write", "writev", "pwrite64", "fdatasync", "fsync", "rename", "unlink", "close");
    private static final String[] RUN = {"--duration", "600ms", "--rotate-every", "150ms", "--sync-every", "100ms"};
    // At most so many are made until the last of what was left is sealed.
    private static final int OF_A_TAKEOVER = 16;

    @TempDir
    static Path programs;

    private static Path begun;
    private static Path storm;
    private static Process load;
    private static Map<String, TreeSet<Integer>> numbers;

    @TempDir
    Path folder;

    private Path dir;

    static List<String> calls() {
        return CALLS;
    }

    @BeforeAll
    static void count() throws Exception {
        NeedsBpf.assumeBpf();
        Verified.assumeAnalyzer();
        Sweep.assumeTool("strace");
        storm = Truth.compile(programs, "storm");
        load = new ProcessBuilder(storm.toString(), "-r", "200", "-s", "1800").start();
        begun = programs.resolve("recording");
        numbers = new Strace(begun, RUN).numbers(CALLS, begun);
    }

    @AfterAll
    static void end() throws Exception {
        if (load != null) {
            load.descendants().forEach(ProcessHandle::destroyForcibly);
            load.destroyForcibly().waitFor();
        }
    }

    @BeforeEach
    void name() {
        dir = folder.resolve("recording");
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest(name = "kill -9 at {0}")
    @MethodSource("calls")
    void losesNothingThatWasSpooled(String call) throws Exception {
        Strace strace = new Strace(dir, RUN);
        List<Integer> places = Sweep.of(numbers.get(call), SOME);
        Spooled spooled = new Spooled();
        int killed = 0;
        assertEquals(0, Sweep.run("cp", "-a", begun.toString(), dir.toString()));
        // Beyond the last place it goes on: with all of them until no thread makes so many calls, else, where a quieter run than
        // the one that was counted made too few, until one is killed.
        for (int at = 0, n = places.getFirst();; n = ++at < places.size() ? places.get(at) : Sweep.ALL ? n + 1 : Math.max(n / 2, 1)) {
            String catalog = Files.readString(Verified.catalog(dir));
            Strace.End end = strace.kill(call, n);
            assertTrue(end.killed() || end.status() == 0, end.stderr());
            killed += end.killed() ? 1 : 0;
            assertTrue(Files.readString(Verified.catalog(dir)).startsWith(catalog), "what was sealed stays sealed");
            Verified.openAtMost(dir);
            spooled.add(dir);
            if (at >= places.size() - 1 && (Sweep.ALL ? !end.killed() : killed > 0)) {
                break;
            }
        }
        stopped(dir);
        Verified.sound(dir);
        try (Recorded recorded = Recorded.open(dir)) {
            spooled.assertSealed(recorded);
            assertTrue(recorded.number("SELECT count(*) FROM gaps WHERE cause = 'unclean_end'") <= killed);
            assertEquals(0, recorded.number("SELECT count(*) FROM gaps WHERE cause <> 'unclean_end'"));
        }
        assertTrue(killed > 0, "no run was killed");
        System.out.println("killed " + killed + " times at " + call + ": " + spooled.deaths() + " deaths in " + spooled.spools()
                + " spools left, all sealed");
    }

    private static void stopped(Path dir, String... options) throws Exception {
        try (LiveRecorder recorder = LiveRecorder.armed(dir, options)) {
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
    }

    /// Each run takes over what the one before left, and dies of it.
    @Execution(ExecutionMode.CONCURRENT)
    @Test
    void withPinItLosesNothingAtAll() throws Exception {
        try (Mount mount = Mount.bpf(folder.resolve("bpf"))) {
            Path bpffs = mount.at().resolve("exitbox");
            String[] options = {"--pin", "--bpffs", bpffs.toString(), "--duration", "60s", "--rotate-every", "150ms", "--sync-every",
                "100ms", "--ring-size", "64M", "--events-ring-size", "64M"};
            try (LiveRecorder recorder = LiveRecorder.armed(dir, options)) {
                Await.until("all is pinned", () -> !Verified.files(bpffs, "/facts").isEmpty());
                recorder.kill();
            }
            Process counted = new ProcessBuilder(storm.toString(), "-r", "1000", "-s", Sweep.ALL ? "120" : "6").start();
            Strace strace = new Strace(dir, options);
            int killed = 0;
            for (String call : List.of("writev", "rename", "fsync", "write")) {
                for (int n : Sweep.of(IntStream.rangeClosed(1, OF_A_TAKEOVER).boxed().toList(), 1)) {
                    Strace.End end = strace.kill(call, n);
                    assertTrue(end.killed(), end.stderr());
                    killed++;
                    Verified.openAtMost(dir);
                }
            }
            String said = new String(counted.getInputStream().readAllBytes()).strip();
            stopped(dir, options);
            assertEquals(List.of(), Verified.files(bpffs, ""));
            Verified.sound(dir);
            try (Recorded recorded = Recorded.open(dir)) {
                // But of a list of the processes alive that it died amid: the kernel does not keep that for the next.
                assertEquals(List.of(), recorded.rows("SELECT table_name, cause, count FROM gaps WHERE table_name <> 'tasks'"));
                assertEquals(Long.parseLong(said.split(" ")[0]), recorded.number("SELECT count(*) FROM exits WHERE comm LIKE 'storm-%'"
                        + " AND ppid IN (SELECT pid FROM exits WHERE ppid = " + counted.pid() + ")"));
                assertEquals(1, recorded.number("SELECT count(DISTINCT run_id) FROM runs"));
            }
            System.out.println("killed " + killed + " times while it took over, in " + said + ": none lost, none twice");
        }
    }
}
