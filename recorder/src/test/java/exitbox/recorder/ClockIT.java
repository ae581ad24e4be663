package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.recorder.faults.Verified;
import exitbox.recorder.kernel.NeedsBpf;
import exitbox.schemas.contract.Table;
import exitbox.schemas.decode.CgroupNames;
import exitbox.schemas.decode.SpoolDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A wall clock that is set by an hour and back, as libfaketime shows it to the recorder alone.
@Tag("faults")
class ClockIT {
    private static final long HOUR_MICROS = 3_600_000_000L;

    @TempDir
    Path folder;

    @BeforeEach
    void needsBpf() {
        NeedsBpf.assumeBpf();
    }

    @Test
    void timesAreRightToAMillisecondAfterAStepOfAnHourEitherWay() throws Exception {
        List<String> faked = faked();
        Truth truth = Truth.compile(folder);
        Path dir = folder.resolve("recording");
        // About noon: at the day's end, which the steps would go beyond, the spool that is looked at is closed.
        int noon = 12 - ZonedDateTime.now(ZoneOffset.UTC).getHour();
        set(hours(noon));
        try (LiveRecorder recorder = LiveRecorder.start(faked, dir, "--no-hook", "all")) {
            Await.until("it records",
                    () -> !LiveRecorder.spools(dir).isEmpty() && rows(LiveRecorder.spools(dir).getFirst(), Table.HEARTBEATS) > 0);
            Path spool = LiveRecorder.spools(dir).getFirst();
            truth.deaths("exit", "31");
            int steps = 0;
            for (int offset : List.of(1, -1, 0)) {
                set(hours(noon + offset));
                int noticed = ++steps;
                Await.until("step " + noticed + " is noticed", () -> rows(spool, Table.CLOCK_STEPS) >= noticed);
                truth.deaths("exit", Integer.toString(31 + steps));
            }
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertEquals(List.of(List.of("set", 3600L), List.of("set", -7200L), List.of("set", 3600L)),
                    recorded.rows("SELECT kind, round(step_ns / 1e9)::BIGINT FROM clock_steps ORDER BY seq"));
            List<List<Object>> offsets = recorded.rows("SELECT epoch_us(ts) - boot_ns // 1000 FROM exits"
                    + " WHERE code BETWEEN 31 AND 34 AND comm = 'truth' ORDER BY boot_id, boot_ns, seq");
            assertEquals(4, offsets.size());
            long[] wanted = {0, HOUR_MICROS, -HOUR_MICROS, 0};
            for (int i = 0; i < wanted.length; i++) {
                long off = (Long) offsets.get(i).getFirst() - (Long) offsets.getFirst().getFirst() - wanted[i];
                assertTrue(Math.abs(off) < 1000, "the death after step " + i + " is " + off + " us off");
            }
        }
        Verified.sound(dir);
    }

    @Test
    void aClockThatIsSetWhileNoRecorderRunsIsToldOfByTheNext() throws Exception {
        List<String> faked = faked();
        Truth truth = Truth.compile(folder);
        Path dir = folder.resolve("recording");
        Path bpffs = Files.createDirectories(folder.resolve("bpf"));
        assumeTrue(new ProcessBuilder("mount", "-t", "bpf", "bpf", bpffs.toString()).start().waitFor() == 0,
                "needs the right to mount a BPF file system");
        String[] options = {"--no-hook", "all", "--pin", "--bpffs", bpffs.toString()};
        try {
            set("+0");
            try (LiveRecorder recorder = LiveRecorder.start(faked, dir, options)) {
                Await.until("it records",
                        () -> !LiveRecorder.spools(dir).isEmpty() && rows(LiveRecorder.spools(dir).getFirst(), Table.HEARTBEATS) > 0);
                recorder.kill();
            }
            set("+1h");
            truth.deaths("exit", "35");
            try (LiveRecorder recorder = LiveRecorder.start(faked, dir, options)) {
                Await.until("it goes on", () -> recorder.stderr().contains("goes on with run"));
                assertEquals(0, recorder.stop(), recorder.stderr());
            }
        } finally {
            new ProcessBuilder("umount", "-l", bpffs.toString()).start().waitFor();
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertEquals(List.of(List.of("set", 3600L)),
                    recorded.rows("SELECT kind, round(step_ns / 1e9)::BIGINT FROM clock_steps ORDER BY seq"));
            assertEquals(1, recorded.number("SELECT count(*) FROM exits WHERE code = 35 AND comm = 'truth'"
                    + " AND seq > (SELECT seq FROM clock_steps)"));
        }
        Verified.sound(dir);
    }

    /// What a recorder is to be run under, so that [#set] sets its clock.
    private List<String> faked() throws IOException {
        String library = libfaketime();
        assumeTrue(library != null, "needs libfaketime (apt-get install faketime)");
        return List.of("env", "FAKETIME_CACHE_DURATION=1", "FAKETIME_DONT_FAKE_MONOTONIC=1",
                "FAKETIME_TIMESTAMP_FILE=" + folder.resolve("offset"), "LD_PRELOAD=" + library);
    }

    private static String hours(int offset) {
        return String.format(Locale.ROOT, "%+dh", offset);
    }

    private void set(String offset) throws IOException {
        Path next = Files.writeString(folder.resolve("next"), offset + "\n");
        Files.move(next, folder.resolve("offset"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String libfaketime() throws IOException {
        try (Stream<Path> libraries = Files.find(Path.of("/usr/lib"), 3, (path, _) -> path.endsWith("faketime/libfaketimeMT.so.1"))) {
            return libraries.map(Path::toString).findFirst().orElse(null);
        }
    }

    private static long rows(Path spool, Table table) throws IOException {
        long[] rows = new long[1];
        SpoolDecoder.decode(spool, new CgroupNames(), batch -> rows[0] += batch.table().table() == table ? batch.rows() : 0);
        return rows[0];
    }
}
