package exitbox.analyzer.session;

import exitbox.analyzer.Failure;
import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.filter.Scope;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.recording.Evidence;
import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.contract.View;
import java.nio.file.Files;
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
import java.util.function.Supplier;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes the tables and views people ask for, only those a query needs: each costs time at a start.
///
/// A table is a view: the contract's table in the schema `unsealed`, which has the rows of open spools,
/// UNION ALL BY NAME the segments. So columns that older segments lack are NULL, and the filters' condition
/// stands above both, from where DuckDB pushes it into the scan.
///
/// Files go while they are read, when the recorder deletes what is not to be kept: then tables are made anew of those that
/// are left, and the statement is run again.
public final class Tables implements Session.Sources {
    static final String WHOLE = "_whole_";
    private static final String DELETED = "_deleted";
    private static final int FEW_FILES = 64;
    private static final int MOST_MENDED = 100;
    // Stands in statements for the rows of a table, and is spelled out each time they are run.
    // With a number that nobody knows before: names from a recording, and people's queries, stand in statements too.
    private static final String PART_NAME = "_part_" + ThreadLocalRandom.current().nextLong(Long.MAX_VALUE) + "_";
    private static final Pattern PART = Pattern.compile("\\(FROM " + PART_NAME + "(\\d{1,9})\\)");

    private final Session session;
    private final Evidence evidence;
    private final Set<Table> held = EnumSet.noneOf(Table.class);
    private final Map<String, Boolean> made = new HashMap<>();
    private final Map<String, Narrowed> narrowed = new LinkedHashMap<>();
    private final Map<String, Set<Path>> madeOf = new HashMap<>();
    private final List<Part> parts = new ArrayList<>();
    private View deleted;
    private boolean united;
    private boolean asItStands;
    private int mended;

    /// Some of a table's files, without those that were left out since.
    private record Part(Table table, List<Path> files) {
    }

    /// A table as people see it.
    ///
    /// @param condition what stands behind the rows, "" for nothing
    private record Narrowed(Part part, String condition) {
    }

    /// Makes tables in a session, whose statements may have them in it from now on.
    public Tables(Session session, Evidence evidence) {
        this.session = session;
        this.evidence = evidence;
        session.readFrom(this);
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

    private void makeOne(String name, Table table, Long since, Long until, String condition) {
        Narrowed view = new Narrowed(new Part(table, evidence.files(table, since, until)), condition);
        narrowed.put(name, view);
        make(name, view);
    }

    private void make(String name, Narrowed view) {
        while (true) {
            try {
                madeOf.put(name, files(view));
                asItStands(() -> {
                    session.execute("CREATE OR REPLACE VIEW " + name + " AS " + source(view.part) + view.condition);
                    return null;
                });
                return;
            } catch (QueryFailure e) {
                // One bad file fails them all: find out which, and make the table of the others.
                if (!leaveOutGone() && !leaveOutBad(view.part)) {
                    throw e;
                }
            }
        }
    }

    /// Runs a statement that is not mended: whoever runs it makes another one.
    private <T> T asItStands(Supplier<T> run) {
        boolean before = asItStands;
        asItStands = true;
        try {
            return run.get();
        } finally {
            asItStands = before;
        }
    }

    /// Makes the tables that were made once more, of the files that are left.
    void renew() {
        narrowed.forEach(this::make);
        if (deleted != null) {
            session.execute(deleted(deleted));
        }
    }

    /// Somebody else makes the table of this name from now on.
    void forget(String name) {
        narrowed.remove(name);
    }

    @Override
    public boolean mend(QueryFailure failure) {
        // Files may have been left out since a table was made of them: because somebody else found that they are gone.
        boolean may = !asItStands && failure.mayBeDamage()
                && (leaveOutGone() || narrowed.keySet().stream().anyMatch(name -> madeOf.get(name).stream().anyMatch(evidence::isLeftOut)));
        if (may) {
            renew();
        }
        return may;
    }

    /// Leaves out those files that are not there any more; false when all are.
    private boolean leaveOutGone() {
        List<Path> gone = files().stream().filter(file -> !Files.exists(file)).toList();
        if (gone.isEmpty()) {
            return false;
        }
        if (++mended > MOST_MENDED) {
            throw overtaken(null);
        }
        gone.forEach(file -> evidence.leaveOut(file, "is missing"));
        return true;
    }

    /// There is no answer of what goes before it has been read.
    Failure overtaken(Exception cause) {
        return new Failure(Failure.NO_RECORDING, "cannot read " + evidence.folder() + ": it is deleted faster than it is read — try again",
                cause);
    }

    @Override
    public String spell(String sql) {
        return PART.matcher(sql).replaceAll(match -> {
            int number = Integer.parseInt(match.group(1));
            return Matcher.quoteReplacement(number < parts.size() ? "(" + source(parts.get(number)) + ")" : match.group());
        });
    }

    /// Those that a table is made of, and that its condition looks into.
    private Set<Path> files(Narrowed view) {
        Set<Path> files = new HashSet<>(standing(view.part));
        PART.matcher(view.condition).results().map(match -> parts.get(Integer.parseInt(match.group(1))))
                .forEach(part -> files.addAll(standing(part)));
        return files;
    }

    /// The segments that statements are made of.
    Set<Path> files() {
        Set<Path> files = new LinkedHashSet<>();
        narrowed.values().forEach(view -> files.addAll(standing(view.part)));
        parts.forEach(part -> files.addAll(standing(part)));
        return files;
    }

    private List<Path> standing(Part part) {
        return part.files.stream().filter(file -> !evidence.isLeftOut(file)).toList();
    }

    /// Makes the views and those behind them. Their tables have been made.
    void makeViews(Needs needs) {
        StringBuilder sql = new StringBuilder();
        for (View view : needs.views()) {
            boolean empty = needs.empty().contains(view);
            if (view.name().equals(DELETED)) {
                deleted = view;
            }
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
        List<String> rows = evidence.deletedRows().stream().map(rowsOf -> "(" + Session.quote(rowsOf.host()) + ", '"
                + rowsOf.table().sqlName() + "', " + rowsOf.firstSeq() + ", " + rowsOf.rows() + ")").toList();
        return rows.isEmpty() ? create(view, false)
                : "CREATE OR REPLACE VIEW " + DELETED + " AS FROM (VALUES " + String.join(", ", rows)
                        + ") t(host, table_name, seq, rows);\n";
    }

    private static String withoutEnd(String query) {
        return query.substring(0, query.lastIndexOf(';'));
    }

    /// All rows of a table, unfiltered, as a parenthesized query. [#hold] has been called for it.
    public String whole(Table table) {
        return part(table, evidence.files(table, null, null));
    }

    /// The same without the files that have nothing of a stretch of a boot's time, nanoseconds of CLOCK_BOOTTIME. Rows that
    /// are outside of it may still be there.
    public String whole(Table table, String bootId, long sinceBootNs, long untilBootNs) {
        return part(table, evidence.files(table, bootId, sinceBootNs, untilBootNs));
    }

    private String part(Table table, List<Path> files) {
        parts.add(new Part(table, files));
        return "(FROM " + PART_NAME + (parts.size() - 1) + ")";
    }

    private String source(Part part) {
        return source(Contract.get().table(part.table), standing(part));
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
        String sql = "FROM read_parquet(" + Session.quote(Session.literal(files.getFirst())) + ", hive_partitioning=false)";
        for (String[] column : asItStands(() -> session.describe(sql))) {
            first.add(column[0]);
        }
        return !table.columns().stream().allMatch(column -> first.contains(column.name()));
    }

    /// The files of a table that lack a column, by column, in the window.
    Map<String, List<Path>> lacking(Table table, Window window, Set<String> columns) {
        while (true) {
            List<Path> files = evidence.files(table, micros(window.since()), micros(window.until()));
            try {
                return lacking(table, files, columns);
            } catch (QueryFailure e) {
                if (files.stream().allMatch(Files::exists)) {
                    throw e;
                }
            }
        }
    }

    private Map<String, List<Path>> lacking(Table table, List<Path> files, Set<String> columns) {
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

    private boolean leaveOutBad(Part part) {
        boolean found = false;
        for (Path file : standing(part)) {
            try {
                asItStands(() -> session.describe(source(Contract.get().table(part.table), List.of(file))));
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
