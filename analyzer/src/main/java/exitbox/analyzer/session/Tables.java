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
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Makes the tables and views people ask for, only those a query needs: each costs time at a start.
///
/// A table is a view: the contract's table in the schema `unsealed`, which has the rows of open spools,
/// UNION ALL BY NAME the segments. So columns that older segments lack are NULL, and the filters' condition
/// stands above both, from where DuckDB pushes it into the scan.
public final class Tables {
    static final String WHOLE = "_whole_";
    private static final String DELETED = "_deleted";
    private static final int FEW_FILES = 64;

    private final Session session;
    private final Evidence evidence;
    private final Set<Table> held = EnumSet.noneOf(Table.class);
    private final Map<String, Boolean> made = new HashMap<>();
    private final Map<String, List<Path>> read = new HashMap<>();
    private boolean united;

    public Tables(Session session, Evidence evidence) {
        this.session = session;
        this.evidence = evidence;
    }

    /// Makes the empty `unsealed` tables, for a [BatchLoader] to fill.
    public void hold(Set<Table> tables) {
        StringBuilder sql = new StringBuilder(held.isEmpty() ? "CREATE SCHEMA IF NOT EXISTS unsealed; " : "");
        for (Table table : tables) {
            if (held.add(table)) {
                sql.append(unsealed(table)).append('\n');
            }
        }
        if (!sql.isEmpty()) {
            session.execute(sql.toString());
        }
    }

    /// The statement that makes the empty table for rows that are not sealed.
    static String unsealed(Table table) {
        return Contract.get().table(table).ddl().replace("CREATE TABLE " + table.sqlName(), "CREATE TABLE unsealed." + table.sqlName());
    }

    /// Makes tables as people see them, narrowed by the filters, and those that views read whole. [#hold] has been called for them.
    void make(Needs needs, Filters filters, Scope scope) {
        Long since = micros(scope.window().since());
        Long until = micros(scope.window().until());
        for (Table table : needs.tables()) {
            String condition = filters.condition(Contract.get().table(table), scope);
            makeOne(table.sqlName(), table, since, until, condition.isEmpty() ? "" : " WHERE " + condition);
        }
        for (Table table : needs.whole()) {
            makeOne(WHOLE + table.sqlName(), table, null, null, "");
        }
        for (Table table : needs.unread()) {
            session.execute("CREATE OR REPLACE VIEW " + WHOLE + table.sqlName() + " AS SELECT * FROM unsealed." + table.sqlName()
                    + " WHERE false");
        }
    }

    private void makeOne(String name, Table table, Long since, Long until, String narrowed) {
        TableContract contract = Contract.get().table(table);
        String head = "CREATE OR REPLACE VIEW " + name + " AS ";
        List<Path> files = evidence.files(table, since, until);
        try {
            session.execute(head + source(contract, files) + narrowed);
        } catch (QueryFailure e) {
            // One bad file fails them all: find out which, and make the table of the others.
            if (!leaveOutBad(contract, files)) {
                throw e;
            }
            files = evidence.files(table, since, until);
            session.execute(head + source(contract, files) + narrowed);
        }
        read.put(name, files);
    }

    /// The segments that the tables made are read from.
    Set<Path> files() {
        Set<Path> files = new LinkedHashSet<>();
        read.values().forEach(files::addAll);
        return files;
    }

    /// Makes the views and those behind them. Their tables have been made.
    void makeViews(Needs needs) {
        StringBuilder sql = new StringBuilder();
        for (View view : needs.views()) {
            boolean empty = needs.empty().contains(view);
            if (!Boolean.valueOf(empty).equals(made.put(view.name(), empty))) {
                sql.append(view.name().equals(DELETED) ? deleted(view) : create(view, empty));
            }
        }
        if (!sql.isEmpty()) {
            session.execute(sql.toString());
        }
    }

    /// The statement that makes a view, or one of its name without rows.
    static String create(View view, boolean empty) {
        return (empty ? "CREATE OR REPLACE VIEW " + view.name() + " AS SELECT * FROM (" + withoutEnd(view.query()) + ") WHERE false;"
                : view.sql().replaceFirst("(?m)^CREATE ", "CREATE OR REPLACE ")) + "\n";
    }

    /// What the catalogs tell, in the place of the contract's view without rows.
    private String deleted(View view) {
        List<String> rows = new ArrayList<>();
        evidence.deletedFiles((host, file) -> rows.add("(" + Session.quote(host) + ", '" + file.table().sqlName() + "', " + file.firstSeq()
                + ", " + file.rows() + ")"));
        return rows.isEmpty() ? create(view, false)
                : "CREATE OR REPLACE VIEW " + DELETED + " AS FROM (VALUES " + String.join(", ", rows)
                        + ") t(host, table_name, seq, rows);\n";
    }

    private static String withoutEnd(String query) {
        return query.substring(0, query.lastIndexOf(';'));
    }

    /// All rows of a table, unfiltered, as a parenthesized query. [#hold] has been called for it.
    public String whole(Table table) {
        return "(" + source(Contract.get().table(table), evidence.files(table, null, null)) + ")";
    }

    /// The same without the files that have nothing of a stretch of a boot's time, nanoseconds of CLOCK_BOOTTIME. Rows that
    /// are outside of it may still be there.
    public String whole(Table table, String bootId, long sinceBootNs, long untilBootNs) {
        return "(" + source(Contract.get().table(table), evidence.files(table, bootId, sinceBootNs, untilBootNs)) + ")";
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
        return "SELECT " + String.join(", ", columns) + " FROM (SELECT * FROM " + unsealed
                + " UNION ALL BY NAME SELECT * FROM read_parquet(["
                + list(files) + "], union_by_name=" + needsUnion(table, files) + ", hive_partitioning=false))";
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

    /// The files of a table that lack a column, by column, in the window.
    Map<String, List<Path>> lacking(Table table, Window window, Set<String> columns) {
        List<Path> files = evidence.files(table, micros(window.since()), micros(window.until()));
        // Where columns are not united all files have them, or there would be no answer.
        if (files.isEmpty() || !needsUnion(Contract.get().table(table), files)) {
            return Map.of();
        }
        Map<String, Set<String>> having = new HashMap<>();
        try (Rows rows = session.query("SELECT name, file_name FROM parquet_schema([" + list(files) + "])", false)) {
            while (rows.next()) {
                having.computeIfAbsent(rows.textAt(0), _ -> new HashSet<>()).add(rows.textAt(1));
            }
        }
        Map<String, List<Path>> lacking = new LinkedHashMap<>();
        for (String column : columns) {
            List<Path> without = files.stream().filter(file -> !having.getOrDefault(column, Set.of()).contains(file.toString())).toList();
            if (!without.isEmpty()) {
                lacking.put(column, without);
            }
        }
        return lacking;
    }

    private static String list(List<Path> files) {
        return String.join(", ", files.stream().map(file -> Session.quote(Session.literal(file))).toList());
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

    private static Long micros(java.time.Instant instant) {
        return instant == null ? null : Window.micros(instant);
    }
}
