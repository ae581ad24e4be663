package exitbox.schemas;

import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.View;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/// A DuckDB in memory, for tests; its answers are text that an assertion can show whole.
public final class DuckDb implements AutoCloseable {
    private final Connection connection;

    public DuckDb() throws SQLException {
        connection = DriverManager.getConnection("jdbc:duckdb:", new Properties());
        execute("SET TimeZone = 'UTC'");
    }

    /// One that has the contract's tables, empty, and all views.
    public static DuckDb withContract() throws SQLException {
        DuckDb duck = new DuckDb();
        for (Table table : Table.values()) {
            duck.execute(Contract.get().table(table).ddl());
        }
        for (View view : Contract.get().views()) {
            duck.execute(view.sql());
        }
        return duck;
    }

    public void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /// The answer's rows, columns separated by ` | `, NULL as `-`.
    public List<String> rows(String sql) throws SQLException {
        return cells(sql).stream().map(row -> Arrays.stream(row).map(cell -> cell == null ? "-" : cell).collect(Collectors.joining(" | ")))
                .toList();
    }

    /// The answer's rows, a text per column; NULL is null.
    public List<String[]> cells(String sql) throws SQLException {
        List<String[]> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                String[] row = new String[result.getMetaData().getColumnCount()];
                for (int c = 0; c < row.length; c++) {
                    row[c] = result.getString(c + 1);
                }
                rows.add(row);
            }
        }
        return rows;
    }

    /// The answer's only row.
    public String row(String sql) throws SQLException {
        List<String> rows = rows(sql);
        if (rows.size() != 1) {
            throw new AssertionError(rows.size() + " rows instead of one: " + sql);
        }
        return rows.getFirst();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
