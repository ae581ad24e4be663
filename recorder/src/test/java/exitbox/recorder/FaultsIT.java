package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.recorder.kernel.KernelBtf;
import exitbox.recorder.kernel.NeedsBpf;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.sign.SealKey;
import exitbox.schemas.spool.SpoolTail;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Disks that fail, folders that others hold or remove, kernels that refuse: what is said, the exit status, and
/// what of the recording is left.
class FaultsIT {
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

    @Test
    void aSecondRecorderNamesTheFirst() throws Exception {
        try (LiveRecorder first = LiveRecorder.armed(dir); LiveRecorder second = LiveRecorder.start(dir)) {
            assertEquals(73, second.await());
            assertEquals("exitbox: cannot record into " + dir + ": process " + first.pid()
                    + " records into it — stop that one, or choose another folder with -d\n", second.stderr());
            first.kill();
        }
        try (LiveRecorder next = LiveRecorder.armed(dir)) {
            assertEquals(0, next.stop(), "kill -9 frees the folder");
        }
    }

    @Test
    void withoutRightsNothingIsMade() throws Exception {
        assumeTrue(onPath("setpriv"), "needs setpriv");
        List<String> nobodys = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
        assumeTrue(reads(nobodys, Truth.ROOT.resolve("bin/exitbox")), "needs the sources in a folder that nobody may enter as well");
        try (LiveRecorder nobody = LiveRecorder.start(nobodys, dir)) {
            assertEquals(77, nobody.await());
            assertEquals("exitbox: cannot record: CAP_BPF and CAP_PERFMON are missing — run as root (sudo),"
                    + " or grant CAP_BPF and CAP_PERFMON\n", nobody.stderr());
        }
        assertTrue(Files.notExists(dir));
    }

    /// As the service does; /sys/fs/bpf is root's alone.
    @Test
    void twoRightsSuffice() throws Exception {
        assumeTrue(onPath("setpriv"), "needs setpriv");
        List<String> rights = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all,+bpf,+perfmon",
                "--ambient-caps=-all,+bpf,+perfmon", "--bounding-set=-all,+bpf,+perfmon");
        assumeTrue(reads(rights, Truth.ROOT.resolve("bin/exitbox")), "needs the sources in a folder that nobody may enter as well");
        Path home = Files.createTempDirectory("nobody");
        try {
            assertEquals(0, new ProcessBuilder("chown", "65534:65534", home.toString()).start().waitFor());
            dir = home.resolve("recording");
            try (LiveRecorder nobody = LiveRecorder.start(rights, dir)) {
                Await.until("it records", () -> LiveRecorder.spools(dir).stream().mapToLong(FaultsIT::rows).sum() > 0 || !nobody.isAlive());
                truth.deaths("exit", "15");
                assertEquals(0, nobody.stop(), nobody.stderr());
            }
            try (Recorded recorded = Recorded.open(dir)) {
                recorded.assertSeqWhole();
                recorded.assertBalanced();
                assertEquals(1, recorded.number("SELECT count(*) FROM exits WHERE code = 15 AND comm = 'truth'"));
            }
        } finally {
            new ProcessBuilder("rm", "-rf", home.toString()).start().waitFor();
        }
    }

    private static boolean reads(List<String> under, Path file) throws Exception {
        List<String> command = new ArrayList<>(under);
        command.addAll(List.of("test", "-r", file.toString()));
        return new ProcessBuilder(command).start().waitFor() == 0;
    }

    @Test
    void aRefusedProgramLeavesTheKernelsWordsInAFile() throws Exception {
        assumeTrue(KernelBtf.read().exitParameters() < 3 || !KernelBtf.read().taskstatsExit() || !fentryWorks(),
                "needs a hook that this kernel refuses");
        String hook = KernelBtf.read().exitParameters() < 3 ? "group_dead" : "taskstats";
        try (LiveRecorder refused = LiveRecorder.start(dir, "--exit-hook", hook)) {
            assertEquals(70, refused.await());
            Matcher said = Pattern.compile("exitbox: cannot \\w+ exit_" + hook + " .* \\(the kernel's words: (/.*\\.log)\\)\n")
                    .matcher(refused.stderr());
            assertTrue(said.matches(), refused.stderr());
            Path log = Path.of(said.group(1));
            assertTrue(Files.readString(log).contains("exit_" + hook));
            Files.delete(log);
        }
    }

    private boolean fentryWorks() throws Exception {
        try (LiveRecorder recorder = LiveRecorder.start(folder.resolve("fentry"), "--exit-hook", "taskstats", "--duration", "1ms")) {
            return recorder.await() == 0;
        }
    }

    @Test
    void aStrangersSpoolAndADamagedCatalogDoNotStopIt() throws Exception {
        try (LiveRecorder recorder = LiveRecorder.armed(dir)) {
            assertEquals(0, recorder.stop());
        }
        Path stranger = new Recording(dir).spool(LiveRecorder.host(), 77);
        Files.writeString(stranger, "EXBXSPL1 and then nothing of use");
        Path catalog = new Recording(dir).catalog(LiveRecorder.host());
        Files.writeString(catalog, "{\"spool\":\n", StandardOpenOption.APPEND);
        try (LiveRecorder recorder = LiveRecorder.armed(dir)) {
            assertEquals(0, recorder.stop());
            List<String> said = recorder.stderr().lines().toList();
            assertEquals(3, said.size(), recorder.stderr());
            assertTrue(said.get(0).startsWith("exitbox: " + catalog + ": line 2: "), said.get(0));
            assertTrue(said.get(1).startsWith("exitbox: " + stranger + ": "), said.get(1));
        }
        assertEquals(List.of(stranger), LiveRecorder.spools(dir));
    }

    @Test
    void aSpoolThatIsRemovedIsAGapAndANewOneIsBegun() throws Exception {
        Await.untilMidnightIsFar();
        // Often enough, and not again before the new one stands: that would be one failure too many.
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--sync-every", "500ms")) {
            Path spool = LiveRecorder.spools(dir).getFirst();
            Files.delete(spool);
            Await.until("a new spool is begun", () -> {
                List<Path> spools = LiveRecorder.spools(dir);
                return !spools.isEmpty() && LiveRecorder.rows(spools.getLast()) > 0;
            });
            truth.deaths("exit", "11");
            assertEquals(0, recorder.stop());
            assertTrue(recorder.stderr().startsWith("exitbox: cannot bring " + spool
                    + " to the disk: the file was removed or replaced — a new one is begun, the loss is recorded\n"), recorder.stderr());
            assertTrue(recorder.stderr().matches("(?s).*\nexitbox: recorded .*, lost [1-9][0-9,]*: .*\n"), recorder.stderr());
        }
        try (Recorded recorded = Recorded.open(dir)) {
            assertEquals(1, recorded.number("SELECT count(*) FROM exits WHERE code = 11"));
            recorded.assertSeqWhole();
            assertEquals(List.of(List.of("removed", true)), recorded.rows("SELECT cause, count > 0 FROM gaps"));
        }
    }

    @Test
    void aFolderThatIsReplacedEndsTheRun() throws Exception {
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--sync-every", "50ms")) {
            Path moved = folder.resolve("moved");
            Files.move(dir, moved);
            Files.createDirectories(new Recording(dir).spoolFolder(LiveRecorder.host()));
            assertEquals(74, recorder.await(), recorder.stderr());
            assertTrue(recorder.stderr().startsWith("exitbox: the folder " + dir + " was removed or replaced — stopping\n"),
                    recorder.stderr());
            assertTrue(SpoolTail.read(LiveRecorder.spools(moved).getFirst()).ended(), "why it ended stands in the one that it held");
            try (Stream<Path> files = Files.walk(dir)) {
                assertEquals(List.of(dir, new Recording(dir).spoolFolder(), new Recording(dir).spoolFolder(LiveRecorder.host())),
                        files.sorted().toList(), "nothing is made in a folder that it does not hold");
            }
        }
    }

    @Test
    void aFailedWriteBeginsANewSpool() throws Exception {
        assumeTrue(onPath("strace"), "needs strace");
        Path spool = new Recording(dir).spool(LiveRecorder.host(), 1);
        try (LiveRecorder recorder = straceWrites("inject=writev:error=EIO:when=4", spool, "--no-hook", "all")) {
            Await.until("a new spool was begun", () -> recorder.stderr().contains("cannot write " + spool
                    + ": Input/output error — it is sealed now, and a new one begun\n"));
            truth.deaths("exit", "14");
            assertEquals(0, recorder.stopUnder(), recorder.stderr());
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertEquals(1, recorded.number("SELECT count(*) FROM exits WHERE code = 14 AND comm = 'truth'"));
            assertEquals(0, recorded.number("SELECT count(*) FROM gaps"));
        }
    }

    /// The run has begun: its processes alive are what there is no room for.
    @Test
    void whatTheFirstSnapshotHasNoRoomForIsCounted() throws Exception {
        assumeTrue(onPath("strace"), "needs strace");
        Path spool = new Recording(dir).spool(LiveRecorder.host(), 1);
        try (LiveRecorder recorder = straceWrites("inject=writev:error=ENOSPC:when=2", spool, "--on-full", "count-only")) {
            Await.until("there is room again", () -> recorder.stderr().contains("exitbox: there is room again: "));
            truth.deaths("exit", "16");
            assertEquals(0, recorder.stopUnder(), recorder.stderr());
            assertTrue(recorder.stderr().startsWith("exitbox: cannot write " + dir)
                    && recorder.stderr().contains(".spool: No space left on device — from now on events are counted, not kept, until"
                            + " there is room again\n"),
                    recorder.stderr());
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertTrue(recorded.number("SELECT sum(count) FROM gaps WHERE table_name = 'tasks' AND cause = 'disk_full'") > 0);
            assertEquals(0, recorded.number("SELECT count(*) FROM tasks"));
            assertEquals(1, recorded.number("SELECT count(*) FROM exits WHERE code = 16 AND comm = 'truth'"));
        }
    }

    private LiveRecorder straceWrites(String inject, Path file, String... options) throws Exception {
        LiveRecorder recorder = LiveRecorder.start(List.of("strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "-P", file.toString(), "-e",
                "trace=writev", "-e", inject), dir, options);
        Await.until("it records", () -> !LiveRecorder.spools(dir).isEmpty());
        return recorder;
    }

    /// Nobody has noticed it before the end: the loss is told all the same.
    @Test
    void aSpoolThatIsRemovedAtTheEndIsAGapToo() throws Exception {
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--sync-every", "1h")) {
            Files.delete(LiveRecorder.spools(dir).getFirst());
            assertEquals(0, recorder.stop(), recorder.stderr());
            assertTrue(recorder.stderr().matches("(?s).*exitbox: recorded .*, lost [1-9][0-9,]*: .*\\n"), recorder.stderr());
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            assertEquals(List.of(List.of("removed")), recorded.rows("SELECT cause FROM gaps"));
            assertEquals(1, recorded.number("SELECT count(*) FROM runs WHERE event = 'stop'"));
        }
    }

    /// It can be got back as long as the recorder has it.
    @Test
    void aKeyThatIsRemovedIsSaid() throws Exception {
        Path key = folder.resolve("seal.key");
        SealKey.create(key);
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--sync-every", "50ms", "--seal-key", key.toString())) {
            Files.delete(key);
            Await.until("it is said", () -> recorder.stderr().startsWith("exitbox: the key " + key
                    + " was removed or replaced: nothing can be signed behind this run"));
            assertEquals(0, recorder.stop());
        }
    }

    @Test
    void aFolderThatIsRemovedEndsTheRun() throws Exception {
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--sync-every", "50ms")) {
            Files.move(dir, folder.resolve("moved"));
            assertEquals(74, recorder.await(), recorder.stderr());
            assertTrue(recorder.stderr().startsWith("exitbox: the folder " + dir + " was removed or replaced — stopping\n"),
                    recorder.stderr());
            assertTrue(Files.notExists(dir));
            assertTrue(recorder.stderr().endsWith(" — the folder is there no more, and that went with it\n"), recorder.stderr());
        }
    }

    @Test
    void aFailedFsyncBeginsANewSpoolAndASecondOneEndsTheRun() throws Exception {
        assumeTrue(onPath("strace"), "needs strace");
        String once = "inject=fdatasync:error=EIO:when=2";
        try (LiveRecorder recorder = strace(once, dir)) {
            truth.deaths("exit", "12");
            Await.until("two spools were begun", () -> LiveRecorder.spools(dir).stream().anyMatch(s -> Recording.spoolNumber(s) >= 2));
            truth.deaths("exit", "13");
            assertEquals(0, recorder.stopUnder(), recorder.stderr());
            assertTrue(recorder.stderr().contains("to the disk: Input/output error — it is sealed now, and a new one begun\n"),
                    recorder.stderr());
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertEquals(2, recorded.number("SELECT count(*) FROM exits WHERE code IN (12, 13)"));
        }
        Path other = folder.resolve("other");
        try (LiveRecorder recorder = strace("inject=fdatasync:error=EIO:when=2+", other)) {
            assertEquals(74, recorder.await(), recorder.stderr());
            assertTrue(recorder.stderr().contains("Input/output error — stopping\n"), recorder.stderr());
        }
    }

    private static LiveRecorder strace(String inject, Path dir) throws Exception {
        LiveRecorder recorder =
                LiveRecorder.start(List.of("strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", inject), dir,
                        "--sync-every", "50ms");
        Await.until("it records", () -> !LiveRecorder.spools(dir).isEmpty());
        return recorder;
    }

    @Test
    void aPlantedLinkIsNotFollowed() throws Exception {
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        Path lock = new Recording(dir).spoolFolder(LiveRecorder.host()).resolve("recorder.lock");
        Files.createDirectories(lock.getParent());
        Files.createSymbolicLink(lock, victim);
        try (LiveRecorder recorder = LiveRecorder.start(dir)) {
            assertEquals(73, recorder.await(), recorder.stderr());
        }
        assertEquals("precious", Files.readString(victim));
        assertFalse(Files.isSymbolicLink(victim));
    }

    private static long rows(Path spool) {
        try {
            return LiveRecorder.rows(spool);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean onPath(String program) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", "command -v " + program + " >/dev/null").start().waitFor() == 0;
    }
}
