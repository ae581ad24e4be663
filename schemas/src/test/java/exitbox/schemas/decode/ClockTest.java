package exitbox.schemas.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.schemas.Layouts;
import exitbox.schemas.Raw;
import exitbox.schemas.Rows;
import exitbox.schemas.Spools;
import exitbox.schemas.contract.Table;
import exitbox.schemas.spool.ClockPair;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Wall time is boot time plus the offset that was sampled last before it.
class ClockTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    Path dir;

    @Test
    void beforeBetweenAndBehindSamplesInWhateverOrderTheyCome() {
        // Offsets of 100 s, back to 40 s, on to 900 s.
        List<ClockPair> samples = List.of(sample(10, 100), sample(20, 100), sample(30, 40), sample(40, 900));
        for (int seed = 0; seed < 20; seed++) {
            List<ClockPair> shuffled = new ArrayList<>(samples);
            Collections.shuffle(shuffled, new Random(seed));
            ClockLine clock = new ClockLine();
            List<Long> moments = new ArrayList<>(List.of(5L, 10L, 29L, 30L, 39L, 40L, 1000L));
            shuffled.forEach(clock::add);
            Collections.shuffle(moments, new Random(seed));
            for (long moment : moments) {
                long offset = moment < 30 ? 100 : moment < 40 ? 40 : 900;
                assertEquals((moment + offset) * 1_000_000, clock.microsAt(moment * SECOND), "at " + moment);
            }
        }
    }

    @Test
    void manySamples() {
        ClockLine clock = new ClockLine();
        for (int i = 0; i < 10_000; i++) {
            clock.add(sample(i, i % 100));
        }
        for (int i = 9_999; i >= 0; i--) {
            assertEquals((i + i % 100) * 1_000_000L, clock.microsAt(i * SECOND));
        }
    }

    @Test
    void microsecondsAreRoundedDownAlsoBefore1970() {
        ClockLine clock = new ClockLine();
        clock.add(new ClockPair(-1, 0, 0));
        assertEquals(-1, clock.microsAt(0));
        assertEquals(0, clock.microsAt(1));
        assertEquals(0, clock.microsAt(1000));
        assertEquals(1, clock.microsAt(1001));
    }

    @Test
    void aStepInTheMidstOfASpoolMovesWhatFollowsAndNothingElse() throws IOException {
        long boot = Spools.CLOCK.bootNs();
        long real = Spools.CLOCK.realNs();
        Path path = dir.resolve("000001.spool");
        try (SpoolWriter spool = SpoolWriter.create(path, Spools.header(Layouts.EXIT, Layouts.HEARTBEAT))) {
            // An hour back by a row of user space, two days forward by a heartbeat: midnight UTC is passed.
            Spools.append(spool, 1, new Raw().row(exit(boot - SECOND)).row(exit(boot + SECOND)));
            spool.appendRow(Table.CLOCK_STEPS, 0, boot + 2 * SECOND, 3,
                    Map.of("real_ns", real + 2 * SECOND - 3600 * SECOND, "real_boot_ns", boot + 2 * SECOND));
            Spools.append(spool, 4, new Raw().row(exit(boot + 2 * SECOND - 1)).row(exit(boot + 3 * SECOND))
                    .row(Raw.struct(Layouts.HEARTBEAT, 10, 0, 0, boot + 5 * SECOND).set("real_ns", real + 4 * SECOND + 2 * 86_400 * SECOND)
                            .set("real_boot_ns", boot + 4 * SECOND))
                    .row(exit(boot + 6 * SECOND)));
        }
        Rows rows = Rows.of(path);
        long micros = real / 1000;
        assertEquals(List.of(micros - 1_000_000, micros + 1_000_000, micros + 1_999_999, micros + 3_000_000 - 3_600_000_000L,
                micros + 6_000_000 + 2 * 86_400_000_000L), rows.column(Table.EXITS, "ts"));
        assertEquals(List.of("2026-11-20", "2026-11-20", "2026-11-20", "2026-11-20", "2026-11-22"), rows.column(Table.EXITS, "date"));
        assertEquals(micros + 2_000_000 - 3_600_000_000L, rows.row(Table.CLOCK_STEPS).get("ts"), "the step itself is in new time");
        assertEquals(micros + 5_000_000 + 2 * 86_400_000_000L, rows.row(Table.HEARTBEATS).get("ts"));
    }

    @Test
    void daysChangeAtMidnightUtc() {
        Days days = new Days();
        long midnight = 1_795_132_800_000_000L;
        for (long micros : new long[]{midnight - 1, midnight, midnight - 1, midnight + 86_399_999_999L, midnight + 86_400_000_000L, -1,
            0}) {
            String want = Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L)).toString().substring(0, 10);
            assertEquals(want, new String(days.of(micros)));
        }
    }

    private static ClockPair sample(long bootSeconds, long offsetSeconds) {
        return new ClockPair((bootSeconds + offsetSeconds) * SECOND, bootSeconds * SECOND, 0);
    }

    private static Raw.Struct exit(long bootNs) {
        return Raw.struct(Layouts.EXIT, 1, 0, 0, bootNs);
    }
}
