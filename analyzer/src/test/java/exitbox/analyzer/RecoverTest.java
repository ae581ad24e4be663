package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever happened to a recording, `exitbox recover` makes a copy of it that verifies, in which each row is there or
/// counted, and leaves the recording as it is.
class RecoverTest {
    private static final int ROWS = 27;

    @TempDir
    Path dir;

    private Path recording;
    private Path copy;

    @BeforeEach
    void write() throws IOException {
        recording = dir.resolve("recording").toAbsolutePath();
        copy = dir.resolve("copy").toAbsolutePath();
        RecordingText.write(recording, """
                runs 03:00:00 event=start run_id=run-one filters=
                repeat 5 1s heartbeats 03:00:00.5
                exits 03:00:02 pid=1 comm=a status=0 age=1s
                forks 03:00:03 pid=7 ppid=1
                seal
                repeat 5 1s heartbeats 03:00:05.5
                exits 03:00:07 pid=2 comm=b status=9 age=1s
                gaps 03:00:08 cause=ring_full table_name=exits count=3 cpu=1 first_boot_ns=03:00:07 last_boot_ns=03:00:08
                seal
                repeat 5 1s heartbeats 03:00:10.5
                exits 03:00:12 pid=3 comm=c status=9 age=1s
                runs 03:00:15.5 event=stop run_id=run-one reason=SIGTERM
                seal
                runs 03:00:16 event=start run_id=run-web1 filters=
                repeat 3 1s heartbeats 03:00:16.5
                exits 03:00:18 pid=4 comm=d status=9 age=1s
                spool
                """.lines().toList());
        for (Path file : files("")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        }
    }

    @Test
    void aRecorderThatDied() throws IOException {
        assertEquals(Failure.DAMAGED, exitbox("verify", recording).status);
        Answer answer = recover();
        assertEquals("copy: 10 segments as sealed, 1 spool sealed; 0 rows lost, 0 files set aside\n", answer.out);
        // And the gap for the missing stop.
        assertEquals(ROWS + 1, rows());
        assertTrue(exitbox("verify", copy).out.contains("(unclean_end, 1 row of gaps)"));
    }

    @Test
    void aFrameThatWasBeingWritten() throws IOException {
        Path spool = files(".spool").getFirst();
        byte[] bytes = Files.readAllBytes(spool);
        for (int cut : new int[]{1, 30, 200}) {
            Files.write(spool, Arrays.copyOf(bytes, bytes.length - cut));
            assertTrue(recover().err.contains("bytes make no whole frame: what they held is lost"));
        }
        bytes[bytes.length - 300] ^= 1;
        Files.write(spool, bytes);
        assertTrue(recover().err.contains("fail their checksum") || exitbox("verify", copy).status == 0);
    }

    @Test
    void anyFileGone() throws IOException {
        for (Path file : files("")) {
            byte[] bytes = Files.readAllBytes(file);
            Files.delete(file);
            Answer answer = recover();
            if (file.toString().endsWith(".parquet")) {
                assertTrue(answer.err.contains(recording.relativize(file) + " is missing"), answer.err);
                assertEverythingIsThereOrCounted(answer);
            }
            Files.write(file, bytes);
        }
    }

    @Test
    void anyFileCutOffOrChanged() throws IOException {
        int round = 0;
        Map<String, Path> tables = new TreeMap<>();
        files(".parquet").forEach(file -> tables.put(recording.relativize(file).getName(0).toString(), file));
        for (Path file : tables.values()) {
            byte[] bytes = Files.readAllBytes(file);
            int[] places = {2, 60, bytes.length / 2, bytes.length - 30};
            Files.write(file, Arrays.copyOf(bytes, places[round % places.length]));
            assertEverythingIsThereOrCounted(recover());
            byte[] changed = bytes.clone();
            changed[places[++round % places.length]] ^= 4;
            Files.write(file, changed);
            Answer answer = recover();
            assertEverythingIsThereOrCounted(answer);
            assertEquals(changed.length, Files.size(copy.resolve("damaged").resolve(recording.relativize(file))), "set aside");
            assertTrue(answer.err.contains(recording.relativize(file) + " is damaged: "), answer.err);
            Files.write(file, bytes);
        }
    }

    /// Where no checksum covers it. What a bit does to rows [exitbox.schemas.segment.SegmentCheckTest] sweeps.
    @Test
    void aBitOfAFooter() throws IOException {
        Path file = files(".parquet").stream().filter(path -> path.toString().contains("/exits/")).findFirst().orElseThrow();
        byte[] bytes = Files.readAllBytes(file);
        Random random = new Random(1);
        for (int flip = 0; flip < 25; flip++) {
            byte[] changed = bytes.clone();
            changed[bytes.length - 1 - random.nextInt(bytes.length / 2)] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, changed);
            assertEverythingIsThereOrCounted(recover());
        }
        Path catalog = recording.resolve("catalog/host=web1.jsonl");
        Files.write(catalog, Files.readAllLines(catalog).subList(1, 3));
        recover();
    }

    @Test
    void filesThatWereExchangedOrMovedAreFound() throws IOException {
        List<Path> exits = files(".parquet").stream().filter(file -> file.toString().contains("/exits/")).toList();
        Path aside = dir.resolve("aside");
        Files.move(exits.get(0), aside);
        Files.move(exits.get(1), exits.get(0));
        Files.move(aside, exits.get(1));
        Files.move(exits.get(2), exits.get(2).resolveSibling("elsewhere.parquet"));
        Answer answer = recover();
        assertTrue(answer.out.contains("0 rows lost, 0 files set aside"), answer.out + answer.err);
        assertEquals(ROWS + 1, rows());
    }

    @Test
    void anyLineOfTheCatalogGoneOrChanged() throws IOException {
        Path catalog = recording.resolve("catalog/host=web1.jsonl");
        List<String> lines = Files.readAllLines(catalog);
        for (int i = 0; i < lines.size(); i++) {
            List<String> some = new ArrayList<>(lines);
            some.remove(i);
            Files.write(catalog, some);
            recover();
            assertEquals(ROWS + 1, rows(), "its files tell what it was");
            some.add(i, lines.get(i).replace("web1", "web2"));
            Files.write(catalog, some);
            assertTrue(recover().err.contains("line " + (i + 1) + ": its sha256 does not hold"));
            assertEquals(ROWS + 1, rows());
        }
        Files.delete(catalog);
        recover();
        assertEquals(ROWS + 1, rows());
    }

    @Test
    void aCatalogThatIsThereTwice() throws IOException {
        Path catalog = recording.resolve("catalog/host=web1.jsonl");
        Files.copy(catalog, catalog.resolveSibling("backup.jsonl"));
        Files.copy(catalog, catalog.resolveSibling("host=web1.sync-conflict-1.jsonl"));
        Files.writeString(catalog, Files.readAllLines(catalog).getFirst() + "\n", StandardOpenOption.APPEND);
        Answer answer = recover();
        assertEquals(ROWS + 1, rows());
        assertTrue(answer.err.contains("host=web1.sync-conflict-1.jsonl, line 1: is of host web1, and this catalog is not"), answer.err);
        assertTrue(answer.err.contains("host=web1.jsonl, line 4: names a file that stands in a line before it"), answer.err);
    }

    /// Nothing of a whole spool is left, neither its line nor its files.
    @Test
    void allOfASpoolGone() throws IOException {
        Path catalog = recording.resolve("catalog/host=web1.jsonl");
        List<String> lines = new ArrayList<>(Files.readAllLines(catalog));
        lines.remove(1);
        Files.write(catalog, lines);
        for (Path file : files("-000002.parquet")) {
            Files.delete(file);
        }
        recover();
        // Seven rows are missing; a gap has the number of the first.
        assertEquals(ROWS + 1 - 7 + 1, rows());
        assertTrue(exitbox("verify", copy).out.contains("7 events "), exitbox("verify", copy).out);
    }

    @Test
    void whatWasDeletedStaysDeleted() throws IOException {
        RecordingText.write(recording, List.of("delete --keep-size 1M: 1"));
        recover();
        assertTrue(exitbox("verify", copy).out.contains("were deleted by --keep-size 1M"));
    }

    @Test
    void anythingGoneOfARecordingOfWhichMuchWasDeleted() throws IOException {
        RecordingText.write(recording, List.of("delete --keep-size 1M: 1 2", "delete --keep-size 1M: 3"));
        for (Path file : files(".parquet")) {
            byte[] bytes = Files.readAllBytes(file);
            Files.delete(file);
            assertEquals(1, unrecovered(recover()));
            byte[] changed = bytes.clone();
            changed[bytes.length / 2] ^= 4;
            Files.write(file, changed);
            unrecovered(recover());
            assertTrue(Files.exists(copy.resolve("damaged").resolve(recording.relativize(file))), "set aside");
            Files.write(file, bytes);
        }
        Path catalog = recording.resolve("catalog/host=web1.jsonl");
        List<String> lines = Files.readAllLines(catalog);
        for (int i = 0; i < lines.size(); i++) {
            List<String> some = new ArrayList<>(lines);
            some.set(i, lines.get(i).replace("web1", "web2"));
            Files.write(catalog, some);
            recover();
        }
    }

    @Test
    void aRecorderThatDiedBehindWhatWasDeleted() throws IOException {
        recording = dir.resolve("endless").toAbsolutePath();
        RecordingText.write(recording, """
                runs 03:00:00 event=start run_id=run-web1 filters=
                repeat 5 1s heartbeats 03:00:00.5
                seal
                repeat 5 1s heartbeats 03:00:05.5
                seal
                gaps 03:00:10 cause=ring_full table_name=exits count=3 cpu=1 first_boot_ns=03:00:07 last_boot_ns=03:00:10
                repeat 5 1s heartbeats 03:00:10.5
                seal
                delete --keep-size 1M: 1 2 3
                """.lines().toList());
        recover();
        assertTrue(exitbox("verify", copy).out.contains("(unclean_end, 1 row of gaps)"));
        assertEquals(1, number("SELECT count(*) FROM gaps WHERE detail LIKE 'gaps/%was deleted'"), "its row of gaps made room for that");
        // And what nobody can tell of the spool before.
        Path catalog = recording.resolve("catalog/host=web1.jsonl");
        List<String> lines = new ArrayList<>(Files.readAllLines(catalog));
        lines.set(1, lines.get(1).replace("web1", "web2"));
        Files.write(catalog, lines);
        recover();
        assertEquals(5, number("SELECT count FROM gaps WHERE detail LIKE 'nothing is left%'"));
    }

    @Test
    void aLinkInThePlaceOfTheCopy() throws IOException {
        Path elsewhere = dir.resolve("elsewhere");
        Path link = Files.createSymbolicLink(dir.resolve("link"), elsewhere);
        assertEquals("--to link: is a link that leads nowhere — choose a new folder\n",
                exitbox("recover", recording, "--to", "link").err.replace(dir + "/", ""));
        Files.createDirectories(elsewhere);
        assertEquals(0, exitbox("recover", recording, "--to", "link").status);
        assertTrue(Files.isSymbolicLink(link));
        assertEquals(0, exitbox("verify", elsewhere).status);
    }

    /// Rows that the answer says are lost, each of which a gap has to count.
    private long unrecovered(Answer answer) {
        Matcher lost = Pattern.compile("([0-9]+) rows? lost").matcher(answer.out);
        assertTrue(lost.find(), answer.out);
        assertEquals(Long.parseLong(lost.group(1)), number("SELECT coalesce(sum(count), 0)::BIGINT FROM gaps WHERE cause = 'unrecovered'"));
        return Long.parseLong(lost.group(1));
    }

    @Test
    void onlyIntoANewFolder() throws IOException {
        Files.createDirectories(copy);
        Files.writeString(copy.resolve("precious"), "mine");
        assertEquals("--to copy: is not empty — choose a new folder\n",
                exitbox("recover", recording, "--to", "copy").err.replace(dir + "/", ""));
        assertEquals("mine", Files.readString(copy.resolve("precious")));
        assertEquals(Failure.USAGE, exitbox("recover", recording, "--to", "recording/in/it").status);
        assertEquals(Failure.USAGE, exitbox("recover", recording, "--to", "recording/copy").status);
        assertEquals(Failure.USAGE, exitbox("recover", recording, "--to", "nowhere/copy").status);
        assertEquals(Failure.USAGE, exitbox("recover", recording, "--to", "copy/precious").status);
        assertEquals(Failure.USAGE, exitbox("recover", recording).status);
        // One that died leaves its own half-made folder, which the next one begins anew.
        Path partial = dir.resolve(".second.exitbox-partial");
        Files.createDirectories(partial.resolve("exits"));
        Files.writeString(partial.resolve("exits/half"), "half");
        assertEquals(0, exitbox("recover", recording, "--to", "second").status);
        assertFalse(Files.exists(partial));
        assertEquals(0, exitbox("verify", dir.resolve("second")).status);
    }

    private void assertEverythingIsThereOrCounted(Answer answer) throws IOException {
        Matcher lost = Pattern.compile("([0-9]+) rows? lost").matcher(answer.out);
        assertTrue(lost.find(), answer.out);
        // Each file that lost rows has a gap in their place.
        long gaps = number("SELECT count(*) FROM gaps WHERE cause = 'unrecovered'");
        assertEquals(ROWS + 1 - Long.parseLong(lost.group(1)) + gaps, rows(), answer.out + answer.err);
        if (gaps > 0) {
            assertEquals(Long.parseLong(lost.group(1)), number("SELECT sum(count)::BIGINT FROM gaps WHERE cause = 'unrecovered'"));
        }
    }

    /// Recovers into a new copy, which has to verify.
    private Answer recover() throws IOException {
        remove(copy);
        Map<String, String> before = contents(recording);
        Answer answer = exitbox("recover", recording, "--to", "copy");
        assertEquals(0, answer.status, answer.err);
        assertEquals(before, contents(recording), "the recording is left as it is");
        Answer verified = exitbox("verify", copy);
        assertEquals(0, verified.status, answer.out + answer.err + verified.out + verified.err);
        assertNotEquals("", verified.out);
        return answer;
    }

    private long rows() throws IOException {
        StringBuilder sql = new StringBuilder();
        for (String table : List.of("runs", "exits", "forks", "gaps", "heartbeats")) {
            sql.append(sql.isEmpty() ? "SELECT sum(n)::BIGINT FROM (" : " UNION ALL ").append("SELECT count(*) AS n FROM ").append(table);
        }
        return number(sql.append(")").toString());
    }

    private long number(String sql) {
        Answer answer = exitbox("sql", copy, "--format", "csv", sql);
        assertEquals(0, answer.status, answer.err);
        return Long.parseLong(answer.out.lines().toList().get(1));
    }

    private static Map<String, String> contents(Path folder) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                contents.put(folder.relativize(file).toString(), Arrays.hashCode(Files.readAllBytes(file)) + " "
                        + Files.getLastModifiedTime(file));
            }
        }
        return contents;
    }

    private static void remove(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private List<Path> files(String suffix) throws IOException {
        try (Stream<Path> all = Files.walk(recording)) {
            return all.filter(file -> Files.isRegularFile(file) && file.toString().endsWith(suffix)).sorted().toList();
        }
    }

    private record Answer(int status, String out, String err) {}

    private Answer exitbox(String command, Path folder, String... rest) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(new byte[0]), out, err, false, false, true, 100, 0, ZoneOffset.UTC,
                Clock.fixed(Instant.parse("2026-11-20T08:00:00Z"), ZoneOffset.UTC), "", Map.of(), dir);
        List<String> args = new ArrayList<>(List.of(command, "-d", folder.toString()));
        args.addAll(List.of(rest));
        int status = Main.run(console, args.toArray(String[]::new));
        return new Answer(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
