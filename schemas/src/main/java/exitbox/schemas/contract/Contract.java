package exitbox.schemas.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The contract of a recording: the SQL files under `tables/` and `views/`, parsed.
/// A table's file is DDL that DuckDB runs as it stands; the comment above a column is its
/// documentation, and a column without one is an error here, so no build passes with it.
public final class Contract {
    /// Columns are only added, so readers need only know whether a file is newer than they are.
    public static final int SCHEMA_VERSION = 1;

    private static final String ROOT = "/exitbox/schemas/";
    // In the order in which they can be created: a view stands after those it uses.
    private static final List<String> VIEWS = List.of("_signal_name", "_reason", "_container", "_runtime", "_unit", "_boot", "_programs",
            "_spans",
            "_forked", "_inherited", "_ran", "_dead", "_programless", "_parents", "_killers", "_own_programs", "_own_texts",
            "_parent_programs", "_killer_programs", "_recorded", "_preexisting", "_seen", "ancestry", "deaths", "failures", "crashes",
            "kills", "oom_kills",
            "escalations", "lifetimes", "storms", "failures_by_command",
            "crash_loops", "deaths_per_minute", "deaths_by_user", "deaths_by_parent", "deaths_by_cgroup", "deaths_by_signal",
            "shortest_lives", "longest_lives", "hungriest_cpu", "hungriest_memory", "hungriest_io", "early_leaders", "coverage", "losses",
            "_deleted", "balance", "_by_whom", "timeline");

    private static final Pattern COLUMN = Pattern.compile("([a-z_0-9]+) ([A-Z]+)(\\[\\])?( NOT NULL)?,?");
    private static final Pattern CREATE_TABLE = Pattern.compile("CREATE TABLE ([a-z_]+) \\(");
    private static final Pattern COLUMN_DOC = Pattern.compile("@column ([a-z_0-9]+) (.+)");
    private static final Pattern SHOWN = Pattern.compile("@shown ([a-z_0-9 ]+)");
    private static final Pattern ASKED = Pattern.compile("@asked ([a-z_0-9 ]+)");
    private static final Pattern TOP = Pattern.compile("@top ([0-9]+)");

    private static final Contract INSTANCE = new Contract();

    private final Map<Table, TableContract> tables = new EnumMap<>(Table.class);
    private volatile List<View> views;

    private Contract() {
    }

    public static Contract get() {
        return INSTANCE;
    }

    public synchronized TableContract table(Table table) {
        return tables.computeIfAbsent(table, t -> parseTable(t, resource("tables/" + t.sqlName() + ".sql")));
    }

    /// All views, private ones included, in the order in which they can be created.
    public List<View> views() {
        if (views == null) {
            List<View> parsed = new ArrayList<>();
            for (Table table : Table.values()) {
                parsed.add(parseView("_whole_" + table.sqlName(), whole(table.sqlName())));
            }
            for (String name : VIEWS) {
                parsed.add(parseView(name, resource("views/" + name + ".sql")));
            }
            views = List.copyOf(parsed);
        }
        return views;
    }

    // What views read that prove an absence, or look up what happened outside the window.
    private static String whole(String table) {
        return "-- Every row of " + table + " in the recording, whatever the filters leave of it.\n"
                + "CREATE VIEW _whole_" + table + " AS\nSELECT * FROM " + table + ";\n";
    }

    static TableContract parseTable(Table table, String sql) {
        List<String> comment = new ArrayList<>();
        List<Column> columns = new ArrayList<>();
        String doc = null;
        for (String raw : sql.split("\n")) {
            String line = raw.strip();
            Matcher create = CREATE_TABLE.matcher(line);
            Matcher column = COLUMN.matcher(line);
            if (line.startsWith("--")) {
                comment.add(line.substring(2).strip());
            } else if (create.matches()) {
                if (!create.group(1).equals(table.sqlName())) {
                    throw new IllegalArgumentException("tables/" + table.sqlName() + ".sql creates " + create.group(1));
                }
                doc = sentence(comment, table.sqlName());
            } else if (column.matches()) {
                columns.add(new Column(column.group(1), Type.ofSql(column.group(2)), column.group(3) != null, column.group(4) != null,
                        sentence(comment, table.sqlName() + "." + column.group(1))));
            } else if (!line.isEmpty() && !line.equals(");")) {
                throw new IllegalArgumentException("tables/" + table.sqlName() + ".sql: cannot read \"" + line + "\"");
            }
        }
        if (doc == null || columns.isEmpty()) {
            throw new IllegalArgumentException("tables/" + table.sqlName() + ".sql creates no table");
        }
        return new TableContract(table, doc, List.copyOf(columns), sql);
    }

    static View parseView(String name, String sql) {
        List<String> comment = new ArrayList<>();
        Map<String, String> columnDocs = new LinkedHashMap<>();
        List<String> shown = List.of();
        List<String> asked = List.of();
        int top = 0;
        String last = null;
        for (String line : sql.split("\n")) {
            if (!line.startsWith("--")) {
                break;
            }
            String text = line.substring(2).strip();
            Matcher column = COLUMN_DOC.matcher(text);
            Matcher columns = SHOWN.matcher(text);
            Matcher asking = ASKED.matcher(text);
            Matcher rows = TOP.matcher(text);
            if (columns.matches()) {
                shown = List.of(columns.group(1).split(" "));
            } else if (asking.matches()) {
                asked = List.of(asking.group(1).split(" "));
            } else if (rows.matches()) {
                top = Integer.parseInt(rows.group(1));
            } else if (column.matches()) {
                last = column.group(1);
                columnDocs.put(last, column.group(2));
            } else if (last == null) {
                comment.add(text);
            } else {
                columnDocs.merge(last, text, (a, b) -> a + " " + b);
            }
        }
        return new View(name, sentence(comment, "view " + name), Collections.unmodifiableMap(columnDocs), shown, asked, top, sql);
    }

    private static String sentence(List<String> comment, String what) {
        String text = String.join(" ", comment).strip();
        comment.clear();
        if (text.isEmpty()) {
            throw new IllegalArgumentException(what + " is not documented: write a sentence above it, with its unit");
        }
        return text;
    }

    private static String resource(String name) {
        try (InputStream in = Contract.class.getResourceAsStream(ROOT + name)) {
            if (in == null) {
                throw new IllegalStateException("the program is incomplete: no " + ROOT + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
