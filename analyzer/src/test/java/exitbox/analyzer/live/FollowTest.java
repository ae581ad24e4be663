package exitbox.analyzer.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.analyzer.Notices;
import exitbox.analyzer.dialect.ExitTool;
import exitbox.analyzer.dialect.ToolOptions;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.contract.Table;
import exitbox.schemas.spool.ClockPair;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.spool.SpoolWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lines of what is in a spool so far, in the order of time, each once.
class FollowTest {
    private static final long SECOND = 1_000_000_000L;
    // 2026-11-20 03:12:00 UTC is 1000 s after boot.
    private static final ClockPair CLOCK = new ClockPair(1_795_144_320L * SECOND, 1_000 * SECOND, 0);

    @TempDir
    Path dir;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final TextOut text = new TextOut(out);
    private final Sources sources = new Sources();
    private Follow follow;
    private SpoolWriter spool;
    private long seq = 1;

    @BeforeEach
    void write() throws IOException {
        Recording recording = new Recording(dir);
        Files.createDirectories(recording.spoolFolder("web1"));
        SpoolHeader header = new SpoolHeader("web1", "boot", "run", "0.1.0", 1, "group_dead", CLOCK, List.of());
        spool = SpoolWriter.create(recording.spool("web1", 1), header);
    }

    @AfterEach
    void close() throws IOException {
        spool.close();
        sources.close();
    }

    private void follow(Form form) {
        follow = new Follow(sources, form, event -> event.number("pid", 0) != 13, text, new Notices(new TextOut(err), new Paint(false)));
        follow.onStart(() -> form.header(text, 0));
        sources.add(new Recording(dir).spoolFolder("web1"));
    }

    @Test
    void deathsAndThreadsInTheOrderOfTime() throws IOException {
        follow(Form.of(ExitTool.of("exitsnoop", ToolOptions.NONE, ZoneOffset.UTC)));
        assertEquals("", turn());
        row(Table.RUNS, 0, Map.of("event", "start"));
        assertFalse(follow.started());
        assertEquals("PCOMM            PID     PPID    TID     AGE(s)  EXIT_CODE \n", turn());
        assertTrue(follow.started());
        exit(2, 70, 70, 256);
        exit(4, 71, 72, 0);
        exit(5, 13, 13, 0);
        exit(6, 80, 80, 9);
        row(Table.THREAD_EXITS, 3, Map.of("pid", 71L, "tid", 71L, "ppid", 1L, "comm", "leader", "status", 0L, "start_mono_ns", 1L));
        assertEquals("""
                sh               70      1       70      1.00    code 1
                leader           71      1       71      3.00    0
                sh               80      1       80      5.00    signal 9 (KILL)
                """, turn(), "no line for the death of 71, whose leader left before, and none for 13");
        assertEquals("", turn());
        assertEquals(3, follow.lines());
        row(Table.RUNS, 7, Map.of("event", "stop"));
        assertFalse(follow.stopped());
        assertEquals("", turn());
        assertTrue(follow.stopped());
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void textIsTheTruth() throws IOException {
        follow(new TextForm(List.of(), ZoneOffset.UTC, new Paint(false)));
        row(Table.RUNS, 0, Map.of("event", "start"));
        exit(4, 71, 72, 11 | 128);
        assertEquals("""
                TIME (UTC)                  PID    PPID     UID  COMM                 AGE  DIED OF
                2026-11-20 03:12:04.000      71       1       -  sh                 3.00s  crashed with SIGSEGV, core dumped
                """, turn());
    }

    @Test
    void jsonHasAllThatIsKnown() throws IOException {
        follow(new JsonForm(text, ZoneOffset.UTC));
        exit(4, 71, 71, 3 << 8);
        assertEquals("{\"ts\":\"2026-11-20T03:12:04.000000+00:00\",\"host\":\"web1\",\"pid\":71,\"comm\":\"sh\",\"reason\":\"exited 3\","
                + "\"age_ns\":3000000000,\"boot_id\":\"boot\",\"seq\":1,\"cpu\":-1,\"mono_ns\":4000000000,\"boot_ns\":1004000000000,"
                + "\"tid\":71,\"ppid\":1,\"start_mono_ns\":1000000000,\"status\":768,\"code\":3,\"leader_status\":768}\n", turn());
    }

    @Test
    void theEndAndTheAwaitedProcess() throws IOException {
        follow(Form.of(ExitTool.of("exitsnoop-libbpf", ToolOptions.NONE, ZoneOffset.UTC)));
        follow.await(71);
        exit(2, 70, 70, 0);
        turn();
        assertFalse(follow.died());
        exit(3, 71, 71, 0);
        exit(5, 72, 72, 0);
        follow.endAt((CLOCK.realNs() + 4 * SECOND) / 1_000);
        assertEquals("sh               71      1       71      2.00    0\n", turn());
        assertTrue(follow.died());
    }

    @Test
    void lossesAreSaid() throws IOException {
        follow(Form.of(ExitTool.of("exitsnoop", ToolOptions.NONE, ZoneOffset.UTC)));
        row(Table.GAPS, 1, Map.of("table_name", "exits", "count", 1200L, "cause", "ring_full"));
        row(Table.GAPS, 2, Map.of("cause", "unclean_end", "detail", "run x ended without a stop"));
        turn();
        assertEquals("lost 1,200 deaths: the kernel's buffer was full\nlost some events: run x ended without a stop\n",
                err.toString(StandardCharsets.UTF_8));
    }

    private String turn() throws IOException {
        out.reset();
        while (follow.turn()) {
            // all there is
        }
        text.flush();
        return out.toString(StandardCharsets.UTF_8);
    }

    private void exit(long second, long pid, long tid, long status) throws IOException {
        Map<String, Object> row = new HashMap<>(Map.of("pid", pid, "tid", tid, "ppid", 1L, "comm", "sh", "status", status,
                "leader_status", status, "start_mono_ns", SECOND));
        if ((status & 127) == 0) {
            row.put("code", status >> 8);
        } else {
            row.put("signal", status & 127);
            row.put("core_dumped", (status & 128) != 0);
        }
        row(Table.EXITS, second, row);
    }

    private void row(Table table, long second, Map<String, Object> row) throws IOException {
        spool.appendRow(table, second * SECOND, CLOCK.bootNs() + second * SECOND, seq++, row);
    }
}
