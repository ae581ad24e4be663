package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.recorder.kernel.NeedsBpf;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.Deletion;
import exitbox.schemas.catalog.Recording;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Disks that fill up: what is recorded of it, what is said, how it ends; and that nothing is lost without being counted.
@Tag("faults")
class FullDiskIT {
    @TempDir
    Path folder;

    private Truth truth;
    private Mount disk;
    private Path dir;

    @BeforeEach
    void smallDisk() throws Exception {
        NeedsBpf.assumeBpf();
        truth = Truth.compile(folder);
        disk = Mount.tmpfs(folder.resolve("disk"), "16m");
        dir = disk.at().resolve("recording");
    }

    @AfterEach
    void unmount() {
        if (disk != null) {
            disk.close();
        }
    }

    @Test
    void stopSealsWhatThereIsAndWritesWhy() throws Exception {
        Process storm = storm();
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--keep-free", "0")) {
            disk.fill(1 << 20);
            assertEquals(74, recorder.await(), recorder.stderr());
            assertTrue(recorder.stderr().endsWith(".spool: No space left on device — make room there,"
                    + " or see --on-full and --keep-free\n"), recorder.stderr());
        } finally {
            storm.destroyForcibly().waitFor();
        }
        assertEquals(List.of(), LiveRecorder.spools(dir));
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertEquals(1, recorded.number("SELECT count(*) FROM runs WHERE event = 'stop' AND reason LIKE 'disk full: cannot write " + dir
                    + "/spool/%.spool: No space left on device'"));
            assertTrue(recorded.number("SELECT sum(count) FROM gaps WHERE cause = 'disk_full'") > 0);
            assertEquals(0, recorded.number("SELECT count(*) FROM gaps WHERE cause = 'disk_full'"
                    + " AND (cpu < 0 OR table_name IS NULL OR first_boot_ns > last_boot_ns)"));
        }
    }

    @Test
    void whatIsToBeLeftToOthersIsLeft() throws Exception {
        try (LiveRecorder recorder = quiet("--keep-free", "25%")) {
            awaitReserve();
            disk.fill(3 << 20);
            assertEquals(74, recorder.await(), recorder.stderr());
            assertTrue(recorder.stderr().contains("stopped, because the disk is full: only 3.0 MiB of 16.0 MiB are free on the disk of "
                    + dir + ", and --keep-free 25% leaves 4.0 MiB to others — make room"), recorder.stderr());
        }
        assertEquals(List.of(), LiveRecorder.spools(dir));
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertEquals(1, recorded.number("SELECT count(*) FROM runs WHERE reason LIKE 'disk full: only 3.0 MiB of 16.0 MiB%'"));
            assertTrue(recorded.number("SELECT count(*) FROM heartbeats") > 0);
            assertEquals(0, recorded.number("SELECT count(*) FROM gaps"), "there was room for all that had happened");
        }
    }

    @Test
    void withTooLittleRoomItDoesNotBegin() throws Exception {
        disk.fill(1 << 20);
        try (LiveRecorder recorder = LiveRecorder.start(dir)) {
            assertEquals(74, recorder.await(), recorder.stderr());
            assertEquals("exitbox: cannot record into " + dir + ": only 1.0 MiB of 16.0 MiB are free on the disk of " + dir
                    + ", and --keep-free 10% leaves 1.6 MiB to others — make room there, or leave less with --keep-free"
                    + " (0 fills the disk)\n", recorder.stderr());
        }
        assertTrue(Files.notExists(dir));
        try (LiveRecorder recorder = quiet("--keep-free", "5%")) {
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
    }

    @Test
    void dropOldestBeginsOnADiskThatIsFullAlready() throws Exception {
        for (int run = 0; run < 3; run++) {
            try (LiveRecorder recorder = LiveRecorder.armed(dir, "--keep-free", "0")) {
                truth.deaths("storm", "2000");
                assertEquals(0, recorder.stop(), recorder.stderr());
            }
        }
        disk.fill(0);
        try (LiveRecorder recorder = quiet("--keep-free", "0", "--on-full", "drop-oldest")) {
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        assertEquals(Set.of("--on-full drop-oldest"), whys());
        assertVerified();
    }

    @Test
    void countOnlyWaitsWithItsBeginningUntilThereIsRoom() throws Exception {
        disk.fill(100 << 10);
        try (LiveRecorder recorder = LiveRecorder.start(dir, "--keep-free", "0", "--on-full", "count-only")) {
            Await.until("it waits", () -> recorder.stderr().contains("exitbox: cannot begin yet: only "));
            truth.deaths("exit", "18");
            disk.clear();
            Await.until("it records",
                    () -> !LiveRecorder.spools(dir).isEmpty() && LiveRecorder.rows(LiveRecorder.spools(dir).getFirst()) > 0);
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertEquals(1, recorded.number("SELECT count(*) FROM exits WHERE code = 18 AND comm = 'truth'"));
            assertEquals(0, recorded.number("SELECT count(*) FROM gaps"));
        }
    }

    @Test
    void whoWaitsWithItsBeginningCanBeStopped() throws Exception {
        disk.fill(100 << 10);
        try (LiveRecorder recorder = LiveRecorder.start(dir, "--keep-free", "0", "--on-full", "count-only")) {
            Await.until("it waits", () -> recorder.stderr().contains("exitbox: cannot begin yet: only "));
            recorder.signal("TERM");
            assertEquals(74, recorder.await(), recorder.stderr());
            assertTrue(recorder.stderr().contains("exitbox: stopped before it could begin: only "), recorder.stderr());
        }
        disk.clear();
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--keep-free", "0")) {
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        assertVerified();
    }

    @Test
    void countOnlyCountsUntilThereIsRoomAgain() throws Exception {
        Process storm = storm();
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--keep-free", "0", "--on-full", "count-only")) {
            disk.fill(64 << 10);
            Await.until("it counts", () -> recorder.stderr().contains(
                    ".spool: No space left on device — from now on events are counted, not kept, until there is room again\n"));
            truth.deaths("storm", "2000");
            disk.clear();
            Await.until("it records again", () -> recorder.stderr().contains("exitbox: there is room again: "));
            storm.destroyForcibly().waitFor();
            truth.deaths("exit", "18");
            assertEquals(0, recorder.stop(), recorder.stderr());
        } finally {
            storm.destroyForcibly().waitFor();
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertTrue(recorded.number("SELECT sum(count) FROM gaps WHERE cause = 'disk_full' AND table_name = 'exits'") > 0);
            assertEquals(1, recorded.number("SELECT count(*) FROM exits WHERE code = 18 AND comm = 'truth' AND cgroup IS NOT NULL"));
        }
    }

    @Test
    void dropOldestDeletesAndGoesOn() throws Exception {
        Process storm = storm();
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--keep-free", "90%", "--on-full", "drop-oldest", "--rotate-size", "1M")) {
            Await.until("something was deleted", () -> deletions(recorder) >= 1);
            storm.destroyForcibly().waitFor();
            assertEquals(0, recorder.stop(), recorder.stderr());
        } finally {
            storm.destroyForcibly().waitFor();
        }
        assertEquals(Set.of("--on-full drop-oldest"), whys());
        assertVerified();
        try (Recorded recorded = Recorded.open(dir)) {
            // Of so small a disk even what is newest may have to go, but never that there was a run and how it ended.
            assertEquals(List.of(List.of("SIGTERM")), recorded.rows("SELECT reason FROM runs WHERE event = 'stop'"));
        }
    }

    @Test
    void theFolderNeverTakesMoreThanKeepSize() throws Exception {
        long limit = 4 << 20;
        Process storm = storm();
        long[] most = new long[1];
        try (LiveRecorder recorder =
                LiveRecorder.armed(dir, "--keep-free", "0", "--keep-size", "4M", "--rotate-size", "1M", "--rotate-every", "1s")) {
            Await.until("much was deleted", () -> {
                most[0] = Math.max(most[0], Retention.taken(dir));
                return deletions(recorder) >= 4;
            });
            storm.destroyForcibly().waitFor();
            assertEquals(0, recorder.stop(), recorder.stderr());
        } finally {
            storm.destroyForcibly().waitFor();
        }
        assertTrue(most[0] <= limit, "took " + most[0]);
        assertTrue(Retention.taken(dir) <= limit);
        assertEquals(Set.of("--keep-size 4M"), whys());
        assertVerified();
    }

    @Test
    void whatIsOldIsDeletedAtTheStartToo() throws Exception {
        try (LiveRecorder recorder = LiveRecorder.armed(dir)) {
            truth.deaths("exit", "20");
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--keep", "1ms")) {
            Await.until("it is deleted", () -> deletions(recorder) > 0);
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        assertEquals(Set.of("--keep 1ms"), whys());
        assertVerified();
        try (Recorded recorded = Recorded.open(dir)) {
            assertEquals(0, recorded.number("SELECT count(*) FROM exits WHERE code = 20 AND comm = 'truth'"));
            assertEquals(4, recorded.number("SELECT count(*) FROM runs"), "both runs are known of");
        }
    }

    @Test
    void theReserveSufficesToSealWhenNobodyElseLeavesRoom() throws Exception {
        try (LiveRecorder recorder = quiet("--keep-free", "0")) {
            awaitReserve();
            disk.fill(8 << 10);
            recorder.stop();
            assertTrue(List.of(0, 74).contains(recorder.await()), "with luck nothing was to be written meanwhile: " + recorder.stderr());
        }
        assertEquals(List.of(), LiveRecorder.spools(dir));
        assertTrue(Files.notExists(reserve()));
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertEquals(1, recorded.number("SELECT count(*) FROM runs WHERE event = 'stop'"));
        }
    }

    /// It has its name before it has its room.
    private void awaitReserve() throws Exception {
        Await.until("the reserve is made", () -> Files.exists(reserve()) && Files.size(reserve()) > 0);
    }

    private Path catalog() throws Exception {
        return new Recording(dir).catalog(LiveRecorder.host());
    }

    private int deletions(LiveRecorder recorder) throws Exception {
        assertTrue(recorder.isAlive(), () -> "the recorder ended: " + recorder.stderr());
        return Catalog.read(catalog()).deletions().size();
    }

    private Set<String> whys() throws Exception {
        return Catalog.read(catalog()).deletions().stream().map(Deletion::why).collect(Collectors.toSet());
    }

    private void assertVerified() throws Exception {
        ProcessBuilder verify = new ProcessBuilder(Truth.ROOT.resolve("bin/exitbox").toString(), "verify", "-d", dir.toString());
        verify.environment().put("EXITBOX_NO_BUILD", "1");
        Process process = verify.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }

    private Path reserve() throws Exception {
        return new Recording(dir).spoolFolder(LiveRecorder.host()).resolve(Reserve.NAME);
    }

    /// Records of the deaths only those of a user that nobody is, so that what else happens on the machine does not fill the disk.
    private LiveRecorder quiet(String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of("--no-hook", "all", "--uid", "3999999999"));
        all.addAll(List.of(options));
        return LiveRecorder.armed(dir, all.toArray(String[]::new));
    }

    private Process storm() throws Exception {
        return truth.start("storm", Integer.toString(Integer.MAX_VALUE));
    }
}
