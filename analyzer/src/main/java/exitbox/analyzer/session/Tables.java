package exitbox.analyzer.session;

import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.filter.Scope;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.recording.Evidence;
import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.contract.View;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Makes the tables and views people ask for, only those a query needs: each costs time at a start.
///
/// A table is a view: the contract's table in the schema `unsealed`, which has the rows of open spools,
/// UNION ALL BY NAME the segments. So columns that older segments lack are NULL, and the filters' condition
/// stands above both, from where DuckDB pushes it into the scan.
public final class Tables {
    private static final int FEW_FILES = 64;

    private final Session session;
    private final Evidence evidence;
    private final Set<Table> held = EnumSet.noneOf(Table.class);
    private final Set<String> made = new HashSet<>();
    private boolean united;

    public Tables(Session session, Evidence evidence) {
        this.session = session;
        this.evidence = evidence;
    }

    /// The tables that a query with these names needs, those behind views included.
    public static Set<Table> needed(Set<String> names) {
        Set<Table> tables = EnumSet.noneOf(Table.class);
        for (Table table : Table.values()) {
            if (names.contains(table.sqlName())) {
                tables.add(table);
            }
        }
        for (View view : Contract.get().views()) {
            if (names.contains(view.name())) {
                for (Table table : Table.values()) {
                    if (mentions(view, table.sqlName())) {
                        tables.add(table);
                    }
                }
                tables.addAll(needed(viewsBehind(view)));
            }
        }
        return tables;
    }

    /// Makes the empty `unsealed` tables, for a [BatchLoader] to fill.
    public void hold(Set<Table> tables) {
        StringBuilder sql = new StringBuilder(held.isEmpty() ? "CREATE SCHEMA IF NOT EXISTS unsealed; " : "");
        for (Table table : tables) {
            if (held.add(table)) {
                sql.append(Contract.get().table(table).ddl().replace("CREATE TABLE " + table.sqlName(),
                        "CREATE TABLE unsealed." + table.sqlName()));
                sql.append('\n');
            }
        }
        if (!sql.isEmpty()) {
            session.execute(sql.toString());
        }
    }

    /// Makes tables as people see them, narrowed by the filters. [#hold] has been called for them.
    public void make(Set<Table> tables, Filters filters, Scope scope) {
        for (Table table : tables) {
            makeOne(table, filters, scope);
        }
    }

    private void makeOne(Table table, Filters filters, Scope scope) {
        Window window = scope.window();
        TableContract contract = Contract.get().table(table);
        String condition = filters.condition(contract, scope);
        String narrowed = condition.isEmpty() ? "" : " WHERE " + condition;
        String head = "CREATE OR REPLACE VIEW " + table.sqlName() + " AS ";
        List<Path> files = evidence.files(table, micros(window.since()), micros(window.until()));
        try {
            session.execute(head + source(contract, files) + narrowed);
        } catch (QueryFailure e) {
            // One bad file fails them all: find out which, and make the table of the others.
            if (!leaveOutBad(contract, files)) {
                throw e;
            }
            session.execute(head + source(contract, evidence.files(table, micros(window.since()), micros(window.until()))) + narrowed);
        }
    }

    /// Makes the views of these names and those behind them. Their tables have been made.
    public void makeViews(Set<String> names) {
        Set<String> wanted = new HashSet<>(names);
        List<View> views = Contract.get().views();
        for (View view : views.reversed()) {
            if (wanted.contains(view.name())) {
                wanted.addAll(viewsBehind(view));
            }
        }
        StringBuilder sql = new StringBuilder();
        for (View view : views) {
            if (wanted.contains(view.name()) && made.add(view.name())) {
                sql.append(view.sql()).append('\n');
            }
        }
        if (!sql.isEmpty()) {
            session.execute(sql.toString());
        }
    }

    /// All rows of a table, unfiltered, as a parenthesized query. [#hold] has been called for it.
    public String whole(Table table) {
        return "(" + source(Contract.get().table(table), evidence.files(table, null, null)) + ")";
    }

    private String source(TableContract table, List<Path> files) {
        List<String> columns = new ArrayList<>();
        for (Column column : table.columns()) {
            columns.add(column.name());
        }
        String unsealed = "unsealed." + table.table().sqlName();
        if (files.isEmpty()) {
            return "SELECT * FROM " + unsealed;
        }
        List<String> names = new ArrayList<>();
        for (Path file : files) {
            names.add(Session.quote(Session.literal(file)));
        }
        return "SELECT " + String.join(", ", columns) + " FROM (SELECT * FROM " + unsealed
                + " UNION ALL BY NAME SELECT * FROM read_parquet(["
                + String.join(", ", names) + "], union_by_name=" + needsUnion(table, files) + ", hive_partitioning=false))";
    }

    // Uniting columns by name reads every file's footer each time a query is bound: seconds for thousands of files. Without
    // it the first file's columns are everybody's, which is right as long as that one has them all; a later one that lacks
    // some is an error then, never silent (see uniteColumns).
    private boolean needsUnion(TableContract table, List<Path> files) {
        if (files.size() <= FEW_FILES || united) {
            return true;
        }
        Set<String> first = new HashSet<>();
        for (String[] column : session
                .describe("FROM read_parquet(" + Session.quote(Session.literal(files.getFirst())) + ", hive_partitioning=false)")) {
            first.add(column[0]);
        }
        return !table.columns().stream().allMatch(column -> first.contains(column.name()));
    }

    /// From now on columns are united by name however many files there are. False when they were already.
    boolean uniteColumns() {
        boolean before = united;
        united = true;
        return !before;
    }

    private boolean leaveOutBad(TableContract table, List<Path> files) {
        boolean found = false;
        for (Path file : files) {
            try {
                session.describe(source(table, List.of(file)));
            } catch (QueryFailure e) {
                evidence.leaveOut(file, "is no segment: " + reason(e.getMessage(), file));
                found = true;
            }
        }
        return found;
    }

    private static String reason(String message, Path file) {
        String first = message.lines().findFirst().orElse("");
        return first.replaceFirst("^[A-Za-z ]*Error: ", "").replace("'" + file + "'", "").replaceFirst(" in file *$| of file *$", "")
                .strip();
    }

    private static Set<String> viewsBehind(View view) {
        Set<String> names = new HashSet<>();
        for (View other : Contract.get().views()) {
            if (!other.name().equals(view.name()) && mentions(view, other.name())) {
                names.add(other.name());
            }
        }
        return names;
    }

    // Behind FROM and JOIN, or as a function: a column may have the name of a table.
    private static boolean mentions(View view, String name) {
        String code = view.sql().replaceAll("(?m)^\\s*--.*$", "").toLowerCase(Locale.ROOT);
        return Pattern.compile("\\b(from|join) " + name + "\\b|\\b" + name + "\\(").matcher(code).find();
    }

    private static Long micros(java.time.Instant instant) {
        return instant == null ? null : Window.micros(instant);
    }
}
