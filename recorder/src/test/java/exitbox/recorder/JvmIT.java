package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.recorder.kernel.NeedsBpf;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Real JVMs that end: they handle SIGSEGV all day, and none of those counts as what they died of.
@Tag("live")
class JvmIT {
    private static final int ROUNDS = Rounds.orElse(2);
    private static final int NULL_POINTERS = 50;

    @TempDir
    static Path folder;

    private static final Map<String, List<Death>> TRUTH = new LinkedHashMap<>();
    private static Recorded recorded;

    /// @param startTicks field 22 of /proc/PID/stat
    /// @param killer the PID of who is to blame; 0 for nobody
    private record Death(long pid, long startTicks, int status, String cause, long killer) {
    }

    private record Jvm(Process process, long startTicks) {
        long pid() {
            return process.pid();
        }

        Death death(int status, String cause, long killer) {
            return new Death(pid(), startTicks, status, cause, killer);
        }
    }

    @BeforeAll
    static void recordJvms() throws Exception {
        NeedsBpf.assumeBpf();
        assertEquals(0, new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "javac").toString(), "-d", folder.toString(),
                Truth.ROOT.resolve("testdata/Jvm.java").toString()).inheritIO().start().waitFor());
        try (LiveRecorder recorder = LiveRecorder.armed(folder.resolve("recording"), "--signals", "all")) {
            for (int round = 0; round < ROUNDS; round++) {
                // Its own handler ends it, as exit(143) would.
                killed("SIGTERM to a JVM", "TERM", jvm -> jvm.death(143 << 8, null, 0));
                killed("SIGKILL to a JVM", "KILL", null);
                // Its own handler writes a report and aborts.
                killed("SIGSEGV to a JVM", "SEGV", jvm -> jvm.death(6, "self", jvm.pid()));
                ended();
                crashed();
            }
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        recorded = Recorded.open(folder.resolve("recording"));
    }

    private interface Fate {
        Death of(Jvm jvm);
    }

    private static Jvm jvm(String argument) throws IOException {
        Process process = new ProcessBuilder("sh", "-c", "ulimit -c 0; exec \"$@\"", "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                "-XX:ErrorFile=" + folder.resolve("report-%p"), "--enable-native-access=ALL-UNNAMED", "-cp", folder.toString(), "Jvm",
                argument)
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        return new Jvm(process, Truth.startTicks(process.pid()));
    }

    private static Jvm ready() throws IOException {
        Jvm jvm = jvm(Integer.toString(NULL_POINTERS));
        assertEquals("ready\n", new String(jvm.process.getInputStream().readNBytes(6)));
        return jvm;
    }

    /// @param fate null: it dies of that signal, and its sender is to blame
    private static void killed(String way, String signal, Fate fate) throws Exception {
        Jvm jvm = ready();
        Process sender = new ProcessBuilder("kill", "-" + signal, Long.toString(jvm.pid())).start();
        assertEquals(0, sender.waitFor());
        jvm.process.getInputStream().readAllBytes();
        add(way, jvm, fate == null ? jvm.death(9, "user", sender.pid()) : fate.of(jvm));
    }

    private static void ended() throws Exception {
        Jvm jvm = ready();
        jvm.process.getOutputStream().close();
        add("a JVM that ends by itself", jvm, jvm.death(0, null, 0));
    }

    private static void crashed() throws Exception {
        Jvm jvm = jvm("null");
        jvm.process.getInputStream().readAllBytes();
        add("a JVM that writes to address 0", jvm, jvm.death(6, "self", jvm.pid()));
    }

    private static void add(String way, Jvm jvm, Death death) throws InterruptedException {
        int status = jvm.process.waitFor();
        assertEquals(status > 128 && death.status() < 128 ? status - 128 : status << 8, death.status(), way);
        TRUTH.computeIfAbsent(way, _ -> new ArrayList<>()).add(death);
    }

    @AfterAll
    static void close() throws SQLException {
        if (recorded != null) {
            recorded.close();
        }
    }

    static Stream<Arguments> ways() {
        return TRUTH.entrySet().stream().map(way -> Arguments.of(way.getKey(), way.getValue().size()));
    }

    @ParameterizedTest(name = "{0}, {1} times")
    @MethodSource("ways")
    void isToldWithItsCauseAndItsKiller(String way, int times) throws SQLException {
        for (Death death : TRUTH.get(way)) {
            assertEquals(List.of(Arrays.asList(death.status, death.cause, death.killer == 0 ? null : (int) death.killer)),
                    recorded.rows("SELECT status, cause, killer_pid FROM exits WHERE " + identity(death)));
            List<Object> signals = recorded
                    .rows("SELECT count(*) FILTER (signal = 11 AND action = 'handler' AND NOT dooms), count(*) FILTER"
                            + " (dooms), count(*) FILTER (dooms AND signal = " + death.status + ") FROM signals WHERE " + identity(death))
                    .getFirst();
            long handled = way.endsWith("address 0") ? 1 : NULL_POINTERS;
            assertTrue((Long) signals.get(0) >= handled, signals + " SIGSEGV handled");
            long dooms = death.cause == null ? 0 : 1;
            assertEquals(List.of(dooms, dooms), signals.subList(1, 3));
        }
        assertEquals(ROUNDS, times);
    }

    private static String identity(Death death) {
        return "pid = " + death.pid + " AND start_boot_ns // 10000000 = " + death.startTicks;
    }
}
