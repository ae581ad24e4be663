package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.recording.Evidence;
import exitbox.analyzer.session.DuckDb;
import exitbox.analyzer.session.QueryFailure;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.CatalogWriter;
import exitbox.schemas.catalog.Deleter;
import exitbox.schemas.catalog.Deletion;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.contract.Table;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a recorder deletes while it is read is missing from the answer, and no damage.
class DeletedMeanwhileTest {
    @TempDir
    Path dir;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private Path folder;
    private Reading reading;

    /// A spool with a death for each of so many seconds, the first one with a start of a run too.
    private void open(int spools, String... tables) throws IOException {
        record("runs 03:00:00 event=start run_id=r1 filters=\n" + String.join("", IntStream.rangeClosed(1, spools)
                .mapToObj(n -> "exits 03:0" + n / 60 + ":" + n % 60 / 10 + n % 10 + " pid=" + n + " comm=c status=0 age=1s\nseal\n")
                .toList()),
                tables);
    }

    private void record(String text, String... tables) throws IOException {
        folder = dir.resolve("recording").toAbsolutePath();
        RecordingText.write(folder, text.lines().toList());
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(new byte[0]), out, err, false, false, true, 100, ZoneOffset.UTC,
                Clock.systemUTC(), Map.of(), folder);
        reading = Reading.open(console, new DuckDb(), folder, new Filters(), new Notices(new TextOut(err), new Paint(false)), null);
        reading.provide(Set.of(tables), false);
    }

    @AfterEach
    void close() {
        reading.close();
    }

    /// As the recorder does.
    private void delete(long... spools) throws IOException {
        Recording recording = new Recording(folder);
        Deleter deleter = new Deleter(recording, new CatalogWriter(recording, Access.own(), "web1", null));
        for (long spool : spools) {
            deleter.delete(Set.of(spool), "--keep-size 5M", new Deletion.Moment("", 0, 0));
        }
    }

    private long count(String from) {
        try (Rows rows = reading.session().query("SELECT count(*) FROM " + from, false)) {
            assertTrue(rows.next());
            return rows.longAt(0);
        }
    }

    private List<String> problems() {
        return reading.evidence().problems().stream().map(Evidence.Problem::what).toList();
    }

    @Test
    void tablesAndViewsAreMadeOfWhatIsLeft() throws IOException {
        open(4, "exits", "deaths");
        String whole = reading.whole(Table.EXITS);
        assertEquals(4, count("exits"));
        delete(1);
        assertEquals(3, count("exits"));
        delete(2);
        assertEquals(2, count("deaths"));
        delete(3);
        assertEquals(1, count(whole + " AS e WHERE pid > 0"));
        delete(4);
        assertEquals(0, count("exits"));
        assertEquals(1, count(reading.whole(Table.RUNS)));
        assertEquals(List.of(), problems());
        assertEquals(4, reading.evidence().deletions().size());
    }

    @Test
    void tablesWereMadeBeforeSomebodyElseFoundThatAFileIsGone() throws IOException {
        open(4, "exits");
        delete(1);
        assertEquals(3, reading.evidence().files(Table.EXITS, null, null).size());
        assertEquals(3, count("exits"));
    }

    @Test
    void theFirstRowsToo() throws IOException {
        open(4, "exits", "deaths");
        delete(1);
        reading.keepFirst(Table.EXITS, " ORDER BY ts", 2);
        delete(2);
        assertEquals(2, count("deaths"));
        assertEquals(2, count("exits"));
        assertEquals(List.of(), problems());
    }

    @Test
    void whatIsCopiedIntoTablesOfItsOwn() throws IOException {
        open(4, "exits");
        String whole = reading.whole(Table.EXITS);
        delete(1, 2);
        reading.session().execute("CREATE OR REPLACE TEMP TABLE _copy AS FROM " + whole);
        assertEquals(2, count("_copy"));
        delete(3);
        assertEquals(List.of("pid"), reading.session().describe("SELECT pid FROM " + whole).stream().map(column -> column[0]).toList());
        assertEquals(List.of(), problems());
    }

    @Test
    void aFileThatNoLineSaysIsDeletedIsMissing() throws IOException {
        open(3, "exits");
        Files.delete(reading.evidence().files(Table.EXITS, null, null).getFirst());
        assertEquals(2, count("exits"));
        assertEquals(List.of("exits/host=web1/date=2026-11-20/20261120T030001Z-000001.parquet: is missing — left out"), problems());
    }

    @Test
    void rowsThatWereDeletedMeanwhileAreNotMissingFromTheBalance() throws IOException {
        record("""
                runs 03:00:00 event=start run_id=r1 filters=
                exits 03:00:01 pid=1 comm=a status=0 age=1s cpu=0
                exits 03:00:02 pid=2 comm=b status=0 age=1s cpu=0
                seal
                exits 03:00:03 pid=3 comm=c status=0 age=1s cpu=0
                runs 03:00:07 event=stop run_id=r1 reason=SIGTERM counter_tables=exits counter_cpus=0 counter_seen=3 counter_filtered=0 counter_lost=0
                seal
                """,
                "balance");
        assertEquals(1, count("balance WHERE written = 3 AND missing = 0"));
        delete(1);
        assertEquals(1, count("balance WHERE written = 1 AND deleted = 2 AND missing = 0"));
    }

    private void failOnce(int[] attempts, TextOut text) {
        text.plain("attempt ").number(++attempts[0]).line();
        if (attempts[0] == 1) {
            if (attempts.length > 1) {
                text.flush();
            }
            try {
                delete(1);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            throw new QueryFailure(new SQLException("IO Error: Cannot open file: No such file or directory"));
        }
        text.number(count("exits")).line();
    }

    @Test
    void anAnswerBeginsAnewWhenRowsOnTheirWayAreDeleted() throws IOException {
        open(3, "exits");
        TextOut text = new TextOut(out);
        int[] attempts = {0};
        assertTrue(reading.answer(text, () -> failOnce(attempts, text)));
        assertEquals("attempt 2\n2\n", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void anAnswerThatHasBegunEndsWithASentence() throws IOException {
        open(3, "exits");
        TextOut text = new TextOut(out);
        int[] attempts = {0, 0};
        Failure failure = assertThrows(Failure.class, () -> reading.answer(text, () -> failOnce(attempts, text)));
        assertEquals(Failure.NO_RECORDING, failure.status());
        assertEquals("cannot read " + folder + ": it is deleted faster than it is read — try again", failure.getMessage());
    }

    @Test
    void aFailureOfTheQueryItselfIsNotTriedAgain() throws IOException {
        open(3, "exits");
        delete(1);
        QueryFailure failure = assertThrows(QueryFailure.class, () -> count("nowhere"));
        assertTrue(failure.getMessage().startsWith("Catalog Error: "), failure.getMessage());
    }

    @Test
    void thereIsAnEndToTrying() throws IOException {
        open(110, "exits");
        Failure failure = assertThrows(Failure.class, () -> {
            for (long spool = 1; spool <= 110; spool++) {
                delete(spool);
                assertEquals(110 - spool, count("exits"));
            }
        });
        assertEquals(Failure.NO_RECORDING, failure.status());
    }
}
