package exitbox.recorder.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.recorder.LiveRecorder;
import exitbox.recorder.Recorded;
import exitbox.recorder.Spooled;
import exitbox.recorder.Truth;
import exitbox.recorder.kernel.NeedsBpf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Disks that refuse a write, an fsync, a rename, once or from then on, at each stage: the spool, sealing, the catalog. The run
/// goes on or says why not; what it could not keep is counted, and the next start goes on.
@Tag("faults")
class ErrorSweepIT {
    private static final String[] RUN = {"--duration", "600ms", "--rotate-every", "150ms", "--sync-every", "100ms", "--on-full"};
    private static final Map<String, String> WORDS =
            Map.of("EIO", "Input/output error", "ENOSPC", "No space left on device", "EDQUOT", "Disk quota exceeded");

    @TempDir
    static Path programs;

    private static Path begun;
    private static Process load;
    private static Map<String, TreeSet<Integer>> numbers;

    @BeforeAll
    static void count() throws Exception {
        NeedsBpf.assumeBpf();
        Verified.assumeAnalyzer();
        Sweep.assumeTool("strace");
        load = new ProcessBuilder(Truth.compile(programs, "storm").toString(), "-r", "200", "-s", "1800").start();
        begun = programs.resolve("recording");
        numbers = strace(begun, "stop").numbers(List.of("writev", "fdatasync", "fsync", "rename"), begun);
    }

    @AfterAll
    static void end() throws Exception {
        if (load != null) {
            load.descendants().forEach(ProcessHandle::destroyForcibly);
            load.destroyForcibly().waitFor();
        }
    }

    private static Strace strace(Path dir, String onFull) {
        String[] options = List.of(RUN).toArray(new String[RUN.length + 1]);
        options[RUN.length] = onFull;
        return new Strace(dir, options);
    }

    /// The spool: writev, fdatasync. Sealing: fsync, rename. The catalog: pwrite64, on it alone.
    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest(name = "{1} at {0}, --on-full {2}")
    @CsvSource({"writev, ENOSPC, stop", "writev, ENOSPC, count-only", "writev, ENOSPC, drop-oldest", "writev, EIO, stop",
        "fdatasync, EIO, stop", "fdatasync, ENOSPC, count-only", "fsync, EIO, stop", "fsync, ENOSPC, count-only", "rename, EIO, stop",
        "rename, ENOSPC, stop",
        "pwrite64, ENOSPC, stop", "pwrite64, EIO, count-only"})
    void isSaidAndMadeGood(String call, String error, String onFull, @TempDir Path folder) throws Exception {
        Path dir = folder.resolve("recording");
        assertEquals(0, Sweep.run("cp", "-a", begun.toString(), dir.toString()));
        boolean catalog = call.equals("pwrite64");
        Spooled spooled = new Spooled();
        int ended = 0;
        int failed = 0;
        Deque<Integer> places = new ArrayDeque<>(places(catalog ? List.of(1, 2) : List.copyOf(numbers.get(call))));
        while (!places.isEmpty()) {
            int n = places.remove();
            // Once, and from then on: each in turn, or both at each place.
            for (String when : Sweep.ALL ? List.of(n + "", n + "+") : List.of(places.size() % 2 == 0 ? n + "" : n + "+")) {
                String before = Files.readString(Verified.catalog(dir));
                Strace.End end = strace(dir, onFull).fail(call, error, when, catalog ? Verified.catalog(dir) : null);
                failed += end.injected();
                assertTrue(end.status() == 0 || end.status() == 74 && end.stderr().contains(WORDS.get(error)), end.toString());
                ended += end.status() == 74 ? 1 : 0;
                assertTrue(Files.readString(Verified.catalog(dir)).startsWith(before), "what was sealed stays sealed");
                Verified said = Verified.openAtMost(dir);
                assertTrue(end.status() == 74 || said.findings().isEmpty(), end + said.text());
                spooled.add(dir);
            }
            if (places.isEmpty() && failed == 0 && n > 1) {
                places.add(n / 2); // a quieter run than the one that was counted
            }
        }
        try (LiveRecorder recorder = LiveRecorder.armed(dir)) {
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        Verified.sound(dir);
        try (Recorded recorded = Recorded.open(dir)) {
            spooled.assertSealed(recorded);
            assertEquals(0, recorded.number("SELECT count(*) FROM gaps WHERE cause NOT IN ('unclean_end', 'disk_full')"));
        }
        assertTrue(failed > 0, "nothing failed");
        System.out.println(error + " at " + call + ", " + failed + " times: " + ended + " runs ended by it");
    }

    /// Without all, one that is likely to be reached.
    private static List<Integer> places(List<Integer> all) {
        return Sweep.ALL ? all : Sweep.some(all.subList(0, (all.size() + 1) / 2), 1);
    }
}
