package exitbox.analyzer.filter;

import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.TableContract;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// An option that chooses processes, in the two forms in which it is asked: of a table, and of a row that comes from a recorder.
///
/// @param conditions by the column they look at; a table is asked by the first whose column it has
/// @param otherwise where it is looked up what became of a process, or what it was, for tables that have no such column
/// @param rows makes the test of rows of tables that have; null when only the recording can tell
record Criterion(String option, List<OfColumn> conditions, LookUp otherwise, Supplier<Predicate<Fields>> rows) {

    record OfColumn(String column, String sql) {}

    /// What tells of a process beside the rows themselves.
    enum LookUp {
        /// Tables without the column stay whole.
        NOTHING,
        DEATH(Table.EXITS),
        PARENT(Table.EXITS, Table.FORKS, Table.EXECS, Table.TASKS),
        /// All that it executed at any time of its life: asked even where a row tells of one exec.
        PROGRAMS(Table.EXECS, Table.TASKS);

        private final Set<Table> tables = EnumSet.noneOf(Table.class);

        LookUp(Table... tables) {
            this.tables.addAll(List.of(tables));
        }
    }

    static Criterion of(String option, String column, String sql, LookUp otherwise, Supplier<Predicate<Fields>> rows) {
        return new Criterion(option, List.of(new OfColumn(column, sql)), otherwise, rows);
    }

    /// The tables that are looked into beside the one that is asked.
    Set<Table> needs() {
        return otherwise.tables;
    }

    /// The columns that are looked at to choose rows of a table.
    List<Look> looks(TableContract table) {
        OfColumn first = conditions.getFirst();
        if (otherwise == LookUp.PROGRAMS) {
            return List.of(new Look(option, Table.EXECS, first.column), new Look(option, Table.TASKS, first.column));
        }
        OfColumn own = own(table);
        return List.of(own != null ? new Look(option, table.table(), own.column) : new Look(option, Table.EXITS, first.column));
    }

    /// The condition on a table's rows; null when they stay whole.
    String sql(TableContract table, Identities identities) {
        OfColumn own = own(table);
        String first = conditions.getFirst().sql;
        return own != null ? own.sql : switch (otherwise) {
            case NOTHING -> null;
            case DEATH -> identities.deadThat(first);
            case PARENT -> identities.childrenThat(first);
            case PROGRAMS -> identities.programsThat(first);
        };
    }

    /// Whether a row that comes from a recorder tells it.
    boolean isTold() {
        return rows != null;
    }

    /// Of a row that comes from a recorder; of a table that stays whole it is true.
    Predicate<Fields> test() {
        Predicate<Fields> test = rows.get();
        return otherwise != LookUp.NOTHING ? test : row -> !row.has(conditions.getFirst().column) || test.test(row);
    }

    private OfColumn own(TableContract table) {
        if (otherwise == LookUp.PROGRAMS) {
            return null;
        }
        return conditions.stream().filter(condition -> table.indexOf(condition.column) >= 0).findFirst().orElse(null);
    }
}
