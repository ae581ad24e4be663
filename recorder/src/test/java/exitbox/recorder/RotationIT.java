package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.recorder.kernel.Clock;
import exitbox.recorder.kernel.NeedsBpf;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.spool.Frame;
import exitbox.schemas.spool.SpoolReader;
import exitbox.schemas.spool.SpoolTail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// When files are sealed, how a run ends, and what it says.
class RotationIT {
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
    @ValueSource(strings = {"INT", "TERM"})
    void aSignalDrainsSealsAndEndsWithZero(String signal) throws Exception {
        try (LiveRecorder recorder = LiveRecorder.armed(dir)) {
            truth.deaths("killed", "50");
            recorder.signal(signal);
            assertEquals(0, recorder.await());
            String said = recorder.stderr();
            assertTrue(said.matches(
                    "exitbox: recorded [0-9,]+ deaths \\([0-9,]+ events\\) in \\d\\d:\\d\\d, lost 0: .*recording, [0-9.]+ [KM]iB\n"),
                    said);
        }
        assertEquals(List.of(), LiveRecorder.spools(dir));
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertTrue(recorded.number("SELECT count(*) FROM exits WHERE signal = 9 AND comm = 'truth'") >= 50);
            assertEquals(List.of(List.of("start"), List.of("stop")), recorded.rows("SELECT event FROM runs ORDER BY seq"));
            assertEquals(List.of(List.of("SIG" + signal)), recorded.rows("SELECT reason FROM runs WHERE event = 'stop'"));
            assertEquals(0, recorded.number("SELECT count(*) FROM gaps"));
        }
    }

    @Test
    void durationEndsIt() throws Exception {
        try (LiveRecorder recorder = LiveRecorder.start(dir, "--duration", "1500ms")) {
            assertEquals(0, recorder.await(), recorder.stderr());
        }
        try (Recorded recorded = Recorded.open(dir)) {
            assertEquals(List.of(List.of("duration")), recorded.rows("SELECT reason FROM runs WHERE event = 'stop'"));
            assertEquals(1, recorded.number("SELECT count(*) FROM runs a JOIN runs b ON a.event = 'start' AND b.event = 'stop'"
                    + " WHERE b.boot_ns - a.boot_ns BETWEEN 1400000000 AND 30000000000"));
            assertTrue(recorded.number("SELECT count(*) FROM heartbeats") >= 2);
        }
    }

    @Test
    void aSpoolIsSealedByItsAge() throws Exception {
        rotates("--rotate-every", "200ms");
    }

    @Test
    void aSpoolIsSealedByItsSize() throws Exception {
        Process storm = truth.start("storm", Integer.toString(Integer.MAX_VALUE));
        try {
            rotates("--rotate-size", "64K");
        } finally {
            storm.destroyForcibly().waitFor();
        }
    }

    @Test
    void hangupSealsAtOnce() throws Exception {
        Await.untilMidnightIsFar();
        LiveRecorder[] recorder = new LiveRecorder[1];
        try {
            recorder[0] = LiveRecorder.armed(dir);
            for (int line = 1; line <= 3; line++) {
                int wanted = line;
                // An empty spool is dropped without a line.
                Await.until("the spool has a row", () -> LiveRecorder.rows(LiveRecorder.spools(dir).getLast()) > 0);
                recorder[0].signal("HUP");
                Await.until("a hangup has sealed spool " + line, () -> sealed() >= wanted);
            }
            assertEquals(0, recorder[0].stop(), recorder[0].stderr());
        } finally {
            recorder[0].close();
        }
        assertEquals(4, sealed());
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
        }
    }

    @Test
    void nobodyElseMayReadAndSealedFilesAreForReadingOnly() throws Exception {
        try (LiveRecorder recorder = LiveRecorder.armed(dir)) {
            for (Path spool : LiveRecorder.spools(dir)) {
                assertEquals("rw-r-----", mode(spool));
            }
            assertEquals(0, recorder.stop());
        }
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path path : (Iterable<Path>) files::iterator) {
                boolean sealed = path.toString().endsWith(".parquet") || path.toString().endsWith(".sha256");
                String wanted = Files.isDirectory(path) ? "rwxr-x---" : sealed ? "r--r-----" : "rw-r-----";
                assertEquals(wanted, mode(path), path.toString());
            }
        }
    }

    @Test
    void twoRunsAreOneRecording() throws Exception {
        for (int run = 0; run < 2; run++) {
            try (LiveRecorder recorder = LiveRecorder.armed(dir)) {
                truth.deaths("exit", "5");
                assertEquals(0, recorder.stop());
            }
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertEquals(2, recorded.number("SELECT count(DISTINCT run_id) FROM runs"));
            assertEquals(2, recorded.number("SELECT count(*) FROM exits WHERE code = 5 AND comm = 'truth'"));
        }
    }

    @Test
    void aClockThatIsSetIsARowAndMovesTheTimesAfterIt() throws Exception {
        Await.untilMidnightIsFar();
        try (LiveRecorder recorder = LiveRecorder.armed(dir)) {
            // What waits in a ring while the clock is set could be from before or from behind it.
            Await.until("the rings are being drained", () -> hasFrameOfDeaths(LiveRecorder.spools(dir).getFirst()));
            truth.deaths("exit", "31");
            long dead = new Clock().bootNs();
            Await.until("that death is spooled", () -> SpoolTail.read(LiveRecorder.spools(dir).getFirst()).lastBootNs() > dead);
            boolean allowed = truth.start("step-clock", "300").waitFor() == 0;
            assumeTrue(allowed, "needs the right to set the clock");
            try {
                // The row is written when the clock is set, not at the next heartbeat only: see the times below.
                Path spool = LiveRecorder.spools(dir).getFirst();
                long rows = LiveRecorder.rows(spool);
                truth.deaths("exit", "32");
                Await.until("the step and a heartbeat are spooled", () -> LiveRecorder.rows(spool) >= rows + 3);
            } finally {
                assertEquals(0, truth.start("step-clock", "-300").waitFor());
            }
            truth.deaths("exit", "33");
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        try (Recorded recorded = Recorded.open(dir)) {
            assertEquals(List.of(List.of("set", 300L), List.of("set", -300L)),
                    recorded.rows("SELECT kind, (step_ns / 1e6)::BIGINT FROM clock_steps ORDER BY seq"));
            List<List<Object>> offsets = recorded.rows("SELECT epoch_us(ts) - boot_ns // 1000 FROM exits WHERE code IN (31, 32, 33)"
                    + " AND comm = 'truth' ORDER BY code");
            assertEquals(3, offsets.size());
            long before = (Long) offsets.get(0).getFirst();
            assertEquals(300, Math.round(((Long) offsets.get(1).getFirst() - before) / 1e3), 5);
            assertEquals(0, Math.round(((Long) offsets.get(2).getFirst() - before) / 1e3), 5);
        }
    }

    private static boolean hasFrameOfDeaths(Path spool) throws IOException {
        try (SpoolReader reader = SpoolReader.open(spool)) {
            for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
                if (frame.ring() == 0) {
                    return true;
                }
            }
            return false;
        }
    }

    /// Records with these options until five spools are sealed, then checks that nothing is between them.
    private void rotates(String... options) throws Exception {
        try (LiveRecorder recorder = LiveRecorder.armed(dir, options)) {
            Await.until("five spools are sealed", () -> sealed() >= 5);
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        assertEquals(List.of(), LiveRecorder.spools(dir));
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertEquals(0, recorded.number("SELECT count(*) FROM exits WHERE cgroup IS NULL"));
        }
    }

    private int sealed() throws IOException {
        return Catalog.read(new Recording(dir).catalog(LiveRecorder.host())).lines().size();
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
