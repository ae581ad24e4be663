package exitbox.analyzer.session;

import exitbox.analyzer.Failure;
import exitbox.analyzer.text.Nearest;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.contract.View;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The condition of `--where`. It passes the same [Gate] as people's queries; what is wrong with it is said in one line,
/// with the place in the condition, not in the query it becomes a part of.
final class Where {
    /// A condition that lets everything pass.
    static final Where NONE = new Where(null, Set.of());

    private static final String BARE = "SELECT 1 FROM _rows WHERE\n";
    private static final String CLOSED = "SELECT 1 FROM _rows WHERE (\n";
    private static final Pattern POSITION = Pattern.compile("\"position\":\"(\\d+)\"");
    private static final Pattern MESSAGE = Pattern.compile("\"error_message\":\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern MARKED = Pattern.compile("\nLINE \\d+: ([^\n]*)\n( *)(\\^+)");
    private static final int SHOWN = 60;
    private static final int TABLES_NAMED = 3;
    private static final int NAMES_NEAR = 3;
    private static final String WANTED = " — a condition is wanted, such as \"ppid = 1 AND uid > 0\"";

    private final String text;
    private final Set<String> columns;

    private Where(String text, Set<String> columns) {
        this.text = text;
        this.columns = columns;
    }

    /// The condition of this text, which may be null; a usage [Failure] says why it is none.
    static Where of(Session session, String text) {
        if (text == null) {
            return NONE;
        }
        if (text.isBlank()) {
            throw Failure.usage("--where: is empty" + WANTED);
        }
        // Bare first: in parentheses "a) OR (b" would look like one condition.
        check(session, text, BARE, "");
        Gate.Query query = check(session, text, CLOSED, "\n)");
        Where where = new Where(text, query.columns().keySet());
        if (!query.tables().equals(Set.of("_rows"))) {
            throw where.failure("reads other tables — a condition on a row's own columns is wanted; exitbox sql can do more");
        }
        where.checkColumns(query.columns());
        return where;
    }

    /// The columns it names, lower case.
    Set<String> columns() {
        return columns;
    }

    boolean fits(TableContract table) {
        return columns.stream().allMatch(column -> table.indexOf(column) >= 0);
    }

    /// Looks at types and functions, which only a table can tell.
    ///
    /// @param held tables that the session has in its schema `unsealed`
    /// @param asked those whose rows the answer is made of
    void bind(Session session, Set<Table> held, Set<Table> asked) {
        if (text == null) {
            return;
        }
        Contract contract = Contract.get();
        if (!asked.isEmpty() && asked.stream().noneMatch(table -> fits(contract.table(table)))) {
            String missing = columns.stream().filter(name -> asked.stream().noneMatch(table -> has(table, name))).findFirst().orElse(null);
            throw failure("names columns that " + (asked.size() == 1 ? asked.iterator().next().sqlName() + " does not have"
                    : "none of the tables asked has together") + (missing == null ? whichHas(asked) : whoHas(missing, asked)));
        }
        for (Table table : held) {
            if (fits(contract.table(table))) {
                // On one row without any value: some mistakes show only when a row is there.
                String row = " FROM (SELECT 1) LEFT JOIN (FROM unsealed." + table.sqlName() + ") AS _rows ON true";
                try {
                    session.execute("SELECT 1" + row + " WHERE (\n" + text + "\n) LIMIT 1");
                    String type = session.describe("SELECT (\n" + text + "\n)" + row).getFirst()[1];
                    if (!type.equals("BOOLEAN") && !type.equals("\"NULL\"")) {
                        throw failure("is a value (" + type + "), true of nothing" + WANTED);
                    }
                    return;
                } catch (QueryFailure e) {
                    throw failed(e);
                }
            }
        }
    }

    /// What DuckDB has against the condition, when it meets it in a query of this program.
    Failure failed(QueryFailure e) {
        Matcher marked = MARKED.matcher(e.getMessage());
        String at = "";
        if (marked.find()) {
            int start = marked.group(2).length() - (marked.start(1) - marked.start() - 1);
            int end = start + marked.group(3).length();
            String line = marked.group(1);
            int found = start < 0 || end > line.length() ? -1 : text.indexOf(line.substring(start, end));
            at = found < 0 ? "" : " at character " + (text.codePointCount(0, found) + 1);
        }
        String reason =
                e.getMessage().lines().findFirst().orElse("").replaceFirst("^[A-Z][A-Za-z ]* Error: ", "").replaceFirst("[.!]$", "");
        return failure(reason + at);
    }

    boolean isNone() {
        return text == null;
    }

    private static Gate.Query check(Session session, String text, String before, String behind) {
        Where where = new Where(text, Set.of());
        String tree = session.tree(before + text + behind);
        if (!tree.startsWith("{\"error\":true")) {
            return Gate.check(before + text + behind, tree);
        }
        if (!tree.contains("\"error_type\":\"parser\"")) {
            throw where.failure("holds more than a condition" + (text.contains(";") ? where.at(text.indexOf(';'), ";") : "") + WANTED);
        }
        int unclosed = unclosed(text);
        if (unclosed >= 0) {
            throw where.failure("the (" + where.at(unclosed, "") + " is never closed");
        }
        Matcher message = MESSAGE.matcher(tree);
        Matcher position = POSITION.matcher(tree);
        String reason = message.find() ? message.group(1).replace("\\\"", "\"").replaceFirst(" at or near .*$", "") : "syntax error";
        int bytes = position.find() ? Integer.parseInt(position.group(1)) - before.length() : 0;
        int index = chars(text, bytes);
        String word = index < text.length() ? firstWord(text.substring(index)) : "";
        throw where.failure(reason + where.at(Math.min(index, text.length()), word) + WANTED);
    }

    private void checkColumns(Map<String, Integer> places) {
        for (Map.Entry<String, Integer> place : places.entrySet()) {
            String column = place.getKey();
            if (tablesWith(column).isEmpty()) {
                String at = at(chars(text, place.getValue() - CLOSED.length()), "").stripTrailing();
                if (Table.ofName(column) != null) {
                    throw failure("names a table" + at + " — name columns alone: the condition holds for every table that has them");
                }
                throw failure("no table has a column " + column + at + whoHas(column, Set.of()));
            }
        }
    }

    private static boolean has(Table table, String column) {
        return Contract.get().table(table).indexOf(column) >= 0;
    }

    private static List<Table> tablesWith(String column) {
        return Arrays.stream(Table.values()).filter(table -> has(table, column)).toList();
    }

    /// Where to look: the tables or the view that have a column of this name, or the names that are near.
    private static String whoHas(String column, Set<Table> asked) {
        List<View> views = Contract.get().views().stream().filter(view -> view.isRelation() && !view.isPrivate()).toList();
        // The view of what was asked is nearer than a table of something else.
        if (asked.contains(Table.EXITS)) {
            for (View view : views) {
                if (view.name().equals("deaths") && view.columnDocs().containsKey(column)) {
                    return viewHas(view, column);
                }
            }
        }
        List<String> tables = tablesWith(column).stream().filter(table -> !asked.contains(table)).map(Table::sqlName).toList();
        if (!tables.isEmpty()) {
            int more = tables.size() - TABLES_NAMED;
            return " — " + column + " is a column of " + String.join(", ", tables.subList(0, Math.min(TABLES_NAMED, tables.size())))
                    + (more > 0 ? " and " + more + " more" : "") + ": exitbox sql \"FROM " + tables.getFirst() + " WHERE …\"";
        }
        for (View view : views) {
            if (view.columnDocs().containsKey(column)) {
                return viewHas(view, column);
            }
        }
        Set<String> names = new LinkedHashSet<>();
        for (Table table : Table.values()) {
            Contract.get().table(table).columns().forEach(known -> names.add(known.name()));
        }
        views.forEach(view -> names.addAll(view.columnDocs().keySet()));
        List<String> near = Nearest.several(column, names, NAMES_NEAR);
        return near.isEmpty() ? " — see: exitbox schema" : " — did you mean " + String.join(", ", near) + "?";
    }

    /// Which of the tables asked has which of the columns.
    private String whichHas(Set<Table> asked) {
        return columns.stream().sorted()
                .map(column -> asked.stream().filter(table -> has(table, column)).findFirst().orElseThrow().sqlName() + " has " + column)
                .collect(Collectors.joining(", ", " — ", ": a condition holds for the tables that have all its columns"));
    }

    private static String viewHas(View view, String column) {
        return " — the view " + view.name() + " has " + column + ": exitbox sql \"FROM " + view.name() + " WHERE …\"";
    }

    private Failure failure(String what) {
        String line = text.strip().replaceAll("\\s+", " ");
        String shown = line.codePointCount(0, line.length()) > SHOWN ? line.substring(0, line.offsetByCodePoints(0, SHOWN)) + "…" : line;
        return Failure.usage("--where " + shown + ": " + what);
    }

    private String at(int index, String word) {
        return index >= text.length() ? " at the end" : " at character " + (text.codePointCount(0, index) + 1)
                + (word.isEmpty() ? "" : ", near \"" + word + "\"");
    }

    // DuckDB counts bytes.
    private static int chars(String text, int bytes) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return bytes <= 0 ? 0 : new String(utf8, 0, Math.min(bytes, utf8.length), StandardCharsets.UTF_8).length();
    }

    private static String firstWord(String rest) {
        Matcher word = Pattern.compile("\\w+|\\S").matcher(rest);
        return word.lookingAt() ? word.group() : "";
    }

    /// The index of a parenthesis that nothing closes; -1 when there is none. Quotes are respected.
    private static int unclosed(String text) {
        java.util.ArrayDeque<Integer> open = new java.util.ArrayDeque<>();
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (c == '(') {
                open.push(i);
            } else if (c == ')') {
                open.poll();
            }
        }
        return quote != 0 || open.isEmpty() ? -1 : open.peek();
    }
}
