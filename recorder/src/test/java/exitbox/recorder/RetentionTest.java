package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.CatalogWriter;
import exitbox.schemas.catalog.Deleter;
import exitbox.schemas.catalog.Deletion;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Table;
import exitbox.schemas.segment.Sealer;
import exitbox.schemas.spool.ClockPair;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is deleted of a recording of five spools, an hour apart, the first two of an earlier boot.
class RetentionTest {
    private static final String HOST = "web1";
    private static final long HOUR_NS = 3_600_000_000_000L;
    private static final long REAL_NS = 1_760_000_000_000_000_000L;
    private static final KeepFree NOTHING = new KeepFree(-1, 0);

    @TempDir
    Path dir;

    private final List<String> said = new ArrayList<>();
    private Recording recording;
    private Deletion.Moment now = new Deletion.Moment("boot-2", 4 * HOUR_NS, (REAL_NS + 4 * HOUR_NS) / 1000);

    @BeforeEach
    void record() throws IOException {
        recording = new Recording(dir);
        for (int hour = 0; hour < 5; hour++) {
            seal(HOST, hour < 2 ? "boot-1" : "boot-2", hour + 1, hour);
        }
    }

    private void seal(String host, String boot, long number, int hour) throws IOException {
        Access.own().createFolders(recording.spoolFolder(host));
        SpoolHeader header = new SpoolHeader(host, boot, "run", "test", number, "group_dead",
                new ClockPair(REAL_NS + hour * HOUR_NS, hour * HOUR_NS, 10), List.of());
        try (SpoolWriter writer = SpoolWriter.create(recording.spool(host, number), header)) {
            writer.appendRow(Table.RUNS, 0, hour * HOUR_NS, 2 * number - 1, Map.of("event", "start", "run_id", "run"));
            writer.appendRow(Table.GAPS, 0, hour * HOUR_NS, 2 * number, Map.of("count", 1L, "cause", "ring_full"));
        }
        new Sealer(recording, Access.own()).seal(recording.spool(host, number), host);
    }

    @Test
    void whatWasNotAskedForDeletesNothing() throws Exception {
        retention(null, null, NOTHING).apply();
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L), left());
        assertEquals(List.of(), catalog().deletions());
    }

    @Test
    void byAgeWithTheOptionAsTheReason() throws Exception {
        retention(Duration.ofMinutes(150), null, NOTHING).apply();
        assertEquals(List.of(3L, 4L, 5L), left());
        assertEquals(List.of("--keep 150m"), catalog().deletions().stream().map(Deletion::why).toList());
        retention(Duration.ofMinutes(150), null, NOTHING).apply();
        assertEquals(1, catalog().deletions().size(), "nothing more is too old");
    }

    @Test
    void aClockThatJumpsAgesNothingOfThisBoot() throws Exception {
        now = new Deletion.Moment("boot-2", 4 * HOUR_NS, (REAL_NS + 1_000_000 * HOUR_NS) / 1000);
        retention(Duration.ofDays(7), null, NOTHING).apply();
        assertEquals(List.of(3L, 4L, 5L), left());
        now = new Deletion.Moment("boot-2", 1_000_000 * HOUR_NS, REAL_NS / 1000);
        retention(Duration.ofDays(7), null, NOTHING).apply();
        assertEquals(List.of(), left());
    }

    @Test
    void bySizeTheOldestAndNoMoreThanNeeded() throws Exception {
        // A stranger's file counts, and stays; it leaves room for all but two spools' worth or so.
        Quota quota = new Quota(1L << 30, 1 << 20);
        try (RandomAccessFile file = new RandomAccessFile(dir.resolve("filler").toFile(), "rw")) {
            file.setLength((1L << 30) - quota.excess(1L << 30) - Retention.taken(dir) + 5_000);
        }
        retention(null, quota, NOTHING).apply();
        assertEquals(List.of(3L, 4L, 5L), left());
        assertEquals(List.of("--keep-size 1G"), catalog().deletions().stream().map(Deletion::why).toList());
        assertEquals(0, quota.excess(Retention.taken(dir)));
        assertFalse(quota.isReached());
    }

    @Test
    void forTheDiskUntilThereIsRoomOrNothingIsLeft() throws Exception {
        assertTrue(retention(null, null, NOTHING).makeRoom(1, false));
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L), left());
        Retention retention = retention(null, null, noRoom(NOTHING));
        assertTrue(retention.makeRoom(13_000, false));
        assertEquals(List.of(5L), left(), "four blocks are three and a bit");
        assertEquals("--on-full drop-oldest", catalog().deletions().getFirst().why());
        assertTrue(said.getFirst().matches("the disk is full: deleted the oldest, 4 rows of 2025-10-09T08:53:20Z to 2025-10-09T11:53:20Z"
                + " \\(--on-full drop-oldest\\)"), said.getFirst());
        assertEquals(5, catalog().standing().size(), "rows of runs stay");
    }

    /// What is to be left to others cannot be had any more: giving all up for it would be of no use.
    @Test
    void goesOnWithinWhatItHasWhereOthersHaveTakenMore() throws Exception {
        Room room = noRoom(new KeepFree(-1, Long.MAX_VALUE / 2));
        Retention retention = retention(null, null, room);
        assertTrue(room.spare() < 0);
        assertTrue(retention.makeRoom(1, false));
        assertEquals(List.of(2L, 3L, 4L, 5L), left());
        assertTrue(
                said.getFirst().endsWith(" to others — all that is recorded would not give that: what comes gets the room of the oldest"),
                said.getFirst());
        assertTrue(room.spare() >= 0, "it may be written into");
    }

    @Test
    void forAWriteThatWasRefusedTheOldestWhateverTheDiskSays() throws Exception {
        Retention retention = retention(null, null, NOTHING);
        assertTrue(retention.makeRoom(1, true));
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L), left(), "the next write may succeed");
        assertTrue(retention.makeRoom(1, true));
        assertEquals(List.of(2L, 3L, 4L, 5L), left());
    }

    @Test
    void whatDoesNotShowOnTheDiskIsWaitedForBeforeMoreGoes() throws Exception {
        Room none = noRoom(NOTHING);
        Retention retention = retention(null, null, none);
        assertTrue(retention.makeRoom(1, false));
        assertFalse(retention.makeRoom(1, false));
        assertEquals(List.of(2L, 3L, 4L, 5L), left());
        assertEquals(1, catalog().deletions().size());
    }

    @Test
    void whatCouldNotBeDeletedIsBeforeAnythingElse() throws Exception {
        Path first = dir.resolve(catalog().spools().getFirst().files().stream().filter(Deleter::goes).findFirst().orElseThrow().path());
        Files.delete(first);
        Files.createDirectories(first.resolve("in the way"));
        Retention retention = retention(null, null, noRoom(NOTHING));
        assertThrows(IOException.class, () -> retention.makeRoom(1, false));
        Files.delete(first.resolve("in the way"));
        assertTrue(retention.makeRoom(1, false));
        assertTrue(Files.notExists(first));
        assertEquals(List.of(2L, 3L, 4L, 5L), left());
        assertEquals(1, catalog().deletions().size());
    }

    /// Later, by the same recorder: it looks again when something has become too old, and not before.
    @Test
    void whatGetsTooOldGoesThen() throws Exception {
        Retention retention = retention(Duration.ofMinutes(150), null, NOTHING);
        for (int hours = 0; hours < 4; hours++) {
            now = new Deletion.Moment("boot-2", (4 + hours) * HOUR_NS, (REAL_NS + (4 + hours) * HOUR_NS) / 1000);
            retention.apply();
            long oldest = 3 + hours;
            assertEquals(LongStream.rangeClosed(oldest, 5).boxed().toList(), left());
        }
    }

    @Test
    void aLineTellsOfSoManyDeletionsThatItCanBeRead() throws Exception {
        CatalogWriter writer = new CatalogWriter(recording, Access.own(), HOST, null);
        SealedSpool like = catalog().spools().getFirst();
        for (long number = 6; number <= 455; number++) {
            String path = Recording.segment(Table.GAPS, HOST, REAL_NS / 1000, number);
            SegmentFile file = like.files().getFirst();
            writer.append(new SealedSpool(number, HOST, "boot-1", "run", 11, 0, 0, 0, true,
                    List.of(new SegmentFile(Table.GAPS, path, 1, 4096, file.firstSeq(), file.lastSeq(), 0, 0, file.firstMicros(),
                            file.lastMicros(), file.sha256()))));
        }
        retention(Duration.ofMinutes(150), null, NOTHING).apply();
        assertEquals(List.of(200, 200, 52), catalog().deletions().stream().map(deletion -> deletion.paths().size()).toList());
        assertEquals(List.of(3L, 4L, 5L), left());
    }

    @Test
    void whatWasSealedLateGoesToo() throws Exception {
        seal(HOST, "boot-2", 7, 2);
        seal(HOST, "boot-2", 6, 2);
        Retention retention = retention(Duration.ofMinutes(30), null, NOTHING);
        for (int hours = 0; hours < 3; hours++) {
            retention.apply();
            retention.sealedLate();
        }
        assertEquals(List.of(5L), left());
        seal(HOST, "boot-2", 4711, 5);
        seal(HOST, "boot-2", 8, 2);
        retention.sealedLate();
        retention.apply();
        assertEquals(List.of(5L, 4711L), left());
    }

    /// A machine that got another name: what it has recorded before takes room as well, and goes first.
    @Test
    void formerHostsGoBeforeThisOne() throws Exception {
        seal("web0", "boot-0", 1, 0);
        seal("web0", "boot-0", 2, 0);
        Retention retention = retention(null, null, noRoom(NOTHING), "web0", HOST);
        assertTrue(retention.makeRoom(9_000, false));
        assertEquals(List.of(2L, 3L, 4L, 5L), left());
        assertEquals(2, Catalog.read(recording.catalog("web0")).deletions().getFirst().paths().size());
    }

    @Test
    void noMoreOfThisOneThanFormerHostsLack() throws Exception {
        seal("web0", "boot-0", 1, 0);
        Retention retention = retention(Duration.ofMinutes(90), null, new Room(dir, NOTHING), "web0", HOST);
        retention.apply();
        assertEquals(List.of(4L, 5L), left());
        assertEquals(List.of("--keep 90m"), Catalog.read(recording.catalog("web0")).deletions().stream().map(Deletion::why).toList());
    }

    private Retention retention(Duration keep, Quota quota, KeepFree keepFree) throws IOException {
        return retention(keep, quota, new Room(dir, keepFree));
    }

    private Retention retention(Duration keep, Quota quota, Room room) {
        return retention(keep, quota, room, HOST);
    }

    private Retention retention(Duration keep, Quota quota, Room room, String... hosts) {
        return new Retention(recording,
                Arrays.stream(hosts).map(host -> new Deleter(recording, new CatalogWriter(recording, Access.own(), host, null))).toList(),
                keep, quota == null ? new Quota(null, 1 << 20) : quota, room, () -> now, said::add);
    }

    /// Of a file system that is never any freer.
    private static Room noRoom(KeepFree keepFree) throws IOException {
        return new Room(Path.of("/proc"), keepFree);
    }

    private Catalog catalog() throws IOException {
        Catalog catalog = Catalog.read(recording.catalog(HOST));
        assertEquals(List.of(), catalog.problems());
        return catalog;
    }

    /// Numbers of the spools of whose gaps something is left, in the catalog and on disk.
    private List<Long> left() throws IOException {
        return catalog().standing().stream().filter(spool -> spool.files().stream().anyMatch(file -> file.table() == Table.GAPS
                && Files.exists(dir.resolve(file.path())))).map(SealedSpool::number).toList();
    }
}
