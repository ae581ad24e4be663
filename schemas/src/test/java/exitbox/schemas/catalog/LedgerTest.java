package exitbox.schemas.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.contract.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a recorder keeps of its catalog says the same as all of it.
class LedgerTest {
    @TempDir
    Path dir;

    /// Spools are not always sealed in the order of their numbers: one that could not be sealed is tried again.
    @Test
    void knowsWhichSpoolsAreSealedAndWhichCameBefore() throws IOException {
        Path path = dir.resolve("host=web1.jsonl");
        Ledger grown = Ledger.read(path);
        assertNull(grown.last());
        assertNull(grown.before(5));
        long[] order = {1, 2, 5, 9, 4, 7, 3, 8, 20};
        for (long number : order) {
            grown.append(CatalogLine.text(spool(number), grown.lastHash(), null));
        }
        for (Ledger ledger : List.of(grown, Ledger.read(path))) {
            assertEquals(order.length, ledger.lastNumber());
            assertEquals(Catalog.read(path).lastHash(), ledger.lastHash());
            assertEquals(20, ledger.last().number());
            assertEquals(201, ledger.nextSeq());
            assertEquals(List.of(1L, 2L, 3L, 4L, 5L, 7L, 8L, 9L, 20L),
                    LongStream.rangeClosed(0, 30).filter(ledger::isSealed).boxed().toList());
            assertNull(ledger.before(1));
            assertEquals(5, ledger.before(6).number());
            assertEquals(51, ledger.before(6).nextSeq());
            assertEquals(8, ledger.before(9).number());
            assertEquals(9, ledger.before(20).number());
            assertEquals(20, ledger.before(21).number());
            assertNull(ledger.find(6));
            assertEquals("run 7", ledger.find(7).runId());
        }
    }

    @Test
    void seesThatSomebodyElseHasWritten() throws IOException {
        Path path = dir.resolve("host=web1.jsonl");
        Ledger ledger = Ledger.read(path);
        assertTrue(ledger.holds());
        ledger.append(CatalogLine.text(spool(1), ledger.lastHash(), null));
        assertTrue(ledger.holds());
        Ledger other = Ledger.read(path);
        other.append(CatalogLine.text(spool(2), other.lastHash(), null));
        assertFalse(ledger.holds());
        Files.delete(path);
        assertFalse(other.holds());
    }

    @Test
    void whatStandsIsReadFromWhereItIsWanted() throws IOException {
        Path path = dir.resolve("host=web1.jsonl");
        Ledger ledger = Ledger.read(path);
        for (long number = 1; number <= 4; number++) {
            ledger.append(CatalogLine.text(spool(number), ledger.lastHash(), null));
        }
        ledger.append(
                CatalogLine.text(Deletion.of("web1", "--keep 1d", new Deletion.Moment("b", 1, 1), spool(3).files()), ledger.lastHash(),
                        null));
        assertEquals(List.of(1L, 2L, 4L), standing(path, 0, 9));
        assertEquals(List.of(2L, 4L), standing(path, 2, 9));
        assertEquals(List.of(4L), standing(path, 3, 9));
        assertEquals(List.of(1L, 2L), standing(path, 0, 2));
        assertEquals(Catalog.read(path).standing().stream().map(SealedSpool::number).toList(), standing(path, 0, 9));
    }

    private static List<Long> standing(Path path, int from, long most) throws IOException {
        List<Long> numbers = new ArrayList<>();
        Standing.read(path, from, (_, spool) -> {
            numbers.add(spool.number());
            return numbers.size() < most;
        });
        return numbers;
    }

    private static SealedSpool spool(long number) {
        String path = Recording.segment(Table.EXITS, "web1", 1_795_176_000_000_000L, number);
        return new SealedSpool(number, "web1", "boot", "run " + number, number * 10 + 1, 9, 0, 0, false,
                List.of(new SegmentFile(Table.EXITS, path, 5, 4, 1, 5, 0, 9, 1, 2, "aa")));
    }
}
