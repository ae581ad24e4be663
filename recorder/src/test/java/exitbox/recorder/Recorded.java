package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.View;
import exitbox.schemas.segment.SegmentCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The sealed part of a recording in DuckDB: its tables as the catalog names their files, and the contract's views.
public final class Recorded implements AutoCloseable {
    private final Connection connection;
    private final Set<View> made = new HashSet<>();

    private Recorded(Connection connection) {
        this.connection = connection;
    }

    /// Opens a recording after checking its chain and every file.
    public static Recorded open(Path dir) throws IOException, SQLException {
        return open(dir, LiveRecorder.host());
    }

    /// What one host recorded.
    public static Recorded open(Path dir, String host) throws IOException, SQLException {
        Catalog catalog = Catalog.read(new Recording(dir).catalog(host));
        assertEquals(List.of(), catalog.problems());
        Recorded recorded = new Recorded(DriverManager.getConnection("jdbc:duckdb:"));
        for (Table table : Table.values()) {
            List<String> paths = new ArrayList<>();
            for (SealedSpool line : catalog.standing()) {
                for (SegmentFile file : line.files()) {
                    if (file.table() == table) {
                        Path path = dir.resolve(file.path());
                        assertEquals(file.rows(), SegmentCheck.rows(path));
                        paths.add("'" + path + "'");
                    }
                }
            }
            recorded.run(Contract.get().table(table).ddl());
            if (!paths.isEmpty()) {
                recorded.run("INSERT INTO " + table.sqlName() + " BY NAME SELECT * FROM read_parquet(" + paths
                        + ", hive_partitioning = false)");
            }
        }
        return recorded;
    }

    public void execute(String sql) throws SQLException {
        makeViews(sql);
        run(sql);
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /// All rows of a query's answer.
    public List<List<Object>> rows(String sql) throws SQLException {
        makeViews(sql);
        try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
            List<List<Object>> rows = new ArrayList<>();
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<Object> row = new ArrayList<>();
                for (int column = 1; column <= columns; column++) {
                    row.add(result.getObject(column));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    /// Those that a query names, and those that these stand on: all of them together take longer than most queries.
    private void makeViews(String sql) throws SQLException {
        Set<String> named = new HashSet<>(List.of(sql.split("\\W+")));
        Deque<View> missing = new ArrayDeque<>();
        for (View view : Contract.get().views().reversed()) {
            if (named.contains(view.name())) {
                named.addAll(view.mentions());
                if (made.add(view)) {
                    missing.push(view);
                }
            }
        }
        for (View view : missing) {
            run(view.sql());
        }
    }

    /// The one number that a query answers.
    public long number(String sql) throws SQLException {
        return ((Number) rows(sql).getFirst().getFirst()).longValue();
    }

    /// Fails unless the seq numbers of all tables together are 1, 2, … without hole or repetition.
    public void assertSeqWhole() throws SQLException {
        List<String> tables = new ArrayList<>();
        for (Table table : Table.values()) {
            tables.add("SELECT seq, '" + table.sqlName() + "' AS name FROM " + table.sqlName());
        }
        String all = String.join(" UNION ALL ", tables);
        assertEquals(List.of(), rows("SELECT seq, list(name) FROM (" + all + ") GROUP BY seq HAVING count(*) > 1 ORDER BY seq LIMIT 10"),
                "seq numbers given twice");
        assertEquals(List.of(), rows("SELECT seq + 1, next - 1 FROM (SELECT seq, lead(seq) OVER (ORDER BY seq) AS next FROM (" + all
                + ")) WHERE next <> seq + 1 LIMIT 10"), "seq numbers that are missing");
        assertEquals(1, number("SELECT min(seq) FROM (" + all + ")"));
    }

    /// Fails unless all that the kernel saw was written, filtered or counted as lost.
    public void assertBalanced() throws SQLException {
        assertEquals(List.of(), rows("SELECT * FROM balance WHERE missing <> 0"));
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
