package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.recorder.kernel.Capabilities;
import exitbox.schemas.text.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is wrong in a command line is said in one line, and nothing is made on disk.
@Isolated("takes what the process prints")
class BadInputTest {
    @TempDir
    Path folder;

    private record Answer(int status, String out, String err) {}

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--durtion 5s | unknown option --durtion — did you mean --duration? — see exitbox record --help",
        "-q | unknown option -q — see exitbox record --help",
        "5s | not understood: 5s (a command stands behind --) — see exitbox record --help",
        "--duration | Missing required parameter for option '--duration' (TIME) — see exitbox record --help",
        "--duration 5x | Invalid value for option '--duration': 5x: not a duration: 90s, 15m, 8h, 7d — see exitbox record --help",
        "--duration 0s | Invalid value for option '--duration': 0s: must be longer than nothing — see exitbox record --help",
        "--duration 40000d | Invalid value for option '--duration': 40000d: longer than a century — see exitbox record --help",
        "--ring-size 3M | --ring-size 3145728 bytes: a ring's size is a power of two — try 2048K or 4096K",
        "--ring-size 1.5M | Invalid value for option '--ring-size': 1.5M: not a size: 64K, 32M, 2G — see exitbox record --help",
        "--rotate-size 1K | --rotate-size 1024 bytes: must be 64K or more",
        "--keep-free 100% | Invalid value for option '--keep-free': 100%: not a share: 0% to 99% — see exitbox record --help",
        "--keep-free much | Invalid value for option '--keep-free': much: neither a size nor a share: 5G, 10%, 0 — see exitbox record --help",
        "--keep-free 10 | Invalid value for option '--keep-free': 10: neither a size nor a share: 5G, 10%, 0 — see exitbox record --help",
        "--keep-size 4194304 | Invalid value for option '--keep-size': 4194304: not a size: 64K, 32M, 2G — see exitbox record --help",
        "--pin --bpffs= | --bpffs: the folder's name is empty",
        "--metrics 127.0.0.1:0 | --metrics 127.0.0.1:0: not an address and a port — try 127.0.0.1:9435 or unix:/run/exitbox/metrics.sock",
        "--signals all --no-hook fork,signal | --signals all and --no-hook fork,signal exclude each other: of no signal more is recorded than that it killed",
        "--tree 1 --no-hook fork | --no-hook fork leaves out forks, and without them nobody can tell what a process starts — record without it",
        "--keep 0d | Invalid value for option '--keep': 0d: must be longer than nothing — see exitbox record --help",
        "--keep 7 | Invalid value for option '--keep': 7: not a duration: 90s, 15m, 8h, 7d — see exitbox record --help",
        "--keep-size 10% | Invalid value for option '--keep-size': 10%: not a size: 64K, 32M, 2G — see exitbox record --help",
        "--keep-size 0 | --keep-size 0: too little for a recording — keep 4M or more",
        "--keep-size 100M | --keep-size 100M: not even two files of --rotate-size 64M — keep 128M or more, or make those smaller",
        "--on-full panic | Invalid value for option '--on-full': panic: there are stop, count-only, drop-oldest — see exitbox record --help",
        "-p 0 | Invalid value for option '--pid': 0: not a process id, 1 or more — see exitbox record --help",
        "-p init | Invalid value for option '--pid': init: not a process id, 1 or more — see exitbox record --help",
        "--uid -1 | Invalid value for option '--uid': -1: not a user id, 0 to 4294967295 (id -u NAME) — see exitbox record --help",
        "--uid root | Invalid value for option '--uid': root: not a user id, 0 to 4294967295 (id -u NAME) — see exitbox record --help",
        "--comm a(b | Invalid value for option '--comm': a(b: unclosed group at character 3 — see exitbox record --help",
        "--comm [ | Invalid value for option '--comm': [: unclosed character class at character 1 — see exitbox record --help",
        "--comm= | Invalid value for option '--comm': the expression is empty: it would leave nothing out — see exitbox record --help",
        "--cgroup /tmp | --cgroup /tmp: not a cgroup's folder — try one below /sys/fs/cgroup",
        "--cgroup /no/such | --cgroup /no/such: No such file or directory — try a folder below /sys/fs/cgroup",
        "--events-ring-size 3M | --events-ring-size 3145728 bytes: a ring's size is a power of two — try 2048K or 4096K",
        "--signals some | --signals some: there is all",
        "--max-args-bytes 256K | --max-args-bytes 262144: 128K is the most",
        "--runq-min 0ms | Invalid value for option '--runq-min': 0ms: must be longer than nothing — see exitbox record --help",
        "--no-hook exec,exit | --no-hook exit: there are exec, fork, signal, oom, tasks and all",
        "--tree 0 | Invalid value for option '--tree': 0: not a process id, 1 or more — see exitbox record --help",
        "--tree 2147483647 | --tree 2147483647: no such process — see ps -e",
        "--user nobody | --user nobody: no command to run as this user — it stands behind --",
        "--metrics 0.0.0.0:9435 | --metrics 0.0.0.0:9435: not a loopback address, and whoever reaches it would read, without a password,"
                + " what this machine does — if that is meant: public:0.0.0.0:9435",
        "--pin --unpin | --pin and --unpin: the one or the other",
        "--pin --tree 1 | --pin: for recordings of the whole machine, not of --tree, which ends by itself",
        "--log-format xml | --log-format xml: there are text and json",
        "--config /no/such | --config /no/such: No such file or directory — name a file of options that can be read",
        "--exit-hook x | --exit-hook x: there are auto, group_dead, taskstats and live"})
    void isAUsageError(String arguments, String message) throws Exception {
        Path dir = folder.resolve("recording");
        Answer answer = run(("record -d " + dir + " " + arguments).split(" "));
        assertEquals("exitbox: " + message + "\n", answer.err());
        assertEquals(2, answer.status());
        assertTrue(Files.notExists(dir));
    }

    /// With a command 2 would be the command's.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--unpin -- true | --unpin: for recordings of the whole machine, not of a command, which ends by itself",
        "--tree 1 -- true | --tree and a command: a run records the one or the other",
        "-- | --: no command behind it"})
    void isAUsageErrorWithACommandToo(String arguments, String message) throws Exception {
        Path dir = folder.resolve("recording");
        assertEquals(new Answer(125, "", "exitbox: " + message + "\n"), run(("record -d " + dir + " " + arguments).split(" ")));
        assertTrue(Files.notExists(dir));
    }

    @Test
    void anEmptyFolderNameIsNotTheWorkingFolder() {
        assertEquals(new Answer(2, "", "exitbox: -d: the folder's name is empty\n"), run("record", "-d", ""));
    }

    @Test
    void aFolderThatCannotBeMade() throws Exception {
        assumeTrue(Capabilities.missing().isEmpty(), "needs BPF: without, that is what it says first");
        Path file = Files.writeString(folder.resolve("file"), "");
        assertEquals(new Answer(73, "", "exitbox: cannot record into " + file + "/x: File exists (" + file
                + ") — choose another folder with -d, or make this one writable\n"), run("record", "-d", file + "/x"));
    }

    @Test
    void aKeyThatOthersMayRead() throws Exception {
        assumeTrue(Capabilities.missing().isEmpty(), "needs BPF: without, that is what it says first");
        Path key = Files.writeString(folder.resolve("key"), "");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
        Answer answer = run("record", "-d", folder.resolve("recording").toString(), "--seal-key", key.toString());
        assertEquals(2, answer.status(), answer.err());
        assertTrue(answer.err().startsWith("exitbox: --seal-key " + key + ": ") && answer.err().lines().count() == 1, answer.err());
        assertTrue(Files.notExists(folder.resolve("recording")));
    }

    @Test
    void aFileOfOptionsIsNamedWithItsLine() throws Exception {
        Path file = Files.writeString(folder.resolve("exitbox.conf"), "# a night\nring-size=3M\n");
        assertEquals(new Answer(2, "", "exitbox: " + file
                + ":2: --ring-size 3145728 bytes: a ring's size is a power of two — try 2048K or 4096K\n"),
                run("record", "-d", folder.resolve("recording").toString(), "--config", file.toString()));
        assertTrue(Files.notExists(folder.resolve("recording")));
    }

    @Test
    void errorsAreJsonWhereThatIsAskedFor() throws Exception {
        Answer answer = run("record", "-d", folder.resolve("recording").toString(), "--log-format", "json", "--rotate-size", "1K");
        Map<String, Object> line = Json.readObject(answer.err());
        assertEquals("error", line.get("level"));
        assertEquals("--rotate-size 1024 bytes: must be 64K or more", line.get("message"));
        assertEquals(2, answer.status());
    }

    @Test
    void helpFitsATerminalAndNamesEveryOption() {
        Answer answer = run("record", "--help");
        assertEquals(0, answer.status());
        assertTrue(answer.out().startsWith("Usage: exitbox record [OPTIONS] [-- COMMAND ARG...]\n"), answer.out());
        answer.out().lines().forEach(line -> assertTrue(line.length() <= 100, line));
        for (String option : new String[]{"--dir=DIR", "--duration=TIME", "--rotate-every=TIME", "--rotate-size=SIZE", "--keep=TIME",
            "--keep-size=SIZE", "--keep-free=SIZE",
            "--on-full=POLICY", "--pid=PID",
            "--failed",
            "--uid=UID", "--cgroup=PATH", "--tree=PID", "--user=NAME", "--threads", "--signals=all",
            "--failed-execs", "--runq-min=TIME", "--max-args-bytes=SIZE",
            "--no-hook=HOOK[,HOOK...]", "--events-ring-size=SIZE", "--ring-size=SIZE", "--sync-every=TIME", "--config=FILE",
            "--log-format=FORMAT", "--metrics=ADDRESS", "--check", "--help"}) {
            assertTrue(answer.out().contains(option), option);
        }
        assertTrue(!answer.out().contains("--debug") && !answer.out().contains("--exit-hook"), answer.out());
    }

    private static Answer run(String... args) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
            int status = Main.run(args);
            return new Answer(status, outBytes.toString(StandardCharsets.UTF_8), errBytes.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
