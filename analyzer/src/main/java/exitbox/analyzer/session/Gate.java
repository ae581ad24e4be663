package exitbox.analyzer.session;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import exitbox.analyzer.Failure;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.View;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The first layer around people's SQL: lets a statement pass only when its syntax tree shows that it reads.
///
/// Settings alone are not enough: inside an allowed folder `COPY … TO` overwrites files and `ATTACH` creates them
/// even with enable_external_access=false, and `WITH x AS (COPY …) SELECT 1` looks like a SELECT from outside.
/// DuckDB's own parser gives the tree (json_serialize_sql): whatever it cannot serialize is no SELECT, and every
/// statement that changes something is a node whose type ends in `_QUERY_NODE`.
public final class Gate {
    /// Table functions that only make or read rows. Not `query` and `json_execute_serialized_sql`, which run text
    /// this gate has not seen; not `enable_logging`, which writes files; not `arrow_scan`, which takes addresses.
    private static final Set<String> TABLE_FUNCTIONS = Set.of("range", "generate_series", "unnest", "repeat", "repeat_row", "json_each",
            "json_tree", "read_parquet", "parquet_scan", "parquet_metadata", "parquet_schema", "parquet_file_metadata",
            "parquet_kv_metadata", "glob", "histogram", "histogram_values", "pragma_table_info", "duckdb_tables", "duckdb_views",
            "duckdb_columns", "duckdb_functions", "duckdb_settings", "duckdb_types", "duckdb_keywords", "duckdb_memory",
            "duckdb_optimizers", "icu_calendar_names", "pg_timezone_names");

    private static final Set<String> TABLE_REFS = Set.of("BASE_TABLE", "SUBQUERY", "TABLE_FUNCTION", "EXPRESSION_LIST", "JOIN");
    private static final Set<String> TABLE_MACROS =
            Contract.get().views().stream().filter(View::isTableMacro).map(View::name).collect(Collectors.toSet());

    private static final JsonFactory JSON = new JsonFactory();

    /// What a statement asks for.
    ///
    /// @param tables names after FROM and JOIN, and of functions that begin with `_`, lower case, of this statement's own WITH clauses too
    /// @param columns the parts of each column's name, and where it stands first, in bytes
    /// @param everything whether it may ask for columns that it does not name: by a star, or by a table's name
    /// @param listsTables whether it asks which tables there are
    public record Query(Set<String> tables, Map<String, Integer> columns, boolean everything, boolean listsTables) {
        /// The columns it asks for; null when it may be any.
        public Set<String> asked() {
            return everything || listsTables ? null : columns.keySet();
        }
    }

    private Gate() {}

    /// The statement's query when it may pass; a usage [Failure] says why it may not.
    ///
    /// @param serialized what json_serialize_sql made of the text; the caller has handled syntax errors
    static Query check(String text, String serialized) {
        Set<String> tables = new HashSet<>();
        Map<String, Integer> columns = new LinkedHashMap<>();
        int place = 0;
        Set<String> aliases = new HashSet<>();
        Set<String> unqualified = new HashSet<>();
        String part = "";
        int parts = 0;
        boolean listsTables = false;
        boolean everything = false;
        int statements = 0;
        try (JsonParser parser = JSON.createParser(serialized)) {
            Deque<String> types = new ArrayDeque<>();
            Deque<String> fields = new ArrayDeque<>();
            String field = "";
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                switch (token) {
                    case FIELD_NAME -> field = parser.currentName();
                    case START_OBJECT -> {
                        types.push("");
                        fields.push(field);
                        statements += field.equals("node") && types.size() == 3 ? 1 : 0;
                    }
                    case END_OBJECT -> {
                        types.pop();
                        field = fields.pop();
                    }
                    case VALUE_STRING -> {
                        String value = parser.getText();
                        if (field.equals("type")) {
                            types.pop();
                            types.push(value);
                            refuseNode(value);
                            listsTables |= value.equals("SHOW_REF");
                            // A pivot makes columns of values.
                            everything |= value.equals("STAR") || value.equals("PIVOT");
                        } else if (field.equals("function_name") && fields.peek().equals("function") && isTableFunction(types)) {
                            String function = value.toLowerCase(Locale.ROOT);
                            if (TABLE_MACROS.contains(function)) {
                                tables.add(function);
                            } else {
                                refuseFunction(function);
                            }
                            listsTables |= value.toLowerCase(Locale.ROOT).startsWith("duckdb_");
                        } else if (field.equals("table_name") && types.peek().equals("BASE_TABLE")) {
                            tables.add(value.toLowerCase(Locale.ROOT));
                        } else if (field.equals("function_name") && value.startsWith("_")) {
                            // The contract's own macros.
                            tables.add(value.toLowerCase(Locale.ROOT));
                        } else if (field.equals("schema_name") && value.equalsIgnoreCase("information_schema")) {
                            listsTables = true;
                        } else if (field.equals("ref_type")) {
                            everything |= value.equals("NATURAL");
                        } else if (field.equals("alias") && !types.peek().isEmpty() && TABLE_REFS.contains(types.peek())) {
                            aliases.add(value.toLowerCase(Locale.ROOT));
                        } else if (field.equals("column_names") || field.equals("using_columns")) {
                            columns.putIfAbsent(value.toLowerCase(Locale.ROOT), place);
                            parts++;
                            part = value.toLowerCase(Locale.ROOT);
                        }
                    }
                    case START_ARRAY -> parts = 0;
                    case END_ARRAY -> {
                        if (field.equals("column_names") && parts == 1) {
                            unqualified.add(part);
                        }
                    }
                    case VALUE_NUMBER_INT -> place = field.equals("query_location") ? parser.getIntValue() : place;
                    default -> {
                        // Fractions, nulls and arrays say nothing here.
                    }
                }
            }
        } catch (IOException e) {
            throw new Failure(Failure.SOFTWARE, "cannot read DuckDB's syntax tree of the query: " + e.getMessage(), e);
        }
        if (statements == 0) {
            throw Failure.usage("the query is empty — try: exitbox sql \"FROM deaths LIMIT 5\"");
        }
        if (statements > 1) {
            throw Failure.usage("the query holds " + statements + " statements — give one at a time");
        }
        // The name of a table is a column too: all of them in one.
        everything |= unqualified.stream().anyMatch(column -> tables.contains(column) || aliases.contains(column));
        return new Query(tables, columns, everything, listsTables);
    }

    /// Why a text that DuckDB cannot serialize is refused.
    static Failure noQuery(String text) {
        String word = firstWord(text);
        String reason = switch (word) {
            case "COPY", "EXPORT" -> "would write files — use -o FILE, with --format";
            case "ATTACH", "DETACH", "USE", "IMPORT" -> "would open other databases — only the recording can be read here";
            case "INSTALL", "LOAD" -> "would load foreign code into the program";
            case "SET", "RESET", "PRAGMA" -> "would change how the program works — see exitbox sql --help for what can be chosen";
            case "EXPLAIN" -> "is not a query — leave the word out";
            case "CREATE", "INSERT", "UPDATE", "DELETE", "DROP", "ALTER", "TRUNCATE", "MERGE" ->
                    "would change something — a recording is only read; name intermediate results with WITH";
            default -> "is no query";
        };
        return Failure.usage("refused: " + word + " " + reason + " (allowed: SELECT, FROM, WITH, VALUES, DESCRIBE, SHOW, SUMMARIZE)");
    }

    private static void refuseNode(String type) {
        if (type.endsWith("_QUERY_NODE")) {
            throw noQuery(type.substring(0, type.indexOf('_')));
        }
    }

    private static void refuseFunction(String name) {
        if (!TABLE_FUNCTIONS.contains(name)) {
            throw Failure
                    .usage("refused: " + name + "() in FROM — only functions that read can stand there: range, unnest, read_parquet, …");
        }
    }

    private static boolean isTableFunction(Deque<String> types) {
        // The innermost object is the function, the one around it what it stands in.
        return types.size() > 1 && types.stream().skip(1).findFirst().orElse("").equals("TABLE_FUNCTION");
    }

    private static String firstWord(String text) {
        String bare = text.replaceAll("(?s)/\\*.*?\\*/", " ").replaceAll("--[^\n]*", " ").strip();
        int end = 0;
        while (end < bare.length() && Character.isLetter(bare.charAt(end))) {
            end++;
        }
        return end == 0 ? "this" : bare.substring(0, end).toUpperCase(Locale.ROOT);
    }
}
