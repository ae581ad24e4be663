package exitbox.analyzer.session;

import exitbox.analyzer.Failure;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;

/// A DuckDB that starts in the background: its library takes 150 ms to load, in which the command line is
/// understood and the catalogs are read.
public final class DuckDb {
    private final FutureTask<DuckDBConnection> starting = new FutureTask<>(DuckDb::connect);
    private boolean started;

    /// Begins to start, if it has not begun yet.
    public void start() {
        if (!started) {
            started = true;
            Thread.ofPlatform().daemon().name("start-duckdb").start(starting);
        }
    }

    /// The connection, when it stands.
    DuckDBConnection connection() {
        start();
        try {
            return starting.get();
        } catch (ExecutionException e) {
            throw new Failure(Failure.SOFTWARE, "cannot start DuckDB: " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while DuckDB started", e);
        }
    }

    private static DuckDBConnection connect() throws SQLException {
        Properties properties = new Properties();
        // Rows are handed out while the query runs, instead of being collected first.
        properties.setProperty("jdbc_stream_results", "true");
        return (DuckDBConnection) new DuckDBDriver().connect("jdbc:duckdb:", properties);
    }
}
