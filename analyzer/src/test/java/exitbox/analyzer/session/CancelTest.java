package exitbox.analyzer.session;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.analyzer.Cancelled;
import java.nio.file.Path;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CancelTest {
    @TempDir
    Path folder;

    @Test
    void rowsThatStreamEnd() {
        DuckDb duckDb = new DuckDb();
        try (Session session = Session.open(duckDb, folder, null, ZoneOffset.UTC)) {
            try (Rows rows = session.query("SELECT i FROM range(10000000) t(i)", false)) {
                assertTrue(rows.next());
                duckDb.cancel();
                assertThrows(Cancelled.class, () -> {
                    while (rows.next()) {
                        // Those of the chunk that is there already.
                    }
                });
            }
            assertThrows(Cancelled.class, () -> session.query("SELECT 1", false));
        }
    }

    /// However early it is asked to stop, and however long it would take: again and again, as at Ctrl-C.
    @Test
    void aQueryThatWorksEnds() throws Exception {
        DuckDb duckDb = new DuckDb();
        try (Session session = Session.open(duckDb, folder, null, ZoneOffset.UTC)) {
            Thread asking = Thread.ofPlatform().start(() -> {
                while (!Thread.interrupted()) {
                    duckDb.cancel();
                }
            });
            assertThrows(RuntimeException.class,
                    () -> session.query("SELECT count(*) FROM range(10000000) a(i), range(10000000) b(i) WHERE a.i * b.i = 7", false));
            asking.interrupt();
            asking.join();
            assertTrue(duckDb.isCancelled());
        }
    }
}
