package exitbox.analyzer.session;

import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.rows.Batch;
import exitbox.schemas.rows.Vector;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.duckdb.DuckDBAppender;

/// Puts decoded rows into the session's `unsealed` tables, by DuckDB's appender. Arrow was measured for
/// this too: as fast in bulk, but its first batch takes 450 ms instead of 25.
public final class BatchLoader implements AutoCloseable {
    private final Session session;
    private final Set<Table> wanted;
    private final Map<Table, DuckDBAppender> appenders = new EnumMap<>(Table.class);

    /// @param wanted the tables whose rows are kept; the session has them in its schema `unsealed`
    public BatchLoader(Session session, Set<Table> wanted) {
        this.session = session;
        this.wanted = wanted;
    }

    public void load(Batch batch) throws IOException {
        load(batch.table(), batch.columns(), 0, batch.rows());
    }

    /// Those from one row to another, exclusive.
    void load(TableContract contract, Vector[] vectors, int from, int until) throws IOException {
        Table table = contract.table();
        if (!wanted.contains(table)) {
            return;
        }
        try {
            DuckDBAppender appender = appenders.get(table);
            if (appender == null) {
                appender = session.appender("unsealed", table.sqlName());
                appenders.put(table, appender);
            }
            List<Column> columns = contract.columns();
            for (int row = from; row < until; row++) {
                appender.beginRow();
                for (int c = 0; c < columns.size(); c++) {
                    append(appender, columns.get(c), vectors[c], row);
                }
                appender.endRow();
            }
        } catch (SQLException e) {
            throw new IOException("DuckDB does not take rows of " + table.sqlName() + ": " + e.getMessage(), e);
        }
    }

    private static void append(DuckDBAppender appender, Column column, Vector vector, int row) throws SQLException {
        if (vector.isNull(row)) {
            appender.appendNull();
            return;
        }
        switch (vector) {
            case Vector.Longs longs -> number(appender, column, longs.values()[row]);
            case Vector.Bytes bytes -> {
                switch (column.type()) {
                    case BINARY -> appender.append(bytes.values()[row]);
                    default -> appender.append(text(bytes.values()[row]));
                }
            }
            case Vector.Lists lists -> {
                List<Object> elements = new ArrayList<>();
                for (int e = lists.offsets()[row]; e < lists.offsets()[row + 1]; e++) {
                    elements.add(element(column, lists.elements(), e));
                }
                appender.append(elements);
            }
            case Vector.Nulls _ -> appender.appendNull();
        }
    }

    private static void number(DuckDBAppender appender, Column column, long value) throws SQLException {
        switch (column.type()) {
            case INT32 -> appender.append((int) value);
            case INT64 -> appender.append(value);
            case BOOLEAN -> appender.append(value != 0);
            case DOUBLE -> appender.append(Double.longBitsToDouble(value));
            case TIMESTAMP -> appender.appendEpochMicros(value);
            case STRING, BINARY -> throw new IllegalArgumentException(column.name() + " holds no numbers");
        }
    }

    private static Object element(Column column, Vector elements, int index) {
        if (elements.isNull(index)) {
            return null;
        }
        return switch (elements) {
            case Vector.Longs longs -> switch (column.type()) {
                case INT32 -> (Object) (int) longs.values()[index];
                case BOOLEAN -> longs.values()[index] != 0;
                case DOUBLE -> Double.longBitsToDouble(longs.values()[index]);
                default -> longs.values()[index];
            };
            case Vector.Bytes bytes -> switch (column.type()) {
                case BINARY -> bytes.values()[index];
                default -> text(bytes.values()[index]);
            };
            case Vector.Lists _,Vector.Nulls _ -> null;
        };
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /// Makes all rows visible.
    @Override
    public void close() {
        try {
            for (DuckDBAppender appender : appenders.values()) {
                appender.close();
            }
        } catch (SQLException e) {
            throw new QueryFailure(e);
        }
    }
}
