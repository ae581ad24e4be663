package exitbox.analyzer.session;

import exitbox.analyzer.Cancelled;
import exitbox.analyzer.Failure;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;
import org.duckdb.DuckDBPreparedStatement;

/// A DuckDB that starts in the background: its library takes 150 ms to load, in which the command line is
/// understood and the catalogs are read.
public final class DuckDb {
    private final FutureTask<DuckDBConnection> starting = new FutureTask<>(DuckDb::connect);
    private boolean started;
    private volatile boolean cancelled;
    private volatile DuckDBPreparedStatement running;

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

    /// Remembers what is about to run, so that it can be watched and cancelled.
    <S extends Statement> S watched(S statement) {
        running = (DuckDBPreparedStatement) statement;
        checkCancelled();
        return statement;
    }

    /// Throws [Cancelled] when somebody has asked to stop.
    void checkCancelled() {
        if (cancelled) {
            throw new Cancelled();
        }
    }

    /// Stops what runs and all that would follow. For another thread.
    public void cancel() {
        cancelled = true;
        DuckDBPreparedStatement statement = running;
        try {
            if (statement != null) {
                statement.cancel();
            }
        } catch (SQLException _) {
            // It is over.
        }
    }

    public boolean isCancelled() {
        return cancelled;
    }

    /// How far the running query is, 0 to 100; negative when that is not known. For another thread.
    public double percent() {
        DuckDBPreparedStatement statement = running;
        try {
            return statement == null ? -1 : statement.getQueryProgress().getPercentage();
        } catch (SQLException | RuntimeException _) {
            return -1;
        }
    }

    private static DuckDBConnection connect() throws SQLException {
        Properties properties = new Properties();
        // Rows are handed out while the query runs, instead of being collected first.
        properties.setProperty("jdbc_stream_results", "true");
        return (DuckDBConnection) new DuckDBDriver().connect("jdbc:duckdb:", properties);
    }
}
