package exitbox.schemas.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.DuckDb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The SQL files are the contract: each is parsed, documented to the last column, and runs in DuckDB as it stands.
class ContractTest {
    private static final Path SQL = Path.of("src/main/resources/exitbox/schemas");
    private static final List<String> COMMON = List.of("host", "date", "boot_id", "seq", "cpu", "ts", "mono_ns", "boot_ns");

    @Test
    void everyFileIsPartOfTheContract() throws IOException {
        assertEquals(names("tables"), Arrays.stream(Table.values()).map(Table::sqlName).collect(Collectors.toSet()));
        Set<String> views = names("views");
        Arrays.stream(Table.values()).forEach(table -> views.add("_whole_" + table.sqlName()));
        assertEquals(views, Contract.get().views().stream().map(View::name).collect(Collectors.toSet()));
    }

    @Test
    void anUndocumentedColumnFails() {
        assertProblem("exits.pid is not documented: write a sentence above it, with its unit", """
                -- A row is a death.
                CREATE TABLE exits (
                    -- The machine.
                    host VARCHAR NOT NULL,
                    pid INTEGER
                );
                """);
    }

    @Test
    void anUndocumentedTableFails() {
        assertProblem("exits is not documented: write a sentence above it, with its unit", """
                CREATE TABLE exits (
                    -- The machine.
                    host VARCHAR NOT NULL
                );
                """);
    }

    @Test
    void anUndocumentedViewFails() {
        var problem = assertThrows(IllegalArgumentException.class,
                () -> Contract.parseView("deaths", "-- @column age How old.\nCREATE VIEW deaths AS SELECT 1 AS age;"));
        assertEquals("view deaths is not documented: write a sentence above it, with its unit", problem.getMessage());
    }

    @Test
    void aTypeThatSomeReaderGetsWrongFails() {
        assertProblem("no such type in the contract: UBIGINT", """
                -- A row is a death.
                CREATE TABLE exits (
                    -- Bytes read.
                    read_bytes UBIGINT
                );
                """);
    }

    @Test
    void aFileThatIsAnotherTablesFails() {
        assertProblem("tables/exits.sql creates gaps", "-- A row is a loss.\nCREATE TABLE gaps (\n-- How many.\ncount BIGINT\n);");
        assertProblem("tables/exits.sql creates no table", "-- A row is a death.\n");
        assertProblem("tables/exits.sql: cannot read \"PRIMARY KEY (host)\"",
                "-- A row is a death.\nCREATE TABLE exits (\n-- The machine.\nhost VARCHAR,\nPRIMARY KEY (host)\n);");
    }

    @Test
    void allTablesBeginWithTheSameColumns() {
        List<Column> exits = Contract.get().table(Table.EXITS).columns().subList(0, COMMON.size());
        assertEquals(COMMON, exits.stream().map(Column::name).toList());
        for (Table table : Table.values()) {
            List<Column> columns = new ArrayList<>(Contract.get().table(table).columns().subList(0, COMMON.size()));
            if (table == Table.GAPS) {
                // A gap is about one CPU's events without having happened on it.
                Column cpu = columns.get(COMMON.indexOf("cpu"));
                columns.set(COMMON.indexOf("cpu"), new Column("cpu", cpu.type(), cpu.list(), cpu.required(), exits.get(4).doc()));
            }
            assertEquals(exits, columns, table.sqlName());
        }
    }

    @Test
    void onlyTheIdentityOfARowIsRequired() {
        for (Table table : Table.values()) {
            assertEquals(Set.of("host", "boot_id", "seq"),
                    Contract.get().table(table).columns().stream().filter(Column::required).map(Column::name).collect(Collectors.toSet()));
        }
    }

    @Test
    void unitsAreSuffixesAndStandInTheSentence() {
        // Numbers of namespaces, as in /proc/PID/ns.
        Set<String> namespaces = Set.of("pid_ns", "ns_pid", "mnt_ns");
        forEachColumn((table, column) -> {
            String where = table.table().sqlName() + "." + column.name() + ": " + column.doc();
            boolean isNumber = column.type() == Type.INT64 || column.type() == Type.INT32;
            boolean inNanos = column.name().endsWith("_ns") && !namespaces.contains(column.name());
            assertEquals(inNanos, isNumber && column.doc().toLowerCase().contains("nanoseconds"), where);
            assertEquals(column.name().endsWith("_bytes"), isNumber && column.doc().toLowerCase().contains("bytes"), where);
            assertEquals(column.type() == Type.TIMESTAMP, column.doc().contains("microseconds"), where);
        });
    }

    @Test
    void sentencesEndAsSentencesDo() {
        forEachColumn(
                (table, column) -> assertTrue(column.doc().matches("(?s)\\p{Lu}.*\\."), table.table().sqlName() + ": " + column.doc()));
        for (View view : Contract.get().views()) {
            assertTrue(view.doc().matches("(?s)\\p{Lu}.*\\."), view.name() + ": " + view.doc());
            view.columnDocs()
                    .forEach((column, doc) -> assertTrue(doc.matches("(?s)\\p{Lu}.*\\."), view.name() + "." + column + ": " + doc));
        }
    }

    @Test
    void duckDbReadsTheTablesAsThisParserDoes() throws SQLException {
        try (DuckDb duck = DuckDb.withContract()) {
            for (Table table : Table.values()) {
                List<String> columns = new ArrayList<>();
                for (Column column : Contract.get().table(table).columns()) {
                    String type = column.sqlType().replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE");
                    columns.add(column.name() + " | " + type + " | " + (column.required() ? "NO" : "YES"));
                }
                assertEquals(columns, duck.rows("SELECT column_name, column_type, \"null\" FROM (DESCRIBE " + table.sqlName() + ")"));
            }
        }
    }

    @Test
    void everyColumnOfAViewHasASentence() throws SQLException {
        try (DuckDb duck = DuckDb.withContract()) {
            Map<String, Set<String>> documented = new HashMap<>();
            forEachColumn((table, column) -> documented.computeIfAbsent(table.table().sqlName(), _ -> new HashSet<>()).add(column.name()));
            for (View view : Contract.get().views()) {
                if (view.sql().contains("CREATE MACRO")) {
                    continue;
                }
                Set<String> sources = documented.keySet().stream()
                        .filter(source -> view.sql().matches("(?s).*\\b(FROM|JOIN) " + source + "\\b.*"))
                        .collect(Collectors.toSet());
                Set<String> known = new HashSet<>(view.columnDocs().keySet());
                sources.forEach(source -> known.addAll(documented.get(source)));
                documented.put(view.name(), known);
                List<String> columns = duck.rows("SELECT column_name FROM (DESCRIBE " + view.name() + ")");
                assertEquals(List.of(), columns.stream().filter(column -> !known.contains(column)).toList(), view.name());
                assertEquals(List.of(), view.columnDocs().keySet().stream().filter(column -> !columns.contains(column)).toList(),
                        view.name());
            }
        }
    }

    @Test
    void aViewShowsColumnsItHas() throws SQLException {
        try (DuckDb duck = DuckDb.withContract()) {
            for (View view : Contract.get().views()) {
                assertEquals(view.isRelation(), !view.sql().contains("CREATE MACRO"), view.name());
                if (view.isRelation()) {
                    List<String> columns = duck.rows("SELECT column_name FROM (DESCRIBE " + view.name() + ")");
                    assertEquals(List.of(), view.shown().stream().filter(column -> !columns.contains(column)).toList(), view.name());
                }
            }
        }
    }

    @Test
    void whatAViewNamesIsTheQueryItRuns() throws SQLException {
        try (DuckDb duck = DuckDb.withContract()) {
            for (View view : Contract.get().views()) {
                if (view.isRelation()) {
                    assertEquals(duck.rows("DESCRIBE " + view.name()), duck.rows("DESCRIBE " + view.query()), view.name());
                }
            }
        }
    }

    @Test
    void unitsOfAViewsColumnsAreSuffixesAndStandInTheSentence() throws SQLException {
        try (DuckDb duck = DuckDb.withContract()) {
            for (View view : Contract.get().views()) {
                view.columnDocs().forEach((column, doc) -> {
                    String where = view.name() + "." + column + ": " + doc;
                    assertEquals(column.endsWith("_ns"), doc.contains("nanoseconds"), where);
                    assertEquals(column.endsWith("_bytes"), doc.toLowerCase().contains("bytes"), where);
                    assertEquals(column.endsWith("_percent"), doc.contains("in percent of"), where);
                    assertEquals(column.equals("ts") || column.endsWith("_ts"), doc.startsWith("Wall time"), where);
                });
                if (view.isRelation() && !view.isPrivate()) {
                    // Elsewhere sums of BIGINT are no whole numbers, and other types are read wrong.
                    assertEquals(List.of(), duck.rows("SELECT column_name, column_type FROM (DESCRIBE " + view.name()
                            + ") WHERE column_type NOT IN ('VARCHAR', 'BIGINT', 'INTEGER', 'BOOLEAN', 'DOUBLE', 'BLOB', 'TIMESTAMP WITH TIME ZONE')"),
                            view.name());
                }
            }
        }
    }

    private interface Visitor {
        void visit(TableContract table, Column column);
    }

    private static void forEachColumn(Visitor visitor) {
        for (Table table : Table.values()) {
            TableContract contract = Contract.get().table(table);
            contract.columns().forEach(column -> visitor.visit(contract, column));
        }
    }

    private static void assertProblem(String message, String sql) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> Contract.parseTable(Table.EXITS, sql)).getMessage());
    }

    private static Set<String> names(String folder) throws IOException {
        try (Stream<Path> files = Files.list(SQL.resolve(folder))) {
            return files.map(file -> file.getFileName().toString().replace(".sql", "")).collect(Collectors.toSet());
        }
    }
}
