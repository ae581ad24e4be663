package exitbox.schemas.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.Raw;
import exitbox.schemas.Spools;
import exitbox.schemas.contract.Table;
import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A recorder that starts after a crash learns from the tail where to go on and whether the run was ended.
class SpoolTailTest {
    private static final RecordLayout HEADER_ONLY = new RecordLayout("exit_record", 24,
            List.of(new Field("table", 0, 4), new Field("cpu", 4, 4), new Field("mono_ns", 8, 8), new Field("boot_ns", 16, 8)));

    @TempDir
    Path dir;

    private SpoolWriter spool;

    @BeforeEach
    void create() throws IOException {
        spool = SpoolWriter.create(dir.resolve("000001.spool"), Spools.header(HEADER_ONLY));
    }

    @Test
    void anEmptySpool() throws IOException {
        assertEquals(new SpoolTail(Spools.header(HEADER_ONLY), -1, -1, spool.bytes(), Spools.CLOCK.bootNs(), false, Map.of(), List.of(),
                Map.of(), Spools.CLOCK, -1),
                SpoolTail.read(spool.path()));
    }

    @Test
    void theLastTimeIsThatOfTheLastRecordNotOfTheLastFrame() throws IOException {
        long start = Spools.CLOCK.bootNs();
        Spools.append(spool, 1, new Raw().row(at(start + 5)).row(at(start + 9)).row(at(start + 7)).row(new byte[4]));
        SpoolTail tail = SpoolTail.read(spool.path());
        assertEquals(start + 9, tail.lastBootNs());
        assertEquals(5, tail.nextSeq());
        assertEquals(spool.bytes(), tail.end());
    }

    @Test
    void aStopOrTheGapThatStandsForOneEndsTheRunUntilRowsFollow() throws IOException {
        spool.appendRow(Table.RUNS, 1, 1, 1, Map.of("event", "start"));
        assertFalse(SpoolTail.read(spool.path()).ended());
        spool.appendRow(Table.RUNS, 2, 2, 2, Map.of("event", "stop"));
        assertTrue(SpoolTail.read(spool.path()).ended());
        Spools.append(spool, 3, new Raw().row(at(3)));
        assertFalse(SpoolTail.read(spool.path()).ended());
        spool.appendRow(Table.GAPS, 4, 4, 4, Map.of("cause", "unclean_end"));
        assertTrue(SpoolTail.read(spool.path()).ended());
        spool.appendRow(Table.GAPS, 5, 5, 5, Map.of("cause", "ring_full"));
        assertFalse(SpoolTail.read(spool.path()).ended());
    }

    @Test
    void whereItsRingsWereReadToAndWhatGapsItHas() throws IOException {
        Map<String, Object> gap = Map.of("cause", "ring_full", "count", 7L);
        spool.append(0, 1, 64, 104, 5, new Raw().row(at(1)).bytes());
        spool.append(2, 1, 0, 40, 6, new Raw().row(Raw.struct(HEADER_ONLY, Table.TASKS.number(), 3, 0, 2)).bytes());
        spool.append(0, 1, 104, 144, 7, new Raw().row(at(3)).bytes());
        spool.appendRow(Table.GAPS, 4, 4, 8, gap);
        SpoolTail tail = SpoolTail.read(spool.path());
        assertEquals(5, tail.firstSeq());
        assertEquals(Map.of(0, 144L, 2, 40L), tail.ringEnds());
        assertEquals(List.of(gap), tail.gaps());
        assertEquals(Map.of(3, 1L), tail.tasks());
    }

    @Test
    void itsLastSampleOfTheClock() throws IOException {
        RecordLayout heartbeat = new RecordLayout("heartbeat_record", 48, List.of(new Field("table", 0, 4), new Field("cpu", 4, 4),
                new Field("mono_ns", 8, 8), new Field("boot_ns", 16, 8), new Field("real_ns", 24, 8), new Field("real_boot_ns", 32, 8),
                new Field("real_error_ns", 40, 8)));
        spool.close();
        spool = SpoolWriter.create(dir.resolve("000002.spool"), Spools.header(heartbeat));
        ByteBuffer record = ByteBuffer.wrap(Raw.struct(heartbeat, Table.HEARTBEATS.number(), 0, 100, 107).bytes())
                .order(ByteOrder.LITTLE_ENDIAN);
        spool.append(0, 1, 0, 0, 1, new Raw().row(record.putLong(24, 5_000).putLong(32, 106).putLong(40, 3).array()).bytes());
        assertEquals(new ClockPair(5_000, 106, 3), SpoolTail.read(spool.path()).clock());
        assertEquals(7, SpoolTail.read(spool.path()).sleepNs());
        spool.appendRow(Table.CLOCK_STEPS, 110, 110, 2,
                Map.of("kind", "set", "real_ns", 9_000L, "real_boot_ns", 109L, "real_error_ns", 4L));
        assertEquals(new ClockPair(9_000, 109, 4), SpoolTail.read(spool.path()).clock());
    }

    @Test
    void aRecordOfTheKernelThatLooksLikeAStopIsNone() throws IOException {
        byte[] forged = SpoolWriter.userRecord(Table.RUNS, 1, 1, Map.of("event", "stop")).array();
        spool.append(0, 1, 0, 0, 1, ByteBuffer.wrap(forged));
        assertFalse(SpoolTail.read(spool.path()).ended());
    }

    private static Raw.Struct at(long bootNs) {
        return Raw.struct(HEADER_ONLY, Table.EXITS.number(), 0, 0, bootNs);
    }
}
