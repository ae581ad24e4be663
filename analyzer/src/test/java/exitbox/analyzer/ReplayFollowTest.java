package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.contract.Table;
import exitbox.schemas.segment.Sealer;
import exitbox.schemas.spool.ClockPair;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.spool.SpoolWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `replay --follow` of a recording that a recorder is at work on: what there is, then what comes, each line once.
class ReplayFollowTest {
    private static final String BOOT = "b0071d00-0000-4000-8000-000000000001";
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    // A recording is followed whose last row is of this moment.
    private final Instant begun = Instant.now();
    private Recording recording;
    private Sealer sealer;
    private SpoolWriter spool;
    private long number;
    private long seq = 1;
    private long bootNs = 1_000 * SECOND;

    @BeforeEach
    void begin() throws IOException {
        recording = new Recording(folder.resolve("rec"));
        sealer = new Sealer(recording, Access.own());
        Files.createDirectories(recording.spoolFolder("web1"));
        next();
        row(Table.RUNS, Map.of("event", "start", "run_id", "run"));
    }

    @AfterEach
    void end() throws IOException {
        spool.close();
    }

    @Test
    void whatThereIsAndWhatComesAcrossRotations() throws Exception {
        exit(101, 0);
        exit(102, 256);
        rotate();
        exit(103, 9);
        CompletableFuture<Integer> replay = replay("--follow");
        await(" 103 ");
        for (int pid = 104; pid < 124; pid++) {
            exit(pid, 0);
            if (pid % 5 == 0) {
                rotate();
            }
            if (pid % 5 == 1) {
                // The spool that was begun is found before it is gone.
                await(" " + pid + " ");
            }
        }
        await(" 123 ");
        row(Table.RUNS, Map.of("event", "stop", "run_id", "run"));
        assertEquals(0, replay.get(60, TimeUnit.SECONDS));
        assertEquals(LongStream.range(101, 124).boxed().toList(), pids());
        assertEquals(1, lines().stream().filter(line -> line.startsWith("TIME")).count());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"-x|102 104", "--signal KILL|104", "--code 1|102", "-p 103,104|103 104", "--uid 7|103",
        "--comm ^ja|104", "--ppid 1,2|102 103 104", "--cgroup /a|103", "--unit web|104", "--host web1 -n 2|102 103"})
    void filtersHoldForWhatComes(String filters, String wanted) throws Exception {
        CompletableFuture<Integer> replay = replay(("--follow " + filters).split(" "));
        await("TIME");
        exit(102, 256);
        exit(103, 0, "uid", 7L, "cgroup", "/a/b", "ppid", 2L);
        exit(104, 9, "comm", "java", "cgroup", "/system.slice/web.service");
        row(Table.RUNS, Map.of("event", "stop", "run_id", "run"));
        assertEquals(0, replay.get(60, TimeUnit.SECONDS));
        assertEquals(wanted, String.join(" ", pids().stream().map(pid -> Long.toString(pid)).toList()));
    }

    @Test
    void inAToolsWords() throws Exception {
        exit(101, 256);
        CompletableFuture<Integer> replay = replay("--follow", "--as", "exitsnoop", "-x", "--utc");
        await(" 101 ");
        exit(102, 0);
        row(Table.THREAD_EXITS, Map.of("pid", 103L, "tid", 103L, "ppid", 1L, "comm", "early", "status", 512L, "start_mono_ns", SECOND));
        await(" 103 ");
        exit(103, 0, "tid", 107L);
        row(Table.RUNS, Map.of("event", "stop", "run_id", "run"));
        assertEquals(0, replay.get(60, TimeUnit.SECONDS));
        assertEquals(3, lines().size(), lines().toString());
        assertTrue(lines().get(0).startsWith("TIME-UTC     PCOMM "));
        assertTrue(lines().get(2).matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} early +103 +1 +103 +.* code 2"), lines().toString());
    }

    @Test
    void otherTablesInTheWordsOfTheirViews() throws Exception {
        row(Table.FORKS, process(200, "sh"));
        CompletableFuture<Integer> replay = replay("--follow", "--table", "execs,forks,signals");
        await("began, a child of 1");
        exit(101, 256);
        Map<String, Object> exec = process(201, "cc");
        exec.put("cmdline", "cc -c a.c");
        exec.put("argv", List.of("cc", "-c", "a.c"));
        row(Table.EXECS, exec);
        await("runs cc -c a.c");
        rotate();
        Map<String, Object> signal = process(202, "sleep");
        signal.remove("ppid");
        signal.putAll(Map.of("signal", 15L, "cause", "user", "sender_pid", 7L, "sender_comm", "kill", "dooms", true));
        row(Table.SIGNALS, signal);
        await("got SIGTERM from 7 kill, its end");
        row(Table.RUNS, Map.of("event", "stop", "run_id", "run"));
        assertEquals(0, replay.get(60, TimeUnit.SECONDS));
        assertEquals(List.of(200L, 201L, 202L), pids());
        assertEquals(1, lines().stream().filter(line -> line.startsWith("TIME")).count());
    }

    @Test
    void allTablesAsJsonWithWhatTheyHold() throws Exception {
        CompletableFuture<Integer> replay = replay("--follow", "--table", "all", "--json", "--comm", "cc|java");
        await("\"table\":\"runs\"");
        exit(103, 0, "comm", "java");
        exit(104, 0, "comm", "bash");
        Map<String, Object> exec = process(201, "cc");
        exec.put("argv", List.of("cc", "-c", "a.c"));
        row(Table.EXECS, exec);
        row(Table.RUNS, Map.of("event", "stop", "run_id", "run"));
        assertEquals(0, replay.get(60, TimeUnit.SECONDS));
        assertEquals(List.of("runs", "exits", "execs", "runs"),
                lines().stream().map(line -> line.replaceAll(".*\"table\":\"(\\w+)\".*", "$1")).toList());
        assertTrue(lines().get(2).contains("\"argv\":[\"cc\",\"-c\",\"a.c\"]"), lines().get(2));
    }

    @Test
    void nothingCameAndTheRecorderStopped() throws Exception {
        CompletableFuture<Integer> replay = replay("--follow", "--json");
        awaitFollowing();
        row(Table.RUNS, Map.of("event", "stop", "run_id", "run"));
        assertEquals(1, replay.get(60, TimeUnit.SECONDS));
        assertEquals("", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aRecordingThatIsOver() throws Exception {
        exit(101, 0);
        row(Table.RUNS, Map.of("event", "stop", "run_id", "run"));
        assertEquals(0, replay("--follow").get(60, TimeUnit.SECONDS));
        assertEquals(List.of(101L), pids());
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("nothing to follow: no recorder is at work here\n"), err.toString());
    }

    private CompletableFuture<Integer> replay(String... options) {
        String[] args = new String[options.length + 3];
        args[0] = "replay";
        args[1] = "-d";
        args[2] = recording.dir().toString();
        System.arraycopy(options, 0, args, 3, options.length);
        Console console = new Console(new ByteArrayInputStream(new byte[0]), out, err, false, false, false, 100, 40, ZoneOffset.UTC,
                Clock.fixed(begun, ZoneOffset.UTC), BOOT, Map.of(), folder);
        return CompletableFuture.supplyAsync(() -> Main.run(console, args));
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private List<Long> pids() {
        return lines().stream().filter(line -> !line.startsWith("TIME"))
                .map(line -> Long.parseLong(line.substring(23).strip().split(" ")[0]))
                .toList();
    }

    private void await(String text) {
        long start = System.nanoTime();
        while (!out.toString(StandardCharsets.UTF_8).contains(text)) {
            assertTrue(System.nanoTime() - start < 60 * SECOND, "no " + text + " in " + out + err);
            LockSupport.parkNanos(5_000_000);
        }
    }

    /// Until some thread has come to where nothing is left to do but to wait for what comes.
    private static void awaitFollowing() {
        long start = System.nanoTime();
        while (Thread.getAllStackTraces().values().stream().flatMap(Arrays::stream)
                .noneMatch(frame -> frame.getClassName().endsWith(".Following") && frame.getMethodName().equals("run"))) {
            assertTrue(System.nanoTime() - start < 60 * SECOND, "nobody follows");
            LockSupport.parkNanos(5_000_000);
        }
    }

    private void next() throws IOException {
        number++;
        long realNs = begun.toEpochMilli() * 1_000_000;
        SpoolHeader header =
                new SpoolHeader("web1", BOOT, "run", "0.1.0", number, "group_dead", new ClockPair(realNs, bootNs, 0), List.of());
        spool = SpoolWriter.create(recording.spool("web1", number), header);
    }

    private void rotate() throws IOException {
        SpoolWriter old = spool;
        next();
        old.close();
        sealer.seal(old.path(), "web1");
    }

    private void exit(long pid, long status, Object... more) throws IOException {
        Map<String, Object> row = new HashMap<>(Map.of("pid", pid, "tid", pid, "ppid", 1L, "comm", "sh", "uid", 0L, "status", status,
                "leader_status", status, "start_mono_ns", SECOND));
        row.put((status & 127) == 0 ? "code" : "signal", (status & 127) == 0 ? status >> 8 : status & 127);
        for (int i = 0; i < more.length; i += 2) {
            row.put((String) more[i], more[i + 1]);
        }
        row(Table.EXITS, row);
    }

    private static Map<String, Object> process(long pid, String comm) {
        return new HashMap<>(Map.of("pid", pid, "tid", pid, "ppid", 1L, "comm", comm, "start_boot_ns", SECOND));
    }

    private void row(Table table, Map<String, Object> row) throws IOException {
        bootNs += 1_000_000;
        spool.appendRow(table, bootNs, bootNs, seq++, row);
    }
}
