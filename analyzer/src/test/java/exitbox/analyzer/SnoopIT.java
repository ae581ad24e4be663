package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `exitbox snoop` on this machine's own deaths: what it shows, and that it leaves nothing behind however it ends.
class SnoopIT {
    @TempDir
    Path folder;

    @BeforeEach
    void needsBpf() throws IOException {
        boolean root = Files.readString(Path.of("/proc/self/status")).matches("(?s).*\nUid:\t\\d+\t0\t.*");
        assumeTrue(root, "needs BPF: not root");
        assumeTrue(Files.exists(Path.of("/sys/kernel/btf/vmlinux")), "needs BPF: this kernel has no BTF");
        assumeRecorder();
    }

    private static void assumeRecorder() {
        assumeTrue(Files.exists(LiveSnoop.ROOT.resolve("recorder/target/recorder.jar")), "needs the recorder's jar: build all modules");
    }

    private static long died(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        process.waitFor();
        return process.pid();
    }

    @Test
    void failuresAreShownAndSuccessIsNot() throws Exception {
        try (LiveSnoop snoop = LiveSnoop.armed(folder, "-x")) {
            assertEquals("PCOMM            PID     PPID    TID     AGE(s)  EXIT_CODE ", snoop.lines().getFirst());
            long well = died("sh", "-c", "exit 0");
            long failed = died("sh", "-c", "exit 7");
            long killed = died("sh", "-c", "kill -9 $$");
            long self = ProcessHandle.current().pid();
            snoop.await(" " + killed + " ");
            String pids = failed + " +" + self + " +" + failed;
            assertTrue(snoop.linesOf(failed).getFirst().matches("sh {15}" + pids + " +\\d+\\.\\d\\d +code 7"), snoop.lines().toString());
            assertTrue(snoop.linesOf(killed).getFirst().endsWith(" signal 9 (KILL)"), snoop.linesOf(killed).toString());
            assertEquals(List.of(), snoop.linesOf(well));
            snoop.signal("INT");
            assertEquals(0, snoop.status());
            assertEquals("", snoop.stderr());
            assertEquals(List.of(), snoop.left());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP"})
    void signalsEndItCleanly(String signal) throws Exception {
        try (LiveSnoop snoop = LiveSnoop.armed(folder)) {
            snoop.signal(signal);
            assertEquals(0, snoop.status());
            assertEquals("", snoop.stderr());
            assertEquals(List.of(), snoop.left());
        }
    }

    @Test
    void ctrlCGoesToItsRecorderToo() throws Exception {
        try (LiveSnoop snoop = LiveSnoop.armed(folder)) {
            ProcessHandle recorder = snoop.recorder();
            LiveSnoop.signal("INT", "-" + snoop.process().pid());
            assertEquals(0, snoop.status());
            assertEquals("", snoop.stderr());
            assertEquals(List.of(), snoop.left());
            assertFalse(recorder.isAlive());
        }
    }

    @Test
    void endedBeforeItIsArmed() throws Exception {
        try (LiveSnoop snoop = LiveSnoop.start(folder)) {
            await("it has started its recorder", () -> snoop.recorder() != null);
            snoop.signal("TERM");
            assertEquals(0, snoop.status());
            assertEquals("", snoop.stderr());
            assertEquals(List.of(), snoop.left());
        }
    }

    @Test
    void aKilledSnoopLeavesNoRecorderBehind() throws Exception {
        try (LiveSnoop snoop = LiveSnoop.armed(folder)) {
            ProcessHandle recorder = snoop.recorder();
            snoop.signal("KILL");
            assertEquals(137, snoop.status());
            await("the recorder has ended", () -> !recorder.isAlive());
            assertEquals(List.of(), snoop.left(), "the recorder clears up for it");
            assertEquals("", snoop.stderr());
        }
    }

    @Test
    void aKilledRecorderIsSaid() throws Exception {
        try (LiveSnoop snoop = LiveSnoop.armed(folder)) {
            LiveSnoop.signal("KILL", Long.toString(snoop.recorder().pid()));
            assertEquals(70, snoop.status());
            assertEquals("the recorder was killed (status 137) — start again\n", snoop.stderr());
            assertEquals(List.of(), snoop.left());
        }
    }

    @Test
    void oneProcessUntilItHasDied() throws Exception {
        Process other = new ProcessBuilder("sleep", "60").start();
        Process process = new ProcessBuilder("sleep", "60").start();
        try (LiveSnoop snoop = LiveSnoop.armed(folder, "-p" + process.pid())) {
            other.destroy();
            other.waitFor();
            process.destroy();
            assertEquals(0, snoop.status());
            assertEquals(2, snoop.lines().size(), snoop.lines().toString());
            assertTrue(snoop.lines().getLast().matches("sleep +" + process.pid() + " .* signal 15 \\(TERM\\)"), snoop.lines().toString());
            assertEquals("", snoop.stderr());
            assertEquals(List.of(), snoop.left());
        } finally {
            process.destroyForcibly();
            other.destroyForcibly();
        }
    }

    @Test
    void oneProcessThatSucceedsAmongFailures() throws Exception {
        Process process = new ProcessBuilder("sleep", "10").start();
        try (LiveSnoop snoop = LiveSnoop.start(folder, "-x", "-p", Long.toString(process.pid()))) {
            assertEquals(0, snoop.status());
            assertTrue(snoop.lines().size() <= 1, snoop.lines().toString());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aReaderThatLeaves() throws Exception {
        Process process = LiveSnoop.command(folder).start();
        ProcessHandle recorder;
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            reader.readLine();
            recorder = LiveSnoop.recorder(process);
        }
        await("it has ended", () -> {
            died("true");
            return !process.isAlive();
        });
        assertEquals(0, process.exitValue());
        assertEquals("", Files.readString(folder.resolve("errors")));
        assertFalse(recorder.isAlive());
        try (Stream<Path> left = Files.list(folder.resolve("tmp"))) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void timesLabelsAndJoinedLetters() throws Exception {
        try (LiveSnoop snoop = LiveSnoop.start(folder, "-xt", "--label=", "--utc")) {
            assertEquals("TIME-UTC     LABEL PCOMM            PID     PPID    TID     AGE(s)  EXIT_CODE ", snoop.await("PCOMM"));
            long failed = died("sh", "-c", "exit 3");
            assertTrue(snoop.await(" " + failed + " ").matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} exit  sh +.* code 3"),
                    snoop.lines().toString());
        }
    }

    @Test
    void aLineForEachThread() throws Exception {
        try (LiveSnoop snoop = LiveSnoop.armed(folder, "--per-thread")) {
            long many = died(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-version");
            snoop.await(many + " +\\d+ +" + many);
            assertTrue(snoop.linesOf(many).stream().anyMatch(line -> !line.matches(".* " + many + " +\\d+ +" + many + " .*")),
                    snoop.linesOf(many).toString());
            assertTrue(snoop.linesOf(many).stream().allMatch(line -> line.endsWith(" 0")));
        }
    }

    @Test
    void otherForms() throws Exception {
        try (LiveSnoop snoop = LiveSnoop.armed(folder, "--as", "exitsnoop-libbpf", "-t")) {
            assertEquals("TIME(s)  PCOMM            PID     PPID    TID     AGE(s)  EXIT_CODE", snoop.lines().getFirst());
            long failed = died("sh", "-c", "kill -SEGV $$");
            assertTrue(snoop.await(" " + failed + " ").contains("signal 11 (Segmentation fault)"));
        }
        try (LiveSnoop snoop = LiveSnoop.armed(folder, "--as", "text", "-x")) {
            long killed = died("sh", "-c", "kill -9 $$");
            assertTrue(snoop.await(" " + killed + " ").endsWith("  killed by SIGKILL"), snoop.lines().toString());
        }
        try (LiveSnoop snoop = LiveSnoop.start(folder, "--json", "--duration", "3s")) {
            while (snoop.lines().isEmpty()) {
                died("sh", "-c", "exit 4");
            }
            String line = snoop.await("\"comm\":\"sh\",\"reason\":\"exited 4\"");
            assertTrue(line.startsWith("{\"ts\":\"20") && line.endsWith("}"), line);
            assertEquals(0, snoop.status());
            assertEquals(List.of(), snoop.left());
        }
    }

    @Test
    void aStormOutgrowsNeitherTheRingNorTheFolder() throws Exception {
        int deaths = 3_000;
        try (LiveSnoop snoop = LiveSnoop.armed(folder, "--ring-size", "256K")) {
            long shell = died("sh", "-c", "i=0; while [ $i -lt " + deaths + " ]; do /bin/true; i=$((i + 1)); done; exit 9");
            snoop.await(" " + shell + " .* code 9");
            try (Stream<Path> files = Files.walk(folder.resolve("tmp"))) {
                long bytes = files.mapToLong(file -> file.toFile().isFile() ? file.toFile().length() : 0).sum();
                assertTrue(bytes < 2_000_000, bytes + " bytes");
            }
            // Then all that was lost has been told.
            snoop.signal("INT");
            snoop.status();
            long shown = snoop.lines().stream().filter(line -> line.matches("true +\\d+ +" + shell + " .*")).count();
            long lost = snoop.stderr().lines().filter(line -> line.startsWith("lost "))
                    .mapToLong(line -> Long.parseLong(line.split(" ")[1].replace(",", ""))).sum();
            if (snoop.stderr().contains("passed over") || lost > 0) {
                // A machine this busy: how many of what was lost or passed over are ours is not known, but it was said.
                assertTrue(shown < deaths && (snoop.stderr().contains("passed over") || shown + lost >= deaths), snoop.stderr());
            } else {
                assertEquals(deaths, shown, snoop.stderr());
            }
        }
    }

    @Test
    void withoutRights() throws Exception {
        ProcessBuilder builder = LiveSnoop.command(folder);
        builder.command().addAll(1, List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        builder.environment().remove("TMPDIR");
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assumeTrue(process.waitFor() != 126 && process.exitValue() != 69, "needs a repository that everybody may read");
        assertEquals("", out);
        assertEquals(77, process.exitValue());
        assertEquals("exitbox: cannot record: CAP_BPF and CAP_PERFMON are missing — run as root (sudo), or grant CAP_BPF and CAP_PERFMON\n",
                Files.readString(folder.resolve("errors")));
    }

    @Test
    void theProgramsSourceCompiles() throws Exception {
        Path source = folder.resolve("exitbox.bpf.c");
        assertEquals(0, LiveSnoop.command(folder, "--ebpf", "--timespec").redirectOutput(source.toFile()).start().waitFor());
        String text = Files.readString(source);
        assertTrue(text.contains("int BPF_PROG(exit_group_dead,"), text);
        assertTrue(Files.readString(folder.resolve("errors")).startsWith("--timespec is not needed"));
        String command = text.lines().filter(line -> line.contains("clang -g")).findFirst().orElseThrow().replace(" *  ", "")
                .replace("FILE.c", source.toString()).replace("FILE.o", folder.resolve("object").toString());
        assertEquals(0, new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor());
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(String what, Condition condition) throws Exception {
        long start = System.nanoTime();
        while (!condition.holds()) {
            assertTrue(System.nanoTime() - start < 60_000_000_000L, "waited in vain until " + what);
            LockSupport.parkNanos(5_000_000);
        }
    }
}
