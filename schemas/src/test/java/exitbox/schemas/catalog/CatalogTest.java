package exitbox.schemas.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.contract.Table;
import exitbox.schemas.text.Json;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The catalog is a chain: whatever is changed, taken out or put in shows, and what is whole still counts.
class CatalogTest {
    @TempDir
    Path dir;

    private Path path;
    private List<CatalogLine> lines;

    @BeforeEach
    void writeThreeLines() throws IOException {
        path = dir.resolve("host=web1.jsonl");
        Catalog catalog = Catalog.read(path);
        lines = new ArrayList<>();
        for (long number = 1; number <= 3; number++) {
            SealedSpool spool =
                    new SealedSpool(number, "web1", "boot \"1\"", "run\n1", number * 10, 5, number == 2 ? -1 : 0, 1, number == 3,
                            List.of(file(Table.EXITS, number), file(Table.GAPS, number)));
            catalog = append(catalog, spool);
            lines.add(catalog.lines().getLast());
        }
    }

    private static SegmentFile file(Table table, long number) {
        return new SegmentFile(table, Recording.segment(table, "a..b", 1_795_144_320_000_000L, number), 7, 1000, 1, 8, -3, Long.MAX_VALUE,
                Long.MIN_VALUE, 4,
                "00ff");
    }

    @Test
    void whatWasAppendedIsReadBack() throws IOException {
        Catalog catalog = Catalog.read(path);
        assertEquals(lines, catalog.lines());
        assertEquals(List.of(), catalog.problems());
        assertEquals(Set.of(1L, 2L, 3L), catalog.sealed());
        assertEquals(Files.size(path), catalog.wholeBytes());
    }

    @Test
    void oneThatDoesNotExistIsEmpty() throws IOException {
        Catalog catalog = Catalog.read(dir.resolve("host=none.jsonl"));
        assertEquals(new Catalog(dir.resolve("host=none.jsonl"), List.of(), List.of(), 0, ""), catalog);
    }

    @Test
    void anyFlippedBitIsFoundAndCostsItsLineOnly() throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        int[] ends = ends(bytes);
        // Every bit of the line in the midst; of the others one in nearly each byte.
        for (int bit = 0; bit < (bytes.length - 1) * 8; bit += bit / 8 >= ends[0] && bit / 8 < ends[1] ? 1 : 7) {
            flip(bit);
            Catalog catalog = Catalog.read(path);
            flip(bit);
            assertFalse(catalog.problems().isEmpty(), "bit " + bit);
            int line = bit / 8 < ends[0] ? 0 : bit / 8 < ends[1] ? 1 : 2;
            List<CatalogLine> others = new ArrayList<>(lines);
            others.remove(line);
            if (bit / 8 == ends[line] - 1) {
                // The line's end: two lines became one.
                others.remove(lines.get(line + 1));
            }
            assertEquals(entries(others), entries(catalog.lines()), "bit " + bit);
        }
    }

    @Test
    void aLineThatWasNotFinishedDoesNotCountAndIsWrittenOver() throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        int[] ends = ends(bytes);
        for (int size = ends[1]; size < bytes.length; size++) {
            Files.write(path, Arrays.copyOf(bytes, size));
            Catalog catalog = Catalog.read(path);
            assertEquals(lines.subList(0, 2), catalog.lines(), size + " bytes");
            assertEquals(List.of(), catalog.problems());
            Catalog after = append(catalog, lines.get(2).entry());
            assertEquals(lines, after.lines());
            assertEquals(after, Catalog.read(path));
        }
        byte[] torn = Arrays.copyOf(bytes, bytes.length * 2);
        Arrays.fill(torn, ends[1], torn.length, (byte) 'x');
        Files.write(path, torn);
        assertEquals(lines, append(Catalog.read(path), lines.get(2).entry()).lines());
        assertEquals(lines, Catalog.read(path).lines());
        assertEquals(bytes.length, Files.size(path), "one longer than the new line leaves nothing behind it");
    }

    @Test
    void aLineTakenOutPutInTwiceOrMovedIsFound() throws IOException {
        List<String> text = Files.readAllLines(path);
        assertProblem("the line before it is not the one it was written after", text.get(1), text.get(2));
        assertProblem("the line before it is not the one it was written after", text.get(0), text.get(2));
        assertProblem("the line before it is not the one it was written after", text.get(0), text.get(1), text.get(1), text.get(2));
        assertProblem("the line before it is not the one it was written after", text.get(0), text.get(2), text.get(1));
        assertProblem("no JSON object: changed after it was written", text.get(0), "[]", text.get(1), text.get(2));
        Files.write(path, text.subList(0, 2));
        assertEquals(List.of(), Catalog.read(path).problems(), "one that was rolled back is whole: only another copy tells");
    }

    @Test
    void aDamagedCatalogIsWrittenOn() throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        bytes[20] ^= 1;
        Files.write(path, bytes);
        Catalog damaged = Catalog.read(path);
        append(damaged, new SealedSpool(4, "web1", "b", "r", 1, 1, 0, 0, true, List.of()));
        Catalog after = Catalog.read(path);
        assertEquals(List.of(2L, 3L, 4L), after.spools().stream().map(SealedSpool::number).toList());
        assertEquals(List.of(2, 3, 4), after.lines().stream().map(CatalogLine::number).toList());
        assertEquals(damaged.problems(), after.problems(), "no new ones");
    }

    @Test
    void aLineOfANewerVersionIsReadAsFarAsItIsKnown() throws IOException {
        String text = CatalogLine.text(spool(0), "", null);
        String newer = text.substring(0, text.lastIndexOf(",\"sha256\":\""))
                .replace("\"table\":\"gaps\"", "\"table\":\"connects\"")
                .replace("gaps/", "connects/").replace("\"lost\"", "\"from_the_future\":{\"a\":[1]},\"lost\"");
        assertEquals(List.of(spool(0).files().get(0)), ((SealedSpool) read(newer + "}")).files());
        assertEquals(7, read(newer.replace("\"schema_version\":1", "\"schema_version\":7") + "}").schemaVersion());
        assertEquals(1, read(newer.replace("\"schema_version\":1,", "") + "}").schemaVersion(), "before it was written");
        String unknown = newer.replace("\"spool\":1", "\"anchor\":1") + "}";
        assertEquals("it lacks a fact or has one of the wrong type", assertThrows(IOException.class, () -> read(unknown)).getMessage());
        assertEquals("it tells what only a newer exitbox knows (schema 7, this one knows 1)", assertThrows(IOException.class,
                () -> read(unknown.replace("\"schema_version\":1", "\"schema_version\":7"))).getMessage());
    }

    @Test
    void aLineOfANewerFormatIsRefused() throws IOException {
        String text = CatalogLine.text(spool(0), "", null);
        String newer = signed(text.substring(0, text.lastIndexOf(",\"sha256\":\"")).replace("\"format\":1", "\"format\":2") + "}");
        Files.writeString(path, newer + "\n");
        assertEquals(path + ", line 1 is of format 2, and this exitbox reads format 1 — use a newer exitbox",
                assertThrows(IOException.class, () -> Catalog.read(path)).getMessage());
        Files.writeString(path, newer.replace("\"format\":2", "\"format\":3") + "\n");
        assertEquals(1, Catalog.read(path).problems().size(), "a line that was changed says nothing of its format");
    }

    @Test
    void hostileLinesAreProblemsWhateverTheirChecksumSays() throws IOException {
        String text = CatalogLine.text(spool(0), "", null);
        String good = text.substring(0, text.lastIndexOf(",\"sha256\":\"")) + "}";
        read(good);
        String path = spool(0).files().get(0).path();
        List<String> hostile = new ArrayList<>();
        for (String wrong : List.of("../x.parquet", "exits/../../x.parquet", "/etc/shadow", "exits/./x.parquet",
                "exits//x.parquet/../../..", "exits",
                "gaps/x.parquet", "exits/..", "", "exits/\u0000")) {
            hostile.add(good.replace(Json.write(path), Json.write(wrong)));
        }
        hostile.add(good.replaceFirst("\"rows\":7", "\"rows\":-7"));
        hostile.add(good.replaceFirst("\"bytes\":1000", "\"bytes\":-1"));
        hostile.add(good.replaceFirst("\"bytes\":1000", "\"bytes\":1e3"));
        hostile.add(good.replaceFirst("\"bytes\":1000", "\"bytes\":99999999999999999999"));
        hostile.add(good.replaceFirst("\\{\"table\"", "7,{\"table\""));
        hostile.add(good.replaceFirst("\"spool\":1", "\"spool\":\"1\""));
        hostile.add(good.replaceFirst("\"stopped\":false", "\"stopped\":0"));
        hostile.add(good.replaceFirst("\"lost\":0", "\"lost\":0,\"lost\":7"));
        hostile.add(good.replaceFirst("\"rows\":7", "\"rows\":7,\"rows\":8"));
        hostile.add(good.replaceFirst("\"lost\":0", "\"lost\":0,\"epoch\":0"));
        hostile.add(good.replaceFirst("\"lost\":0", "\"next_key\":\"00\",\"signature\":\"00\",\"lost\":0"));
        for (String fact : List.of("spool", "host", "boot_id", "run_id", "next_seq", "last_boot_ns", "lost", "gaps", "stopped", "files",
                "previous_sha256", "table",
                "path", "rows", "bytes", "first_seq", "last_seq", "first_boot_ns", "last_boot_ns", "first_ts_us", "last_ts_us")) {
            hostile.add(good.replaceFirst("\"" + fact + "\"", "\"x\""));
        }
        for (String line : hostile) {
            assertFalse(line.equals(good));
            assertThrows(IOException.class, () -> read(line), line);
        }
        Files.writeString(this.path, String.join("\n", hostile.stream().map(CatalogTest::signed).toList()) + "\n");
        Catalog catalog = Catalog.read(this.path);
        assertEquals(List.of(), catalog.lines());
        assertTrue(catalog.problems().size() >= hostile.size());
    }

    /// Of a line without an end only its length and sha256 are kept: no memory has room for it.
    @Test
    void aLineLongerThanAnyIsAProblem() throws IOException {
        List<String> text = new ArrayList<>(Files.readAllLines(path));
        int longest = text.stream().mapToInt(String::length).max().orElseThrow();
        assertEquals(lines, read(longest, new ArrayList<>()));
        for (int length : new int[]{longest + 1, 65_536, 200_000}) {
            text.add(1, "x".repeat(length));
            Files.writeString(path, String.join("\n", text) + "\n" + "x".repeat(200_000));
            List<String> problems = new ArrayList<>();
            assertEquals(lines, read(longest, problems));
            assertEquals(List.of("2: has " + length + " bytes, more than any line: changed after it was written",
                    "3: the line before it is not the one it was written after"), problems);
            text.remove(1);
        }
    }

    /// The lines, which end where they do however long one may be.
    private List<CatalogLine> read(int longest, List<String> problems) throws IOException {
        List<CatalogLine> found = new ArrayList<>();
        CatalogText.End end = CatalogText.read(path, longest, new CatalogText.Reader() {
            @Override
            public void line(CatalogLine line) {
                found.add(new CatalogLine(found.size() + 1, line.entry(), line.previous(), line.seal(), line.sha256()));
            }

            @Override
            public void problem(Catalog.Problem problem) {
                problems.add(problem.number() + ": " + problem.what());
            }
        });
        Catalog whole = Catalog.read(path);
        assertEquals(new CatalogText.End(whole.lastNumber(), whole.wholeBytes(), whole.lastHash()), end);
        return found;
    }

    @Test
    void nothingStandsBehindWhatVouchesForTheRest() throws IOException {
        String last = Files.readAllLines(path).getLast();
        for (String behind : List.of(",\"next_seq\":9}", ",\"x\":1}", "} ", ",\"x\":{\"sha256\":\"00\"}}")) {
            String line = last.substring(0, last.length() - 1) + behind;
            assertThrows(IOException.class, () -> CatalogLine.ofText(3, line), line);
        }
    }

    @Test
    void aLinkInTheCatalogsPlaceIsNotFollowed() throws IOException {
        Path victim = Files.writeString(dir.resolve("victim"), "precious");
        Path link = Files.createSymbolicLink(dir.resolve("host=web2.jsonl"), victim);
        Catalog empty = new Catalog(link, List.of(), List.of(), 0, "");
        assertThrows(IOException.class, () -> append(empty, lines.get(0).entry()));
        assertEquals("precious", Files.readString(victim));
    }

    @Test
    void aDeletionIsReadBack() throws IOException {
        Deletion deletion = Deletion.of("web1", "--keep-size 10G", new Deletion.Moment("boot", 7, -8), spool(1).files());
        assertEquals(new Deletion("web1", "--keep-size 10G", "boot", 7, -8, 14, 2000, Long.MIN_VALUE, 4,
                spool(1).files().stream().map(SegmentFile::path).toList(), 1), deletion);
        append(Catalog.read(path), deletion);
        Catalog catalog = Catalog.read(path);
        assertEquals(List.of(deletion), catalog.deletions());
        assertEquals(List.of(), catalog.problems());
        assertEquals(List.of(1L, 2L, 3L), catalog.spools().stream().map(SealedSpool::number).toList());
        assertEquals(List.of(1L, 3L), catalog.standing().stream().map(SealedSpool::number).toList());
        String text = CatalogLine.text(deletion, "", null);
        String good = text.substring(0, text.lastIndexOf(",\"sha256\":\"")) + "}";
        assertEquals(deletion, read(good));
        for (String wrong : List.of("../x", "/etc/shadow", "exits", "exits/../../x", "exits/./x", "")) {
            assertThrows(IOException.class, () -> read(good.replace(Json.write(deletion.paths().get(0)), Json.write(wrong))), wrong);
        }
    }

    private static Catalog append(Catalog catalog, CatalogEntry entry) throws IOException {
        Ledger ledger = Ledger.read(catalog.path());
        ledger.append(CatalogLine.text(entry, ledger.lastHash(), null));
        return Catalog.read(catalog.path());
    }

    private static CatalogEntry read(String json) throws IOException {
        return CatalogLine.ofText(1, signed(json)).entry();
    }

    private SealedSpool spool(int line) {
        return (SealedSpool) lines.get(line).entry();
    }

    private static List<CatalogEntry> entries(List<CatalogLine> lines) {
        return lines.stream().map(CatalogLine::entry).toList();
    }

    private void assertProblem(String what, String... text) throws IOException {
        Files.write(path, List.of(text));
        assertTrue(Catalog.read(path).problems().stream().anyMatch(problem -> problem.what().equals(what)),
                Catalog.read(path).problems().toString());
    }

    private void flip(long bit) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(bit / 8);
            int value = file.read();
            file.seek(bit / 8);
            file.write(value ^ 1 << bit % 8);
        }
    }

    private static String signed(String json) {
        return json.substring(0, json.length() - 1) + ",\"sha256\":\"" + CatalogLine.sha256(json) + "\"}";
    }

    private static int[] ends(byte[] bytes) {
        int[] ends = new int[3];
        int line = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                ends[line++] = i + 1;
            }
        }
        return ends;
    }
}
