package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.recorder.faults.Verified;
import exitbox.recorder.kernel.NeedsBpf;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Recorders that die while the kernel goes on collecting: the next one takes over, nothing is lost and nothing is there
/// twice, and what could not be kept is said to be.
class PinIT {
    private static final int ROUNDS = 6;
    // On a machine that is busy with other things a start takes seconds, and one that is killed at once takes nothing out.
    private static final String RING = "128M";

    @TempDir
    Path folder;

    private Truth truth;
    private Path dir;
    private Path bpffs;

    @BeforeEach
    void needsBpf() throws Exception {
        NeedsBpf.assumeBpf();
        truth = Truth.compile(folder);
        dir = folder.resolve("recording");
        Path mount = Files.createDirectories(folder.resolve("bpf"));
        assumeTrue(new ProcessBuilder("mount", "-t", "bpf", "bpf", mount.toString()).start().waitFor() == 0,
                "needs the right to mount a BPF file system");
        bpffs = mount.resolve("exitbox");
    }

    @AfterEach
    void unmount() throws Exception {
        // With it go all pins that a failed test left.
        new ProcessBuilder("umount", "-l", folder.resolve("bpf").toString()).start().waitFor();
    }

    @Test
    @Tag("faults")
    void killedAgainAndAgainInAStormItLosesNothingAndHasNothingTwice() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String program = Truth.compile(folder, "storm").toString();
        Process storm = null;
        for (int round = 0; round < ROUNDS; round++) {
            // Every other round rotates and seals all the time.
            try (LiveRecorder recorder = armed("--rotate-size", round % 2 == 0 ? "64K" : "64M")) {
                storm = storm != null ? storm : new ProcessBuilder(program, "-r", "20000", "-s", "12").start();
                LockSupport.parkNanos(random.nextLong(800_000_000)); // any moment is right
                recorder.kill();
            }
        }
        String said = new String(storm.getInputStream().readAllBytes());
        assertEquals(0, storm.waitFor(), said);
        long deaths = Long.parseLong(said.split(" ")[0]);
        try (LiveRecorder recorder = armed()) {
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        assertNothingIsPinned();
        assertEquals(List.of(), LiveRecorder.spools(dir));
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertNothingIsLost(recorded);
            assertEquals(deaths, recorded.number("SELECT count(*) FROM exits WHERE comm LIKE 'storm-%' AND ppid IN"
                    + " (SELECT pid FROM exits WHERE ppid = " + storm.pid() + ")"), "seed " + seed);
            assertEquals(0,
                    recorded.number("SELECT count(*) FROM (SELECT pid, start_boot_ns FROM exits GROUP BY ALL HAVING count(*) > 1)"));
            assertEquals(List.of(List.of("start", 1L), List.of("stop", 1L), List.of("takeover", (long) ROUNDS)),
                    recorded.rows("SELECT event, count(*) FROM runs GROUP BY ALL ORDER BY 1"));
            assertEquals(1, recorded.number("SELECT count(DISTINCT run_id) FROM runs"));
            System.out.println("killed " + ROUNDS + " times in " + said.strip() + ", none lost, none twice");
        }
        Verified.sound(dir);
    }

    @Test
    void whatIsLeftOutByNameIsCountedOnceHoweverOftenItIsKilled() throws Exception {
        Process storm = truth.start("storm", Integer.toString(Integer.MAX_VALUE));
        try {
            for (int round = 0; round < ROUNDS; round++) {
                try (LiveRecorder recorder = armed("--comm", "^nobody$")) {
                    recorder.kill();
                }
            }
        } finally {
            storm.destroyForcibly().waitFor();
        }
        try (LiveRecorder recorder = armed("--comm", "^nobody$")) {
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertEquals(0, recorded.number("SELECT count(*) FROM exits"));
            assertTrue(recorded.number("SELECT sum(filtered) FROM balance WHERE table_name = 'exits'") > 1000);
            assertEquals(1, recorded.number("SELECT count(DISTINCT run_id) FROM runs"));
        }
    }

    @Test
    void whatTheRingCouldNotHoldMeanwhileIsAGapWithItsSpan() throws Exception {
        try (LiveRecorder recorder = armed("--ring-size", "64K")) {
            recorder.kill();
        }
        truth.deaths("storm", "2000");
        try (LiveRecorder recorder = armed("--ring-size", "64K")) {
            recorder.kill();
        }
        try (LiveRecorder recorder = armed("--ring-size", "64K")) {
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            long kept = recorded.number("SELECT count(*) FROM exits");
            long lost = recorded.number("SELECT sum(count) FROM gaps WHERE table_name = 'exits' AND cause = 'ring_full'");
            assertTrue(lost > 0 && kept + lost >= 2000, kept + " kept, " + lost + " lost");
            assertEquals(0, recorded.number("SELECT count(*) FROM gaps, runs WHERE event = 'start' AND (first_boot_ns < runs.boot_ns"
                    + " OR last_boot_ns < first_boot_ns OR last_boot_ns > gaps.boot_ns)"));
        }
    }

    @Test
    void otherOptionsHoldWhenTheRingIsDrained() throws Exception {
        try (LiveRecorder recorder = armed()) {
            recorder.kill();
        }
        List<Truth.Death> before = truth.deaths("exit", "0");
        try (LiveRecorder recorder = armedAnew("-x")) {
            List<Truth.Death> good = truth.deaths("exit", "0");
            List<Truth.Death> bad = truth.deaths("exit", "7");
            assertEquals(0, recorder.stop(), recorder.stderr());
            assertNothingIsPinned();
            try (Recorded recorded = Recorded.open(dir)) {
                recorded.assertSeqWhole();
                recorded.assertBalanced();
                assertEquals(1, deaths(recorded, before));
                assertEquals(0, deaths(recorded, good));
                assertEquals(1, deaths(recorded, bad));
                assertEquals(List.of("start", "takeover", "stop", "start", "stop"),
                        recorded.rows("SELECT event FROM runs ORDER BY seq").stream().map(List::getFirst).toList());
                assertEquals("started with other options", recorded.rows("SELECT reason FROM runs WHERE event = 'stop' ORDER BY seq")
                        .getFirst().getFirst());
                assertNothingIsLost(recorded);
            }
        }
    }

    @Test
    void unpinEndsWhatWasLeftAndSealsWhatItsRingsHold() throws Exception {
        try (LiveRecorder recorder = armed()) {
            recorder.kill();
        }
        List<Truth.Death> meanwhile = truth.deaths("killed", "3");
        try (LiveRecorder unpin = LiveRecorder.start(dir, "--unpin", "--bpffs", bpffs.toString())) {
            assertEquals(0, unpin.await(), unpin.stderr());
        }
        assertNothingIsPinned();
        List<Truth.Death> later = truth.deaths("exit", "0");
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertEquals(3, deaths(recorded, meanwhile));
            assertEquals(0, deaths(recorded, later));
            assertNothingIsLost(recorded);
        }
        try (LiveRecorder unpin = LiveRecorder.start(dir, "--unpin", "--bpffs", bpffs.toString())) {
            assertEquals(0, unpin.await(), unpin.stderr());
            assertEquals("exitbox: nothing is pinned for " + dir + " in " + bpffs + "\n", unpin.stderr());
        }
    }

    @Test
    void aRestartLeavesTheProgramsAtWorkAndAStopDoesNot() throws Exception {
        List<Truth.Death> between = new ArrayList<>();
        try (LiveRecorder recorder = armed()) {
            recorder.signal("USR1");
            assertEquals(0, recorder.await(), recorder.stderr());
            assertTrue(recorder.stderr().endsWith(" — the kernel goes on collecting, for the next recorder in this folder\n"),
                    recorder.stderr());
        }
        between.addAll(truth.deaths("exit", "0"));
        // Without --pin it goes on as well, and leaves nothing.
        try (LiveRecorder recorder =
                LiveRecorder.armed(dir, "--bpffs", bpffs.toString(), "--ring-size", RING, "--events-ring-size", RING)) {
            Await.until("nothing is pinned", () -> {
                try (DirectoryStream<Path> pins = Files.newDirectoryStream(bpffs)) {
                    return !pins.iterator().hasNext();
                }
            });
            between.addAll(truth.deaths("exit", "0"));
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertEquals(2, deaths(recorded, between));
            assertEquals(1, recorded.number("SELECT count(DISTINCT run_id) FROM runs"));
            assertNothingIsLost(recorded);
        }
    }

    @Test
    void whatARecorderLeftThatDiedWhileItPinnedIsRemoved() throws Exception {
        try (LiveRecorder recorder = armed()) {
            recorder.kill();
        }
        Files.delete(pins().resolve("facts")); // the last that is pinned
        try (LiveRecorder recorder = armed()) {
            assertTrue(Files.exists(pins().resolve("facts")));
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        assertNothingIsPinned();
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            assertEquals(List.of(List.of("unclean_end")), recorded.rows("SELECT cause FROM gaps WHERE cause <> 'interrupted'"));
            assertEquals(2, recorded.number("SELECT count(DISTINCT run_id) FROM runs"));
        }
    }

    @Test
    void aRunWhoseRecorderDiedWhileItStoppedIsEnded() throws Exception {
        try (LiveRecorder recorder = armed()) {
            recorder.kill();
        }
        List<Truth.Death> waiting = truth.deaths("exit", "5");
        try (DirectoryStream<Path> links = Files.newDirectoryStream(pins(), "link_*")) {
            for (Path link : links) {
                Files.delete(link); // the first that a stop does
            }
        }
        List<Truth.Death> unseen = truth.deaths("exit", "5");
        try (LiveRecorder recorder = armedAnew()) {
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        assertNothingIsPinned();
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertEquals(1, deaths(recorded, waiting));
            assertEquals(0, deaths(recorded, unseen));
            assertEquals(List.of("start", "takeover", "stop", "start", "stop"),
                    recorded.rows("SELECT event FROM runs ORDER BY seq").stream().map(List::getFirst).toList());
            assertNothingIsLost(recorded);
        }
    }

    @Test
    @Tag("faults")
    void aRecordingThatWasRemovedMeanwhileIsBegunAnew() throws Exception {
        try (LiveRecorder recorder = armed()) {
            recorder.kill();
        }
        new ProcessBuilder("rm", "-r", dir.toString()).start().waitFor();
        List<Truth.Death> meanwhile = truth.deaths("exit", "5");
        try (LiveRecorder recorder = armed()) {
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            assertEquals(1, deaths(recorded, meanwhile));
            assertEquals(List.of(List.of("removed")), recorded.rows("SELECT cause FROM gaps WHERE count IS NULL"));
        }
        Verified verified = Verified.of(dir);
        assertEquals(0, verified.status(), verified.text());
    }

    /// What waited is sealed, and what took its place is known to be gone.
    @Test
    @Tag("faults")
    void anOpenSpoolThatWasRemovedBesideOneThatWaitsIsALoss() throws Exception {
        assumeTrue(FaultsIT.onPath("strace"), "needs strace");
        List<String> sealsNothing = List.of("strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "-e",
                "inject=fsync:delay_enter=60000000:when=5+"); // not the folders
        List<Truth.Death> waiting;
        try (LiveRecorder recorder = LiveRecorder.start(sealsNothing, dir, options())) {
            Await.until("all is pinned", () -> facts() != null);
            waiting = truth.deaths("exit", "5");
            recorder.signalUnder("HUP");
            Await.until("one waits",
                    () -> LiveRecorder.spools(dir).size() == 2 && LiveRecorder.rows(LiveRecorder.spools(dir).getLast()) > 0);
            recorder.killUnder();
        }
        Files.delete(LiveRecorder.spools(dir).getLast());
        try (LiveRecorder recorder = armed()) {
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            assertEquals(1, deaths(recorded, waiting));
            assertEquals(List.of(List.of("removed")), recorded.rows("SELECT cause FROM gaps WHERE count IS NULL"));
        }
        Verified verified = Verified.of(dir);
        assertEquals(0, verified.status(), verified.text());
    }

    @Test
    @Tag("faults")
    void aRunOfThisMachineUnderAnotherNameIsEndedAndSealed() throws Exception {
        List<String> renamed = List.of("unshare", "--uts", "sh", "-c", "hostname early; exec \"$@\"", "sh");
        try (LiveRecorder recorder = LiveRecorder.start(renamed, dir, options())) {
            Await.until("all is pinned", () -> facts() != null);
            recorder.kill();
        }
        List<Truth.Death> meanwhile = truth.deaths("exit", "5");
        try (LiveRecorder recorder = armedAnew()) {
            assertTrue(recorder.stderr().contains("this machine is called " + LiveRecorder.host() + " now"), recorder.stderr());
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        assertNothingIsPinned();
        try (Recorded recorded = Recorded.open(dir, "early")) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertEquals(1, deaths(recorded, meanwhile));
            assertEquals(List.of(List.of("start"), List.of("takeover"), List.of("stop")),
                    recorded.rows("SELECT event FROM runs ORDER BY seq"));
        }
        Verified verified = Verified.of(dir);
        assertEquals(0, verified.status(), verified.text());
    }

    /// The first that a stop does.
    @Test
    @Tag("faults")
    void aRunWhoseRecorderDiedBetweenTwoLinksIsEnded() throws Exception {
        try (LiveRecorder recorder = armed()) {
            recorder.kill();
        }
        List<Truth.Death> waiting = truth.deaths("exit", "5");
        try (DirectoryStream<Path> links = Files.newDirectoryStream(pins(), "link_*")) {
            for (Path link : links) {
                if (!link.getFileName().toString().contains("exit")) {
                    Files.delete(link);
                }
            }
        }
        // What is counted after the rings were emptied would be missing.
        Process storm = truth.start("storm", Integer.toString(Integer.MAX_VALUE));
        try (LiveRecorder recorder = armedAnew()) {
            storm.destroyForcibly().waitFor();
            assertEquals(0, recorder.stop(), recorder.stderr());
        } finally {
            storm.destroyForcibly().waitFor();
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertEquals(1, deaths(recorded, waiting));
        }
        Verified.sound(dir);
    }

    @Test
    void programsOfAnotherVersionGoOnWithTheirOwnLayout() throws Exception {
        List<Truth.Death> deaths = new ArrayList<>();
        Process other = otherVersion();
        try {
            Await.until("all is pinned", () -> facts() != null);
            deaths.addAll(truth.deaths("killed", "3"));
        } finally {
            other.destroyForcibly().waitFor();
        }
        deaths.addAll(truth.deaths("killed", "3"));
        try (LiveRecorder recorder = armed()) {
            deaths.addAll(truth.deaths("killed", "3"));
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertEquals(deaths.size(), deaths(recorded, deaths));
            assertNothingIsLost(recorded);
            assertEquals(1, recorded.number("SELECT count(DISTINCT run_id) FROM runs"));
        }
    }

    /// A recorder whose records have their fields elsewhere.
    private Process otherVersion() throws Exception {
        Path sources = Files.createDirectories(folder.resolve("other/src/main/c"));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Truth.ROOT.resolve("bpf/src/main/c"))) {
            for (Path file : files) {
                String text = Files.readString(file);
                String moved = text.replaceFirst("(struct exit_record \\{\\n\\s*struct record_header header;)", "$1 __u64 moved[3];")
                        .replaceFirst("(struct control \\{)", "$1 __u64 moved;");
                assertEquals(file.getFileName().toString().equals("records.h"), !moved.equals(text), file.toString());
                Files.writeString(sources.resolve(file.getFileName()), moved);
            }
        }
        Path compile = Files.copy(Truth.ROOT.resolve("bpf/compile"), folder.resolve("other/compile"));
        Path classes = folder.resolve("classes");
        assertEquals(0, new ProcessBuilder("bash", compile.toString(), classes.toString()).inheritIO().start().waitFor());
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", classes + ":" + Truth.ROOT.resolve("recorder/target/recorder.jar"),
                "exitbox.recorder.Main", "record", "-d", dir.toString()));
        command.addAll(List.of(options()));
        return new ProcessBuilder(command).inheritIO().start();
    }

    @Test
    void whereNothingIsPinnedNothingIsMade() throws Exception {
        Path typo = folder.resolve("typo");
        try (LiveRecorder recorder = LiveRecorder.start(typo, "--unpin", "--bpffs", bpffs.toString())) {
            assertEquals(0, recorder.await());
            assertEquals("exitbox: nothing is pinned for " + typo + " in " + bpffs + "\n", recorder.stderr());
        }
        assertFalse(Files.exists(typo));
    }

    @Test
    void saysWhereNothingCanBePinned() throws Exception {
        try (LiveRecorder recorder = LiveRecorder.start(dir, "--pin", "--bpffs", folder.resolve("plain").toString())) {
            assertEquals(70, recorder.await());
            assertEquals("exitbox: cannot pin in " + folder.resolve("plain") + ": that is in no BPF file system — mount one"
                    + " (mount -t bpf -o mode=0700 bpf /sys/fs/bpf), name a folder in one with --bpffs, or record without --pin\n",
                    recorder.stderr());
        }
        assertFalse(Files.exists(folder.resolve("plain")));
    }

    private LiveRecorder armed(String... options) throws Exception {
        LiveRecorder recorder = LiveRecorder.armed(dir, options(options));
        Await.until("all is pinned", () -> facts() != null);
        return recorder;
    }

    /// The same for one that ends what was left, and pins what is its own.
    private LiveRecorder armedAnew(String... options) throws Exception {
        Object before = facts();
        LiveRecorder recorder = LiveRecorder.start(dir, options(options));
        Await.until("all is pinned anew", () -> {
            Object now = facts();
            return now != null && !now.equals(before);
        });
        return recorder;
    }

    private String[] options(String... options) {
        List<String> all = new ArrayList<>(List.of("--pin", "--bpffs", bpffs.toString(), "--events-ring-size", RING));
        if (!List.of(options).contains("--ring-size")) {
            all.addAll(List.of("--ring-size", RING));
        }
        all.addAll(List.of(options));
        return all.toArray(String[]::new);
    }

    /// What makes a whole set of pins, as long as it is the same one; null when there is none.
    private Object facts() throws IOException {
        try {
            return Files.readAttributes(pins().resolve("facts"), BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException | NoSuchElementException e) {
            return null;
        }
    }

    private Path pins() throws IOException {
        try (DirectoryStream<Path> pins = Files.newDirectoryStream(bpffs)) {
            return pins.iterator().next();
        }
    }

    private void assertNothingIsPinned() throws IOException {
        try (DirectoryStream<Path> pins = Files.newDirectoryStream(bpffs)) {
            assertFalse(pins.iterator().hasNext());
        }
    }

    /// But for a list of the processes alive that a kill may have cut short: the next recorder makes a new one.
    private static void assertNothingIsLost(Recorded recorded) throws Exception {
        assertEquals(List.of(), recorded.rows("SELECT * FROM gaps WHERE cause <> 'interrupted' OR table_name <> 'tasks'"));
    }

    /// How many of them are recorded.
    private static long deaths(Recorded recorded, List<Truth.Death> deaths) throws Exception {
        List<Truth.Death> found = new ArrayList<>();
        for (List<Object> row : recorded.rows("SELECT pid, start_boot_ns, status FROM exits")) {
            found.add(Truth.Death.of(((Number) row.get(0)).longValue(), (Long) row.get(1), ((Number) row.get(2)).intValue()));
        }
        return deaths.stream().filter(found::contains).count();
    }
}
