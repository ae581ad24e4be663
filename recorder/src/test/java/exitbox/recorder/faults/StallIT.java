package exitbox.recorder.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.recorder.Await;
import exitbox.recorder.LiveRecorder;
import exitbox.recorder.Recorded;
import exitbox.recorder.Truth;
import exitbox.recorder.kernel.NeedsBpf;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Recorders that stand still or have too little room while a storm goes on: nothing is lost that the ring holds, and what it
/// cannot hold is counted; the load's own count is the judge.
@Tag("faults")
class StallIT {
    private static final Duration STALL = Duration.ofSeconds(3);
    private static final List<String> SLOW =
            List.of("strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", "trace=writev,fdatasync", "-e",
                    "inject=writev,fdatasync:delay_enter=300000");
    private static final List<String> SLOW_TO_SEAL =
            List.of("strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e",
                    "inject=fsync,fdatasync:delay_enter=50000");

    @TempDir
    Path folder;

    private Path dir;
    private Path storm;

    @BeforeEach
    void compile() throws Exception {
        NeedsBpf.assumeBpf();
        Verified.assumeAnalyzer();
        dir = folder.resolve("recording");
        storm = Truth.compile(folder, "storm");
    }

    @Test
    void threeSecondsInAStormAreNoLoss() throws Exception {
        String said;
        long pid;
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--ring-size", "64M", "--events-ring-size", "64M")) {
            Process load = new ProcessBuilder(storm.toString(), "-r", "5000", "-s", "5").start();
            pid = load.pid();
            recorder.signal("STOP");
            Thread.sleep(STALL.plusMillis(500)); // the fault itself: parked threads may wake early
            recorder.signal("CONT");
            said = new String(load.getInputStream().readAllBytes()).strip();
            assertEquals(0, load.waitFor());
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        Set<String> notes = Verified.sound(dir);
        assertTrue(notes.contains("heartbeat"), "it stood still, and says so: " + notes);
        try (Recorded recorded = Recorded.open(dir)) {
            assertEquals(0, recorded.number("SELECT count(*) FROM gaps"));
            assertEquals(count(said), recorded.number("SELECT count(*) FROM exits WHERE comm LIKE 'storm-%'"
                    + " AND ppid IN (SELECT pid FROM exits WHERE ppid = " + pid + ")"));
        }
        System.out.println("stopped for " + STALL.toSeconds() + " s in " + said + ": none lost");
    }

    @Test
    void aDiskThatIsSlowForSecondsIsNoLoss() throws Exception {
        String said;
        try (LiveRecorder recorder = LiveRecorder.start(SLOW, dir)) {
            Await.until("it records", () -> !LiveRecorder.spools(dir).isEmpty());
            Process load = new ProcessBuilder(storm.toString(), "-r", "3000", "-s", "2").start();
            said = new String(load.getInputStream().readAllBytes()).strip();
            assertEquals(0, load.waitFor());
            assertEquals(0, recorder.stopUnder(), recorder.stderr());
        }
        Verified.sound(dir);
        try (Recorded recorded = Recorded.open(dir)) {
            assertEquals(0, recorded.number("SELECT count(*) FROM gaps"));
            assertTrue(count(said) <= recorded.number("SELECT count(*) FROM exits WHERE comm LIKE 'storm-%'"), said);
        }
        System.out.println("each write and fsync slower by 0.3 s in " + said + ": none lost");
    }

    @Test
    void spoolsGrowWhereTheyCannotBeSealedAsFastAsTheyCome() throws Exception {
        int[] most = new int[1];
        try (LiveRecorder recorder = LiveRecorder.start(SLOW_TO_SEAL, dir, "--rotate-size", "64K")) {
            Await.until("it records", () -> !LiveRecorder.spools(dir).isEmpty());
            Process load = new ProcessBuilder(storm.toString(), "-r", "8000", "-s", "2").start();
            Await.until("the load ends", () -> {
                most[0] = Math.max(most[0], LiveRecorder.spools(dir).size());
                return !load.isAlive();
            });
            assertEquals(0, recorder.stopUnder(), recorder.stderr());
        }
        Verified.sound(dir);
        assertTrue(most[0] > 8 && most[0] < 24, most[0] + " spools at a time: 16 may wait");
    }

    @Test
    void whatRingsCannotHoldOfASlowDiskIsCounted() throws Exception {
        String said;
        try (LiveRecorder recorder = LiveRecorder.start(SLOW, dir, "--ring-size", "64K", "--events-ring-size", "64K")) {
            Await.until("it records", () -> !LiveRecorder.spools(dir).isEmpty());
            Process load = new ProcessBuilder(storm.toString(), "-r", "3000", "-s", "2").start();
            said = new String(load.getInputStream().readAllBytes()).strip();
            assertEquals(0, load.waitFor());
            assertEquals(0, recorder.stopUnder(), recorder.stderr());
        }
        assertTrue(Verified.sound(dir).contains("gap"));
        try (Recorded recorded = Recorded.open(dir)) {
            long kept = recorded.number("SELECT count(*) FROM exits");
            long lost = recorded.number("SELECT sum(lost) FROM balance WHERE table_name = 'exits'");
            assertTrue(lost > 0 && count(said) <= kept + lost, kept + " kept and " + lost + " lost of " + said);
        }
    }

    @Test
    void whatSixtyFourKilobytesCannotHoldIsCounted() throws Exception {
        String said;
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--ring-size", "64K", "--events-ring-size", "64K")) {
            Process load = new ProcessBuilder(storm.toString(), "-n", "20000").start();
            // On a busy machine it could keep up.
            recorder.signal("STOP");
            said = new String(load.getInputStream().readAllBytes()).strip();
            assertEquals(0, load.waitFor());
            recorder.signal("CONT");
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        assertTrue(Verified.sound(dir).contains("gap"));
        try (Recorded recorded = Recorded.open(dir)) {
            long kept = recorded.number("SELECT count(*) FROM exits");
            long lost = recorded.number("SELECT sum(lost) FROM balance WHERE table_name = 'exits'");
            assertTrue(lost > 0, "64 KiB hold a hundred deaths or so");
            assertTrue(count(said) <= kept + lost, kept + " kept and " + lost + " lost of " + said);
            System.out.println("a ring of 64 KiB in " + said + ": " + kept + " kept, " + lost + " counted as lost, others' too");
        }
    }

    private static long count(String said) {
        return Long.parseLong(said.split(" ")[0]);
    }
}
