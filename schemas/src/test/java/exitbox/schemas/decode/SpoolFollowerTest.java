package exitbox.schemas.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.Layouts;
import exitbox.schemas.Raw;
import exitbox.schemas.Rows;
import exitbox.schemas.Spools;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.contract.Table;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rows come out of spools as they go in, across rotations, each once.
class SpoolFollowerTest {
    @TempDir
    Path dir;

    private Path folder;
    private SpoolFollower follower;
    private Rows rows = new Rows();

    @BeforeEach
    void follow() {
        folder = new Recording(dir).spoolFolder(Spools.HOST);
        follower = new SpoolFollower(folder, batch -> rows.accept(batch));
    }

    @AfterEach
    void close() throws IOException {
        follower.close();
    }

    @Test
    void aSpoolThatGrows() throws IOException {
        assertEquals(List.of(), poll(), "before there is a folder");
        Files.createDirectories(folder);
        assertEquals(List.of(), poll(), "before there is a spool");
        try (SpoolWriter spool = create(1, "group_dead")) {
            assertEquals(List.of(), poll());
            exits(spool, 1, 3);
            assertEquals(List.of(1L, 2L), poll());
            assertEquals(List.of(), poll());
            exits(spool, 3, 4);
            exits(spool, 4, 6);
            assertEquals(List.of(3L, 4L, 5L), poll());
            assertEquals(6, follower.nextSeq());
        }
    }

    @Test
    void rowsMadeInUserSpaceComeWithTheOthers() throws IOException {
        Files.createDirectories(folder);
        try (SpoolWriter spool = create(1, "group_dead")) {
            spool.appendRow(Table.RUNS, 0, Spools.CLOCK.bootNs(), 1, Map.of("event", "start"));
            poll();
            assertEquals("start", rows.row(Table.RUNS).get("event"));
            assertFalse(follower.stopped());
            exits(spool, 2, 3);
            spool.appendRow(Table.RUNS, 0, Spools.CLOCK.bootNs(), 3, Map.of("event", "stop"));
            assertEquals(List.of(2L), poll());
            assertEquals("stop", rows.row(Table.RUNS).get("event"));
            assertTrue(follower.stopped());
        }
    }

    @Test
    void rotationsWithoutALossOrATwin() throws IOException {
        Files.createDirectories(folder);
        List<Long> seen = new ArrayList<>();
        long seq = 1;
        for (int number = 1; number <= 20; number++) {
            try (SpoolWriter spool = create(number, "group_dead")) {
                for (int frame = 0; frame < number % 4; frame++) {
                    exits(spool, seq, seq + 5);
                    seq += 5;
                    if (number % 3 == 0) {
                        seen.addAll(poll());
                    }
                }
            }
        }
        seen.addAll(poll());
        assertEquals(LongStream.range(1, seq).boxed().toList(), seen);
        assertEquals(0, follower.missedRows());
    }

    @Test
    void whatWasWrittenBeforeTheNextSpoolBeganIsRead() throws IOException {
        Files.createDirectories(folder);
        SpoolWriter first = create(1, "group_dead");
        exits(first, 1, 2);
        assertEquals(List.of(1L), poll());
        SpoolWriter second = create(2, "group_dead");
        assertEquals(List.of(), poll());
        exits(first, 2, 3);
        first.close();
        Files.delete(first.path());
        exits(second, 3, 4);
        second.close();
        assertEquals(List.of(2L, 3L), poll(), "also of a spool that is sealed and dropped, as long as it was open here");
        assertEquals(0, follower.missedRows());
        assertEquals(List.of(), rows.table(Table.GAPS));
    }

    @Test
    void spoolsThatCameAndWentAreCounted() throws IOException {
        Files.createDirectories(folder);
        try (SpoolWriter spool = create(1, "group_dead")) {
            exits(spool, 1, 3);
        }
        assertEquals(List.of(1L, 2L), poll());
        try (SpoolWriter spool = create(5, "group_dead")) {
            assertEquals(List.of(), poll());
            exits(spool, 10, 12);
        }
        assertEquals(List.of(10L, 11L), poll());
        assertEquals(7, follower.missedRows());
        assertEquals(List.of(), rows.table(Table.GAPS), "they are lost for this reader, not from the recording");
    }

    @Test
    void aFrameIsReadWhenItIsWhole() throws IOException {
        Files.createDirectories(folder);
        Path path;
        try (SpoolWriter spool = create(1, "group_dead")) {
            exits(spool, 1, 2);
            path = spool.path();
        }
        assertEquals(List.of(1L), poll());
        byte[] frame = Spools.frame(0, 2, 2, exits(2, 4).bytes().array());
        byte[] after = Spools.frame(0, 1, 4, exits(4, 5).bytes().array());
        for (int i = 0; i < frame.length; i += 7) {
            Files.write(path, Arrays.copyOfRange(frame, i, Math.min(i + 7, frame.length)), StandardOpenOption.APPEND);
            assertEquals(i + 7 < frame.length ? List.of() : List.of(2L, 3L), poll(), i + " bytes of the frame");
        }
        Files.write(path, after, StandardOpenOption.APPEND);
        assertEquals(List.of(4L), poll());
        assertEquals(List.of(), rows.table(Table.GAPS));
    }

    @Test
    void aTornTailThatTheNextRunCutsOff() throws IOException {
        Files.createDirectories(folder);
        SpoolWriter spool = create(1, "group_dead");
        exits(spool, 1, 2);
        long end = spool.bytes();
        spool.close();
        Files.write(spool.path(), Arrays.copyOf(Spools.frame(0, 9, 2, new byte[400]), 100), StandardOpenOption.APPEND);
        assertEquals(List.of(1L), poll());
        try (SpoolWriter again = SpoolWriter.reopen(spool.path(), spool.header(), end)) {
            again.appendRow(Table.GAPS, 0, Spools.CLOCK.bootNs(), 2, Map.of("cause", "unclean_end"));
        }
        try (SpoolWriter next = create(2, "group_dead")) {
            exits(next, 3, 4);
        }
        assertEquals(List.of(3L), poll());
        assertEquals("unclean_end", rows.row(Table.GAPS).get("cause"));
    }

    @Test
    void damageIsAGap() throws IOException {
        Files.createDirectories(folder);
        try (SpoolWriter spool = create(1, "group_dead")) {
            exits(spool, 1, 2);
            assertEquals(List.of(1L), poll());
            byte[] damaged = Spools.frame(0, 2, 2, exits(2, 4).bytes().array());
            damaged[50] ^= 1;
            Files.write(spool.path(), damaged, StandardOpenOption.APPEND);
            assertEquals(List.of(), poll());
            Files.write(spool.path(), Spools.frame(0, 1, 4, exits(4, 5).bytes().array()), StandardOpenOption.APPEND);
            assertEquals(List.of(4L), poll());
            assertEquals(2L, rows.row(Table.GAPS).get("count"));
        }
    }

    @Test
    void theLastClaimOfAPollIsTheDeath() throws IOException {
        Files.createDirectories(folder);
        try (SpoolWriter spool = create(1, "live")) {
            Spools.append(spool, 1, new Raw().row(exit(70, 1)).row(exit(80, 2)));
            Spools.append(spool, 3, new Raw().row(exit(70, 3)));
            assertEquals(List.of(2L, 3L), poll());
            assertEquals(List.of(1L), rows.column(Table.THREAD_EXITS, "seq"));
            Spools.append(spool, 4, new Raw().row(exit(90, 4)).row(exit(90, 5)));
            assertEquals(List.of(5L), poll());
            assertEquals(List.of(4L), rows.column(Table.THREAD_EXITS, "seq"));
        }
    }

    @Test
    void aLongBacklogComesInChunks() throws IOException {
        Files.createDirectories(folder);
        try (SpoolWriter spool = create(1, "group_dead")) {
            for (long seq = 1; seq < 100_000; seq += 1_000) {
                exits(spool, seq, seq + 1_000);
            }
        }
        rows = new Rows();
        assertTrue(follower.poll());
        assertTrue(rows.table(Table.EXITS).size() < 10_000);
        while (follower.poll()) {
            // all there is
        }
        assertEquals(100_000, rows.table(Table.EXITS).size());
    }

    /// The seqs of the deaths that came since the last call.
    private List<Long> poll() throws IOException {
        rows = new Rows();
        while (follower.poll()) {
            // all there is
        }
        return rows.column(Table.EXITS, "seq").stream().map(Long.class::cast).toList();
    }

    private SpoolWriter create(long number, String hook) throws IOException {
        SpoolHeader header = Spools.header(hook, Layouts.EXIT, Layouts.HEARTBEAT, Layouts.CGROUP_NAME);
        return SpoolWriter.create(new Recording(dir).spool(Spools.HOST, number), header);
    }

    private static void exits(SpoolWriter spool, long from, long to) throws IOException {
        Spools.append(spool, from, exits(from, to));
    }

    private static Raw exits(long from, long to) {
        Raw raw = new Raw();
        for (long seq = from; seq < to; seq++) {
            raw.row(exit((int) seq, seq));
        }
        return raw;
    }

    private static Raw.Struct exit(int pid, long time) {
        return Raw.struct(Layouts.EXIT, 1, 0, time, Spools.CLOCK.bootNs() + time).set("pid", pid).set("tid", pid).set("start_boot_ns", 5);
    }
}
