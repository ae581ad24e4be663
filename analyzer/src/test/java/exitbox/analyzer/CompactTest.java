package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Table;
import exitbox.schemas.segment.Sealer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A compacted copy has the same rows in the same order in few files, names those that they were made of, and verifies.
class CompactTest {
    private static final int SPOOLS = Integer.getInteger("exitbox.compact.spools", 40);

    @TempDir
    Path dir;

    private Path recording;

    @BeforeEach
    void manySmallSpoolsOfTwoDaysAndTwoBoots() throws IOException {
        recording = dir.resolve("many").toAbsolutePath();
        List<String> lines = new ArrayList<>();
        lines.add("runs 23:30:00 event=start run_id=run-web1 filters=");
        for (int i = 0; i < SPOOLS; i++) {
            String minute = String.format("%02d:%02d", 23 + (30 + i) / 60, (30 + i) % 60);
            lines.add("repeat 60 1s heartbeats " + minute + ":00.5");
            lines.add("execs " + minute + ":07 pid=" + (i + 9) + " comm=c" + i % 5 + " start_boot_ns=" + minute + ":06 cmdline=\"a 'b " + i
                    + "' \\xff\"");
            lines.add("exits " + minute + ":08 pid=" + (i + 9) + " comm=c" + i % 5 + " status=" + i % 3 * 9 + " age=1s");
            lines.add("seal");
        }
        lines.add("runs " + String.format("%02d:%02d:01", 23 + (30 + SPOOLS) / 60, (30 + SPOOLS) % 60)
                + " event=stop run_id=run-web1 reason=SIGTERM");
        lines.add("seal");
        lines.add("boot 2026-11-22T00:00:00Z");
        for (int i = 0; i < 2; i++) {
            lines.add("runs 0" + i + ":50:00 event=start run_id=run-web1 filters=");
            lines.add("gaps 0" + i + ":50:01 cause=ring_full table_name=exits count=3 cpu=1 first_boot_ns=00:00:07 last_boot_ns=00:00:08");
            lines.add("runs 0" + i + ":50:02 event=stop run_id=run-web1 reason=SIGTERM");
            lines.add("seal");
        }
        RecordingText.write(recording, lines);
    }

    @Test
    void theSameRowsInTheSameOrder() throws Exception {
        Answer answer = exitbox("compact", recording, "--to", "few");
        assertEquals(0, answer.status, answer.err);
        Catalog before = Catalog.read(new Recording(recording).catalog("web1"));
        Catalog after = Catalog.read(new Recording(dir.resolve("few")).catalog("web1"));
        assertEquals(List.of(), after.problems());
        // Two days of the first boot, one of the second.
        assertEquals(3, after.spools().size());
        assertEquals(before.spools().getLast().nextSeq(), after.spools().getLast().nextSeq());
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:"); Statement statement = connection.createStatement()) {
            Set<Table> tables = new TreeSet<>();
            before.spools().forEach(spool -> spool.files().forEach(file -> tables.add(file.table())));
            assertEquals(Set.of(Table.EXITS, Table.EXECS, Table.GAPS, Table.HEARTBEATS, Table.RUNS), tables);
            for (Table table : tables) {
                String many = read(recording, before, table);
                String few = read(dir.resolve("few"), after, table);
                assertEquals(List.of(0L), longs(statement, "SELECT count(*) FROM (" + many + " EXCEPT ALL " + few + ")"), table.sqlName());
                assertEquals(List.of(0L), longs(statement, "SELECT count(*) FROM (" + few + " EXCEPT ALL " + many + ")"), table.sqlName());
                List<Long> order = longs(statement, "SELECT seq FROM (" + few + ")");
                assertEquals(order.stream().sorted().toList(), order, table.sqlName());
            }
        }
        Answer verified = exitbox("verify", dir.resolve("few"));
        assertEquals(0, verified.status, verified.out);
        assertEquals(exitbox("replay", recording, "--table", "all").out, exitbox("replay", dir.resolve("few"), "--table", "all").out);
    }

    @Test
    void itNamesWhatItWasMadeOf() throws IOException {
        assertEquals(0, exitbox("compact", recording, "--to", "few").status);
        Set<String> before = new TreeSet<>();
        Catalog.read(new Recording(recording).catalog("web1")).spools()
                .forEach(spool -> spool.files().forEach(file -> before.add(file.path() + " " + file.sha256())));
        Set<String> sources = new TreeSet<>();
        for (SealedSpool spool : Catalog.read(new Recording(dir.resolve("few")).catalog("web1")).spools()) {
            spool.sources().forEach(source -> sources.add(source.path() + " " + source.sha256()));
        }
        assertEquals(before, sources);
        assertEquals(0, exitbox("compact", dir.resolve("few"), "--to", "again").status, "and once more");
        assertEquals(0, exitbox("verify", dir.resolve("again")).status);
    }

    @Test
    void whatIsDeletedStaysDeleted() throws IOException {
        RecordingText.write(recording, List.of("delete --keep 1d: 1 2 3"));
        assertEquals(0, exitbox("compact", recording, "--to", "few").status);
        Answer verified = exitbox("verify", dir.resolve("few"));
        assertEquals(0, verified.status, verified.out);
        assertTrue(verified.out.contains("were deleted by --keep 1d"), verified.out);
        assertEquals(exitbox("replay", recording).out, exitbox("replay", dir.resolve("few")).out);
    }

    @Test
    void aSpoolThatWasSealedBehindLaterOnes() throws IOException {
        recording = dir.resolve("late").toAbsolutePath();
        RecordingText.write(recording, """
                runs 03:00:00 event=start run_id=run-web1 filters=
                repeat 5 1s heartbeats 03:00:00.5
                seal
                repeat 5 1s heartbeats 03:00:05.5
                spool
                repeat 5 1s heartbeats 03:00:10.5
                runs 03:00:15.5 event=stop run_id=run-web1 reason=SIGTERM
                spool
                """.lines().toList());
        Recording late = new Recording(recording);
        for (long number : new long[]{3, 2}) {
            new Sealer(late, Access.own()).seal(late.spool("web1", number), "web1");
        }
        assertEquals(0, exitbox("compact", recording, "--to", "few").status);
        SealedSpool few = Catalog.read(new Recording(dir.resolve("few")).catalog("web1")).spools().getFirst();
        assertEquals(3, few.number());
        assertTrue(few.stopped());
        assertEquals(exitbox("replay", recording, "--table", "all").out, exitbox("replay", dir.resolve("few"), "--table", "all").out);
        String heartbeats =
                exitbox("sql", dir.resolve("few"), "SELECT count(*) FROM (SELECT seq, row_number() OVER () AS n FROM heartbeats)"
                        + " WHERE seq = n + 1").out;
        assertTrue(heartbeats.contains("15"), heartbeats);
    }

    @Test
    void anEmptyRecordingIsNone() throws IOException {
        Files.createDirectories(dir.resolve("empty/catalog"));
        assertEquals(Failure.NO_RECORDING, exitbox("compact", dir.resolve("empty"), "--to", "few").status);
        assertFalse(Files.exists(dir.resolve("few")));
    }

    @Test
    void onlyWhatIsSoundIsCompacted() throws IOException {
        Path file;
        try (Stream<Path> all = Files.walk(recording.resolve("exits"))) {
            file = all.filter(Files::isRegularFile).sorted().skip(7).findFirst().orElseThrow();
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        byte[] bytes = Files.readAllBytes(file);
        byte[] changed = bytes.clone();
        changed[bytes.length / 2] ^= 1;
        Files.write(file, changed);
        refused("sha256 differs from the catalog's — make a sound copy first: exitbox recover --to DIR");
        Files.delete(file);
        refused("is missing — make a sound copy first");
        Files.write(file, bytes);
        Path catalog = recording.resolve("catalog/host=web1.jsonl");
        String text = Files.readString(catalog);
        Files.writeString(catalog, text.replaceFirst("web1", "web2"));
        refused("line 1: its sha256 does not hold");
        Files.writeString(catalog, text);
        Path copy = Files.copy(catalog, catalog.resolveSibling("host=web1.sync-conflict-1.jsonl"));
        refused("host=web1.sync-conflict-1.jsonl, line 1: is of host web1, and this catalog is not");
        Files.delete(copy);
        Files.delete(catalog);
        refused("no catalog vouches for host=web1");
        // Files of lines that were cut off, wholly or in part, are no part of the copy.
        List<String> lines = text.lines().toList();
        Files.writeString(catalog, String.join("\n", lines.subList(0, lines.size() - 1)) + "\n");
        refused("20261122T015001Z-0000" + (SPOOLS + 3) + ".parquet stands in no catalog line — make a sound copy first");
        Files.writeString(catalog, text.substring(0, text.length() - 10));
        refused("catalog/host=web1.jsonl ends amid a line: ");
        Files.writeString(catalog, text);
        RecordingText.write(dir.resolve("open"), List.of("host web1", "exits 01:00:00 pid=1 comm=a status=0 age=1s", "spool"));
        Files.createDirectories(recording.resolve("spool/host=web1"));
        Files.copy(dir.resolve("open/spool/host=web1/000001.spool"), recording.resolve("spool/host=web1/999999.spool"));
        refused("spool/host=web1/999999.spool is not sealed — stop the recorder");
    }

    @Test
    void onlyWhatIsSealedToItsEndIsCompacted() throws IOException {
        recording = dir.resolve("endless").toAbsolutePath();
        RecordingText.write(recording, List.of("runs 03:00:00 event=start run_id=run-web1 filters=", "repeat 5 1s heartbeats 03:00:00.5",
                "gaps 03:00:05 cause=ring_full table_name=exits cpu=1 first_boot_ns=03:00:04 last_boot_ns=03:00:05", "seal"));
        refused("run run-web1 of web1 has no stop, and no gap says so — stop the recorder, if it is recorded; else make a sound copy"
                + " first: exitbox recover --to DIR");
        assertEquals(0, exitbox("recover", recording, "--to", "sound").status);
        Answer answer = exitbox("compact", dir.resolve("sound"), "--to", "few");
        assertEquals(0, answer.status, answer.err);
        assertEquals(0, exitbox("verify", dir.resolve("few")).status);
    }

    private void refused(String why) {
        Answer answer = exitbox("compact", recording, "--to", "few");
        assertEquals(Failure.DAMAGED, answer.status);
        assertTrue(answer.err.contains(why), answer.err);
        try (Stream<Path> left = Files.list(dir)) {
            assertEquals(List.of(), left.filter(path -> path.toString().contains("few")).toList(), "nothing half made is left");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String read(Path folder, Catalog catalog, Table table) {
        List<String> paths = new ArrayList<>();
        for (SealedSpool spool : catalog.spools()) {
            for (SegmentFile file : spool.files()) {
                if (file.table() == table) {
                    paths.add("'" + folder.resolve(file.path()) + "'");
                }
            }
        }
        return "SELECT * FROM read_parquet(" + paths + ", hive_partitioning = false)";
    }

    private static List<Long> longs(Statement statement, String sql) throws SQLException {
        List<Long> values = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getLong(1));
            }
        }
        return values;
    }

    private record Answer(int status, String out, String err) {}

    private Answer exitbox(String command, Path folder, String... rest) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(new byte[0]), out, err, false, false, true, 100, 0, ZoneOffset.UTC,
                Clock.fixed(Instant.parse("2026-11-23T08:00:00Z"), ZoneOffset.UTC), "", Map.of(), dir);
        List<String> args = new ArrayList<>(List.of(command, "-d", folder.toString()));
        args.addAll(List.of(rest));
        int status = Main.run(console, args.toArray(String[]::new));
        return new Answer(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
