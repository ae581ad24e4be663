package exitbox.analyzer.session;

import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.contract.View;
import exitbox.schemas.rows.Vector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.Set;

/// Some rows at a time under the contract's names, in a DuckDB of their own: put, asked about, and cleared for the next ones.
/// Columns that a view looks up elsewhere are NULL.
public final class Handful implements AutoCloseable {
    private final Session session;
    private final Set<Table> tables;
    private BatchLoader loader;

    private Handful(Session session, Set<Table> tables) {
        this.session = session;
        this.tables = tables;
    }

    /// @param names the tables and views that will be asked
    /// @param folder what the session may read besides
    public static Handful of(Set<String> names, Path folder, ZoneId zone) {
        Session session = Session.open(new DuckDb(), folder, null, zone);
        Needs needs = Needs.of(names, Set.of());
        Set<Table> tables = EnumSet.noneOf(Table.class);
        tables.addAll(needs.tables());
        tables.addAll(needs.whole());
        tables.addAll(needs.unread());
        StringBuilder sql = new StringBuilder("CREATE SCHEMA unsealed;\n");
        for (Table table : tables) {
            sql.append(Tables.unsealed(table)).append('\n');
            for (String name : new String[]{table.sqlName(), Tables.WHOLE + table.sqlName()}) {
                sql.append("CREATE VIEW ").append(name).append(" AS FROM unsealed.").append(table.sqlName()).append(";\n");
            }
        }
        for (View view : needs.views()) {
            sql.append(Tables.create(view, needs.empty().contains(view)));
        }
        session.execute(sql.toString());
        return new Handful(session, tables);
    }

    /// Adds a row of a table, which [#take] makes visible.
    public void put(TableContract table, Vector[] columns, int row) {
        loader = loader == null ? new BatchLoader(session, tables) : loader;
        try {
            loader.load(table, columns, row, row + 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void take() {
        if (loader != null) {
            loader.close();
            loader = null;
        }
    }

    public Rows query(String sql) {
        return session.query(sql, true);
    }

    public void clear() {
        StringBuilder sql = new StringBuilder();
        tables.forEach(table -> sql.append("DELETE FROM unsealed.").append(table.sqlName()).append(';'));
        session.execute(sql.toString());
    }

    @Override
    public void close() {
        session.close();
    }
}
