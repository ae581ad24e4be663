package exitbox.schemas.segment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.DuckDb;
import exitbox.schemas.Layouts;
import exitbox.schemas.Raw;
import exitbox.schemas.Rows;
import exitbox.schemas.Spools;
import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sealing turns a spool into files and one catalog line, and wherever it was cut short the next try ends the same.
class SealerTest {
    private static final long BOOT_NS = Spools.CLOCK.bootNs();

    @TempDir
    Path dir;

    private Recording recording;

    @BeforeEach
    void create() throws IOException {
        recording = new Recording(dir.resolve("recording"));
        Access.own().createFolders(recording.spoolFolder(Spools.HOST));
    }

    @Test
    void theLineSaysWhatTheFilesHold() throws Exception {
        Rows rows = Rows.of(spool(1));
        Sealer.Sealed sealed = seal(1);
        SealedSpool line = catalog().spools().getFirst();
        assertEquals(line, sealed.line());
        assertEquals(new SealedSpool(1, Spools.HOST, Spools.BOOT, Spools.RUN, 9, BOOT_NS + 9, 5, 1, true, line.files()), line);
        assertEquals(List.of(Table.EXITS, Table.THREAD_EXITS, Table.GAPS, Table.HEARTBEATS, Table.CLOCK_STEPS, Table.RUNS),
                line.files().stream().map(SegmentFile::table).sorted().toList());
        for (SegmentFile file : line.files()) {
            assertEquals(Recording.segment(file.table(), Spools.HOST, file.firstMicros(), 1), file.path());
            byte[] bytes = Files.readAllBytes(recording.dir().resolve(file.path()));
            assertEquals(file.sha256(), HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
            assertEquals(file.bytes(), bytes.length);
            List<Object> seqs = rows.column(file.table(), "seq");
            assertEquals(List.of((long) seqs.size(), seqs.getFirst(), seqs.getLast()),
                    List.of(file.rows(), file.firstSeq(), file.lastSeq()));
            List<Object> times = rows.column(file.table(), "boot_ns");
            assertEquals(List.of(times.getFirst(), times.getLast()), List.of(file.firstBootNs(), file.lastBootNs()));
            assertEquals(rows.column(file.table(), "ts").getLast(), file.lastMicros());
        }
        assertEquals(sealed.rows(), line.files().stream().mapToLong(SegmentFile::rows).sum());
        assertEquals(sealed.bytes(), line.files().stream().mapToLong(SegmentFile::bytes).sum());
    }

    @Test
    void filesAreWhatTheContractSays() throws Exception {
        spool(1);
        seal(1);
        try (DuckDb duck = new DuckDb()) {
            for (SegmentFile file : catalog().spools().getFirst().files()) {
                String path = "'" + recording.dir().resolve(file.path()) + "'";
                List<Column> columns = Contract.get().table(file.table()).columns();
                assertEquals(
                        columns.stream()
                                .map(column -> column.name() + " | " + column.sqlType().replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"))
                                .toList(),
                        duck.rows("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(" + path
                                + ", hive_partitioning = false))"),
                        file.path());
                assertEquals(columns.stream().filter(Column::required).map(Column::name).toList(),
                        duck.rows("SELECT name FROM parquet_schema(" + path + ") WHERE repetition_type = 'REQUIRED' AND type IS NOT NULL"));
                assertEquals(List.of("exitbox.boot_id | " + Spools.BOOT, "exitbox.exit_hook | group_dead", "exitbox.host | web1",
                        "exitbox.run_id | " + Spools.RUN, "exitbox.schema_version | 1", "exitbox.spool | 1",
                        "exitbox.table | " + file.table().sqlName(),
                        "exitbox.version | 0.1.0"),
                        duck.rows("SELECT decode(key), decode(value) FROM parquet_kv_metadata(" + path + ") ORDER BY 1"));
            }
        }
    }

    @Test
    void everyValueOfTheSpoolIsInTheFiles() throws Exception {
        Rows rows = Rows.of(spool(1));
        seal(1);
        try (DuckDb duck = new DuckDb()) {
            for (SegmentFile file : catalog().spools().getFirst().files()) {
                List<String> want = new ArrayList<>();
                for (Map<String, Object> row : rows.table(file.table())) {
                    want.add(String.join(" | ", row.values().stream().map(value -> value == null ? "-" : value.toString()).toList()));
                }
                List<String> select = new ArrayList<>();
                for (Column column : Contract.get().table(file.table()).columns()) {
                    select.add(switch (column.type()) {
                        case BINARY -> "decode(" + column.name() + ")";
                        case TIMESTAMP -> "epoch_us(" + column.name() + ")";
                        default -> column.name() + "::VARCHAR";
                    });
                }
                assertEquals(want,
                        duck.rows("SELECT " + String.join(", ", select) + " FROM '" + recording.dir().resolve(file.path()) + "'"));
            }
        }
    }

    @Test
    void nobodyElseMayReadAndNobodyMayWrite() throws IOException {
        spool(1);
        seal(1);
        try (Stream<Path> paths = Files.walk(recording.dir())) {
            for (Path path : paths.toList()) {
                String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
                String name = path.getFileName().toString();
                assertEquals(Files.isDirectory(path) ? "rwxr-x---" : name.endsWith(".jsonl") ? "rw-r-----" : "r--r-----", mode,
                        path.toString());
            }
        }
    }

    /// A death at any point leaves some of: temporary files, final files, half a catalog line, the whole line; and the spool.
    @Test
    void aDeathAtAnyStepIsMadeUpForByTheNextTry() throws Exception {
        byte[] spool = Files.readAllBytes(spool(1));
        seal(1);
        Map<String, byte[]> whole = files();
        byte[] catalog = whole.remove("catalog/host=web1.jsonl");
        List<String> segments = whole.keySet().stream().filter(path -> path.endsWith(".parquet")).toList();
        assertEquals(6, segments.size());
        for (int published = 0; published <= segments.size(); published++) {
            for (String temporary : List.of("none", "half", "whole")) {
                Map<String, byte[]> state = new TreeMap<>();
                state.put("spool/host=web1/000001.spool", spool);
                for (String path : segments.subList(0, published)) {
                    state.put(path, whole.get(path));
                }
                for (String path : segments.subList(published, segments.size())) {
                    byte[] bytes = whole.get(path);
                    String hidden = path.replaceFirst("([^/]+)$", ".$1.tmp");
                    if (!temporary.equals("none")) {
                        state.put(hidden, temporary.equals("half") ? Arrays.copyOf(bytes, bytes.length / 2) : bytes);
                    }
                }
                assertSealsTo(whole, catalog, state);
            }
        }
        Map<String, byte[]> state = new TreeMap<>(whole);
        state.put("spool/host=web1/000001.spool", spool);
        for (int size : new int[]{0, 1, catalog.length / 2, catalog.length - 1, catalog.length}) {
            state.put("catalog/host=web1.jsonl", Arrays.copyOf(catalog, size));
            assertSealsTo(whole, catalog, state);
        }
        state.remove("spool/host=web1/000001.spool");
        replaceAll(state);
        assertNull(new Sealer(recording, Access.own()).seal(recording.spool(Spools.HOST, 1), Spools.HOST),
                "and once more, without the spool");
    }

    private void assertSealsTo(Map<String, byte[]> segments, byte[] catalog, Map<String, byte[]> state) throws IOException {
        replaceAll(state);
        seal(1);
        Map<String, byte[]> after = files();
        assertArrayEquals(catalog, after.remove("catalog/host=web1.jsonl"));
        assertEquals(segments.keySet(), after.keySet(), "from " + state.keySet());
        segments.forEach((path, bytes) -> assertArrayEquals(bytes, after.get(path), path));
    }

    @Test
    void aFailureLeavesTheSpoolAndNothingHalf() throws IOException {
        spool(1);
        Path blocked = Files.createDirectories(recording.dir().resolve("runs"));
        Files.createFile(blocked.resolve("host=web1"));
        assertThrows(IOException.class, () -> seal(1));
        assertEquals(List.of("runs/host=web1", "spool/host=web1/000001.spool"), List.copyOf(files().keySet()));
        Files.delete(blocked.resolve("host=web1"));
        assertEquals(6, seal(1).line().files().size());
    }

    @Test
    void anEmptySpoolIsDropped() throws IOException {
        SpoolWriter.create(recording.spool(Spools.HOST, 1), header(1)).close();
        assertNull(seal(1));
        assertEquals(Map.of(), files());
    }

    @Test
    void aSpoolThatCannotBeReadStays() throws IOException {
        Path spool = spool(1);
        byte[] bytes = Files.readAllBytes(spool);
        bytes[30] ^= 1;
        Files.write(spool, bytes);
        assertThrows(IOException.class, () -> seal(1));
        assertEquals(List.of("spool/host=web1/000001.spool"), List.copyOf(files().keySet()));
    }

    @Test
    void aForeignSpoolStays() throws IOException {
        SpoolHeader header = header(1);
        SpoolHeader foreign =
                new SpoolHeader("web2", header.bootId(), header.runId(), header.version(), 1, header.exitHook(), header.clock(), List.of());
        try (SpoolWriter spool = SpoolWriter.create(recording.spool(Spools.HOST, 1), foreign)) {
            spool.appendRow(Table.RUNS, 1, BOOT_NS, 1, Map.of("event", "start"));
        }
        assertThrows(IOException.class, () -> seal(1));
        assertEquals(List.of("spool/host=web1/000001.spool"), List.copyOf(files().keySet()));
    }

    @Test
    void aSpoolOfAnotherRunWithASealedNumberStays() throws IOException {
        spool(1);
        seal(1);
        SpoolHeader header = header(1);
        SpoolHeader other = new SpoolHeader(header.host(), header.bootId(), "another run", header.version(), 1, header.exitHook(),
                header.clock(), List.of());
        SpoolWriter.create(recording.spool(Spools.HOST, 1), other).close();
        assertThrows(IOException.class, () -> seal(1));
        assertTrue(Files.exists(recording.spool(Spools.HOST, 1)));
        assertEquals(1, catalog().lines().size());
    }

    @Test
    void whatIsMissingBetweenTwoSpoolsBecomesAGapOfTheSecond() throws Exception {
        exits(1, 1, 2, 3, 4);
        exits(2, 5, 6);
        tearLastFrame(1);
        seal(1);
        seal(2);
        assertEquals(List.of("4 | 1 | damaged | frames of the spool are missing"), gaps());
        assertEquals(List.of(4L, 7L), catalog().spools().stream().map(SealedSpool::nextSeq).toList());
        assertEquals(List.of(0L, 1L), catalog().spools().stream().map(SealedSpool::lostRows).toList());
    }

    @Test
    void whatIsMissingAtTheEndOfTheLastBecomesAGapOfUnknownCount() throws Exception {
        exits(1, 1, 2, 3, 4);
        tearLastFrame(1);
        seal(1);
        assertEquals(List.of("4 | - | damaged | 72 bytes at the end of the spool make no frame"), gaps());
        assertEquals(List.of(5L, -1L), List.of(catalog().spools().getFirst().nextSeq(), catalog().spools().getFirst().lostRows()));
    }

    @Test
    void aSpoolWhoseFramesAreAllGoneIsCountedByTheNext() throws Exception {
        exits(1, 1, 2);
        exits(2, 3);
        exits(3, 4, 5);
        tearLastFrame(2);
        seal(1);
        assertNull(seal(2));
        seal(3);
        assertEquals(List.of("3 | 1 | damaged | frames of the spool are missing"), gaps());
    }

    @Test
    void aSpoolNotYetSealedIsNoLoss() throws Exception {
        exits(1, 1, 2);
        exits(2, 3, 4);
        exits(3, 5, 6);
        seal(1);
        seal(3);
        seal(2);
        assertEquals(List.of(), gaps());
        assertEquals(List.of(), catalog().problems());
    }

    @Test
    void cgroupsNamedInOneSpoolAreKnownInTheNext() throws Exception {
        Path first = recording.spool(Spools.HOST, 1);
        try (SpoolWriter spool = SpoolWriter.create(first, header(1))) {
            byte[] name = Spools.concat(
                    Raw.struct(Layouts.CGROUP_NAME, 13, 0, 0, 1).set("cgroup_id", 5).set("path_offset", 40).set("path_length", 5).bytes(),
                    "/name".getBytes());
            Spools.append(spool, 1, new Raw().name(name).row(Raw.struct(Layouts.EXIT, 1, 0, 0, BOOT_NS).set("cgroup_id", 5)));
        }
        try (SpoolWriter spool = SpoolWriter.create(recording.spool(Spools.HOST, 2), header(2))) {
            Spools.append(spool, 2, new Raw().row(Raw.struct(Layouts.EXIT, 1, 0, 0, BOOT_NS).set("cgroup_id", 5)));
        }
        Sealer sealer = new Sealer(recording, Access.own());
        sealer.seal(first, Spools.HOST);
        sealer.seal(recording.spool(Spools.HOST, 2), Spools.HOST);
        try (DuckDb duck = new DuckDb()) {
            assertEquals(List.of("/name", "/name"), duck.rows("SELECT \"cgroup\" FROM '" + recording.dir() + "/exits/**/*.parquet'"));
        }
    }

    private static SpoolHeader header(long number) {
        return Spools.header(Layouts.EXIT, Layouts.THREAD_EXIT, Layouts.HEARTBEAT, Layouts.CGROUP_NAME).withNumber(number, Spools.CLOCK);
    }

    /// A spool with rows of every table: seq 1 to 8.
    private Path spool(long number) throws IOException {
        Path path = recording.spool(Spools.HOST, number);
        try (SpoolWriter spool = SpoolWriter.create(path, header(number))) {
            spool.appendRow(Table.RUNS, 1, BOOT_NS + 1, 1,
                    Map.of("event", "start", "options", List.of("-d", "x"), "hooks_missing", List.of(), "cpus", 2L));
            Spools.append(spool, 2,
                    new Raw().row(Raw.struct(Layouts.EXIT, 1, 1, 5, BOOT_NS + 2).set("pid", 7).set("status", 9).set("comm", "cat"))
                            .row(Raw.struct(Layouts.EXIT, 1, 0, 5, BOOT_NS + 3).set("pid", 8).set("status", 256).set("read_bytes", -1))
                            .row(Raw.struct(Layouts.THREAD_EXIT, 2, 0, 5, BOOT_NS + 4).set("pid", 8)));
            Spools.append(spool, 5, new Raw().row(Raw.struct(Layouts.HEARTBEAT, 10, 0, 5, BOOT_NS + 5).set("real_ns", Spools.CLOCK.realNs())
                    .set("real_boot_ns", BOOT_NS)));
            spool.appendRow(Table.GAPS, 6, BOOT_NS + 6, 6, Map.of("cause", "ring_full", "count", 5L, "cpu", 1L, "table_name", "exits"));
            spool.appendRow(Table.CLOCK_STEPS, 7, BOOT_NS + 7, 7, Map.of("kind", "set", "step_ns", -5L));
            Map<String, Object> stop =
                    new HashMap<>(Map.of("event", "stop", "counter_seen", List.of(3L), "counter_tables", List.of("exits")));
            stop.put("reason", null);
            spool.appendRow(Table.RUNS, 9, BOOT_NS + 9, 8, stop);
        }
        return path;
    }

    /// A spool with a death in a frame of its own for each seq.
    private void exits(long number, long... seqs) throws IOException {
        try (SpoolWriter spool = SpoolWriter.create(recording.spool(Spools.HOST, number),
                Spools.header(Layouts.of("exit_record", "table:4 cpu:4 mono_ns:8 boot_ns:8")).withNumber(number, Spools.CLOCK))) {
            for (long seq : seqs) {
                Spools.append(spool, seq,
                        new Raw().row(Raw.struct(Layouts.of("exit_record", "table:4 cpu:4 mono_ns:8 boot_ns:8"), 1, 0, 0, BOOT_NS)));
            }
        }
    }

    private void tearLastFrame(long number) throws IOException {
        Path spool = recording.spool(Spools.HOST, number);
        byte[] bytes = Files.readAllBytes(spool);
        bytes[bytes.length - 1] ^= 1;
        Files.write(spool, bytes);
    }

    private List<String> gaps() throws Exception {
        if (!Files.exists(recording.dir().resolve("gaps"))) {
            return List.of();
        }
        try (DuckDb duck = new DuckDb()) {
            return duck.rows("SELECT seq, count, cause, detail FROM '" + recording.dir() + "/gaps/**/*.parquet'");
        }
    }

    private Sealer.Sealed seal(long number) throws IOException {
        return new Sealer(recording, Access.own()).seal(recording.spool(Spools.HOST, number), Spools.HOST);
    }

    private Catalog catalog() throws IOException {
        Catalog catalog = Catalog.read(recording.catalog(Spools.HOST));
        assertFalse(catalog.lines().isEmpty());
        return catalog;
    }

    private Map<String, byte[]> files() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(recording.dir())) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                files.put(recording.dir().relativize(path).toString(), Files.readAllBytes(path));
            }
        }
        return files;
    }

    private void replaceAll(Map<String, byte[]> state) throws IOException {
        for (String path : files().keySet()) {
            Files.delete(recording.dir().resolve(path));
        }
        for (Map.Entry<String, byte[]> file : state.entrySet()) {
            Path path = recording.dir().resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
    }
}
