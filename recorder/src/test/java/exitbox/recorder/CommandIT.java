package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.recorder.kernel.NeedsBpf;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `record -- COMMAND`: the command runs as if nobody watched, and it and its descendants are all that is recorded.
@Timeout(120)
class CommandIT {
    @TempDir
    Path folder;

    @BeforeEach
    void needBpf() {
        NeedsBpf.assumeBpf();
    }

    private Commanded record(String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of("-d", folder.resolve("recording").toString()));
        line.addAll(List.of(words));
        return Commanded.start(line.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"exit 0 | 0", "exit 3 | 3", "kill -KILL $$ | 137"})
    void itsStatusIsTheCommands(String script, int status) throws Exception {
        try (Commanded command = record("--", "sh", "-c", script)) {
            assertEquals(status, command.await(), command.stderr());
        }
    }

    @Test
    void whatCannotRunIsSaidAsAShellDoesAndNothingIsMade() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertRefused(127, "cannot run no-such-program: no such program in PATH", "--", "no-such-program");
        assertRefused(127, "cannot run ./no-such: No such file or directory", "--", "./no-such");
        assertRefused(126, "cannot run " + file + ": Permission denied", "--", file.toString());
        assertRefused(127, "cannot run \'\': the name is empty", "--", "");
        assertRefused(126, "cannot run /: Is a directory", "--", "/");
        assertRefused(125, "--user no-such-user: no such user — see getent passwd", "--user", "no-such-user", "--", "true");
        assertRefused(125, "unknown option --zzz — see exitbox record --help", "--zzz", "--", "true");
        assertRefused(125, "--: no command behind it", "--");
    }

    private void assertRefused(int status, String message, String... words) throws Exception {
        try (Commanded command = record(words)) {
            assertEquals(status, command.await());
            assertEquals("exitbox: " + message + "\n",
                    new String(command.stderr().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
        }
        assertTrue(Files.notExists(folder.resolve("recording")));
    }

    @Test
    void aScriptWithoutAnInterpreterRunsInTheShell() throws Exception {
        Path script = Files.writeString(folder.resolve("script"), "exit $1");
        assertTrue(script.toFile().setExecutable(true));
        try (Commanded command = record("--", script.toString(), "4")) {
            assertEquals(4, command.await(), command.stderr());
        }
    }

    @Test
    void oneDeathIsNoDeaths() throws Exception {
        try (Commanded command = record("--", "true")) {
            assertEquals(0, command.await(), command.stderr());
            assertTrue(command.stderr().startsWith("exitbox: recorded 1 death ("), command.stderr());
        }
    }

    /// A pipeline, and a daemon that forks twice, after whose death only the command ends.
    private static final String FAMILY = """
            mkfifo "$1/daemon"
            sh -c 'setsid sh -c "exec 9>\\"$0/daemon\\"; exit 8" >/dev/null & exit 7' "$1" | cat
            cat "$1/daemon"
            echo ready
            cat >"$1/input"
            exit 6
            """;

    @Test
    void allThatItStartsIsRecordedFromItsFirstExecOnAndNothingElse() throws Exception {
        Path dir = folder.resolve("recording");
        byte[] odd = {'a', (byte) 0xff, '\n'};
        Path runner = Files.writeString(folder.resolve("runner"), "exec \"$@\" \"$(printf 'a\\377\\n.')\"\n");
        long recorder;
        long unrelated;
        // Java cannot pass arguments that are no text; a shell can. The dot keeps the line feed.
        try (Commanded command = Commanded.start(List.of("env", "--default-signal", "sh", runner.toString(),
                Truth.ROOT.resolve("bin/exitbox").toString(), "record", "-d", dir.toString(), "--", "sh", "-c", FAMILY, "family",
                folder.toString()))) {
            assertEquals("ready", command.line());
            Process other = new ProcessBuilder("sh", "-c", "exit 42").start();
            assertEquals(42, other.waitFor());
            unrelated = other.pid();
            recorder = command.pid();
            command.write(odd);
            command.endInput();
            assertEquals(6, command.await(), command.stderr());
            assertTrue(command.stderr().startsWith("exitbox: recorded 7 deaths"), command.stderr());
            assertArrayEquals(odd, Files.readAllBytes(folder.resolve("input")));
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            long root = recorded.number("SELECT pid FROM execs ORDER BY boot_ns LIMIT 1");
            assertEquals(List.of(List.of("exitbox", "sh", recorder)), recorded.rows(
                    "SELECT old_comm, comm, ppid::BIGINT FROM execs ORDER BY boot_ns LIMIT 1"));
            assertEquals(List.of(List.of("7368", "2D63", "66616D696C79", "61FF0A2E")), recorded.rows(
                    "SELECT hex(argv[1]), hex(argv[2]), hex(argv[4]), hex(argv[-1]) FROM execs ORDER BY boot_ns LIMIT 1"));
            assertEquals(List.of(List.of(root, recorder, "exitbox")), recorded.rows(
                    "SELECT pid::BIGINT, ppid::BIGINT, parent_comm FROM forks ORDER BY boot_ns LIMIT 1"));
            assertEquals(1, recorded.number("SELECT count(*) FROM heartbeats WHERE boot_ns < (SELECT min(boot_ns) FROM forks)"));
            assertEquals(List.of(List.of("cat", 0), List.of("cat", 0), List.of("cat", 0), List.of("mkfifo", 0), List.of("sh", 6),
                    List.of("sh", 7), List.of("sh", 8)), recorded.rows("SELECT comm, code FROM exits ORDER BY ALL"));
            assertEquals(0, recorded.number("SELECT count(*) FROM exits WHERE pid NOT IN (SELECT pid FROM forks)"));
            assertEquals(0, recorded.number("SELECT count(*) FROM exits WHERE pid = " + unrelated));
            assertEquals(0, recorded.number("SELECT count(*) FROM tasks"));
            assertEquals(List.of(List.of("command ended")), recorded.rows("SELECT reason FROM runs WHERE event = 'stop'"));
            assertEquals(1, recorded.number("SELECT count(*) FROM runs WHERE filters[1] LIKE '-- sh -c %'"));
        }
    }

    /// What a process inherits, as it sees it itself.
    private static final String INHERITED = """
            cat; echo end; pwd; umask; ulimit -Sa; ls /proc/$$/fd; env | sort
            grep -E '^(Sig(Blk|Ign)|Cap...|Groups|NSpgid|NSsid)' /proc/$$/status; cat /proc/$$/coredump_filter /proc/$$/cgroup
            """;

    @Test
    void theCommandInheritsWhatItWouldWithoutExitbox() throws Exception {
        // Signals ignored and blocked, a file left open, a soft limit.
        String around = "trap '' PIPE USR1 QUIT; umask 027; ulimit -Sn 321; exec 7</dev/null; cd /;"
                + " exec env --block-signal=TERM ODD=$(printf '\\377') no-name=x \"$@\"";
        List<String> direct = List.of("env", "--default-signal", "bash", "-c", around, "bash", "bash", "-c", INHERITED);
        List<String> watched = List.of("env", "--default-signal", "bash", "-c", around, "bash",
                Truth.ROOT.resolve("bin/exitbox").toString(), "record", "-d", folder.resolve("recording").toString(), "--",
                "bash", "-c", INHERITED);
        assertEquals(inherited(direct), inherited(watched));
    }

    private static String inherited(List<String> line) throws Exception {
        byte[] input = {0, (byte) 0xff, '\r', '\n', 'x'};
        try (Commanded command = Commanded.start(line)) {
            command.write(input);
            command.endInput();
            String output = new String(command.output(), StandardCharsets.ISO_8859_1);
            assertEquals(0, command.await(), command.stderr());
            // The process group is each line's own; the C library keeps two signals for itself.
            return output.replaceAll("(?m)^(NSpgid|NSsid):.*$", "$1").replaceAll("(?m)^(SigIgn:\\s+0{7})[01]8?", "$1")
                    .replaceAll("(?m)^(SigIgn:\\s+)\\w{8}", "$1");
        }
    }

    private static final String TELLS_SIGNALS = """
            for signal in HUP INT QUIT USR1 USR2; do trap "echo $signal" $signal; done
            trap 'echo TERM; exit 9' TERM
            exec 3<&0
            cat <&3 >/dev/null &
            echo ready
            while :; do wait; done
            """;

    @Test
    void signalsArePassedOnAndTheRecorderStaysUntilTheCommandHasDied() throws Exception {
        long recorder;
        try (Commanded command = record("--", "bash", "-c", TELLS_SIGNALS)) {
            recorder = command.pid();
            assertEquals("ready", command.line());
            for (String signal : List.of("HUP", "INT", "QUIT", "USR1", "USR2", "TERM")) {
                command.signal(signal);
                assertEquals(signal, command.line());
            }
            assertEquals(9, command.await(), command.stderr());
            assertTrue(command.stderr().startsWith("exitbox: 1 descendant of bash lives on, not recorded any more: "), command.stderr());
        }
        try (Recorded recorded = Recorded.open(folder.resolve("recording"))) {
            assertEquals(List.of(List.of("bash", 9)), recorded.rows("SELECT comm, code FROM exits"));
            // From whom the recorder had it, and that it passed it on.
            assertEquals(List.of(List.of(recorder, "kill"), List.of(0L, "exitbox")), recorded.rows("SELECT CASE WHEN pid = " + recorder
                    + " THEN pid::BIGINT ELSE 0 END, sender_comm FROM signals WHERE signal = 15 ORDER BY boot_ns"));
        }
    }

    @Test
    void whatTheTerminalOrTheCommandSendsToBothComesOnce() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "needs script(1), of util-linux: makes a terminal");
        Path traps = Files.writeString(folder.resolve("traps"), "echo $PPID\ntrap 'kill -HUP 0' CONT\n" + TELLS_SIGNALS);
        String watched = "exec " + Truth.ROOT.resolve("bin/exitbox") + " record -d " + folder.resolve("recording") + " -- bash " + traps;
        try (Commanded terminal = Commanded.start(List.of("env", "--default-signal", "script", "-qec", watched, "/dev/null"))) {
            String recorder = terminal.line().strip();
            assertEquals("ready", terminal.line().strip());
            terminal.write(new byte[]{3});
            assertTrue(terminal.line().strip().endsWith("INT"));
            // Had INT come again, it would have come before this.
            assertEquals(0, new ProcessBuilder("kill", "-USR1", recorder).start().waitFor());
            assertEquals("USR1", terminal.line().strip());
            assertEquals(0, new ProcessBuilder("sh", "-c", "kill -CONT $(ps -o pid= --ppid " + recorder + ")").start().waitFor());
            assertEquals("HUP", terminal.line().strip());
            assertEquals(0, new ProcessBuilder("kill", "-TERM", recorder).start().waitFor());
            assertEquals("TERM", terminal.line().strip());
            assertEquals(9, terminal.await());
        }
    }

    @Test
    void aRecordingThatEndsEarlierLeavesTheCommandAlone() throws Exception {
        try (Commanded command = record("--duration", "1ms", "--", "sh", "-c", "cat; exit 5")) {
            Await.until("the recording has ended", () -> command.stderr().contains("exitbox: the recording has ended; sh goes on\n"));
            command.write(new byte[]{'x'});
            command.endInput();
            assertArrayEquals(new byte[]{'x'}, command.output());
            assertEquals(5, command.await(), command.stderr());
        }
    }

    @Test
    void anotherUserHasItsGroupsAndNoRights() throws Exception {
        assumeTrue(ProcessHandle.current().info().user().filter("root"::equals).isPresent(), "needs root: becomes another user");
        String script = "id -u; id -g; id -G; echo $HOME $USER $LOGNAME; grep -cE '^Cap(Inh|Prm|Eff|Amb):\\s*0+$' /proc/$$/status";
        try (Commanded command = record("--user", "daemon", "--", "sh", "-c", script)) {
            String output = new String(command.output(), StandardCharsets.UTF_8);
            assertEquals(0, command.await(), command.stderr());
            String id = new String(new ProcessBuilder("sh", "-c", "id -u daemon; id -g daemon; id -G daemon").start().getInputStream()
                    .readAllBytes(), StandardCharsets.UTF_8);
            String home = new String(new ProcessBuilder("sh", "-c", "getent passwd daemon | cut -d: -f6").start().getInputStream()
                    .readAllBytes(), StandardCharsets.UTF_8).strip();
            assertEquals(id + home + " daemon daemon\n4\n", output);
        }
        try (Recorded recorded = Recorded.open(folder.resolve("recording"))) {
            assertEquals(1, recorded.number("SELECT count(DISTINCT uid) FROM exits"));
            assertEquals(0, recorded.number("SELECT count(*) FROM exits WHERE uid = 0"));
        }
    }

    @Test
    void aLivingTreeIsRecordedUntilItsLastProcessHasDied() throws Exception {
        Path dir = folder.resolve("tree");
        Process tree = new ProcessBuilder("sh", "-c", "sh -c 'echo ready; read x; (exit 4); exit 5'; read y; exit 6").start();
        try {
            assertEquals("ready\n", new String(tree.getInputStream().readNBytes(6), StandardCharsets.UTF_8));
            try (LiveRecorder recorder = LiveRecorder.armed(dir, "--tree", Long.toString(tree.pid()))) {
                Await.until("the start and both processes are recorded", () -> LiveRecorder.rows(LiveRecorder.spools(dir).getLast()) >= 3);
                Process other = new ProcessBuilder("sh", "-c", "exit 42").start();
                assertEquals(42, other.waitFor());
                tree.getOutputStream().write("x\ny\n".getBytes(StandardCharsets.UTF_8));
                tree.getOutputStream().flush();
                assertEquals(0, recorder.await(), recorder.stderr());
            }
        } finally {
            tree.destroyForcibly();
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertBalanced();
            assertEquals(List.of(List.of(4), List.of(5), List.of(6)), recorded.rows("SELECT code FROM exits ORDER BY boot_ns"));
            assertEquals(2, recorded.number("SELECT count(*) FROM tasks"));
            assertEquals(List.of(List.of("--tree " + tree.pid())), recorded.rows("SELECT filters[1] FROM runs WHERE event = 'start'"));
        }
    }
}
