package exitbox.analyzer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.analyzer.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What people's SQL may and may not do, against the real parser and the real settings.
class GateTest {
    @TempDir
    Path folder;
    private Session session;

    @BeforeEach
    void open() throws IOException {
        Files.writeString(folder.resolve("kept.txt"), "kept");
        session = Session.open(new DuckDb(), folder.toRealPath(), null, ZoneOffset.UTC);
    }

    @AfterEach
    void close() {
        session.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"COPY (SELECT 1) TO 'x.csv'", "WITH x AS (COPY (SELECT 1) TO 'x.csv') SELECT 1",
        "SELECT * FROM (WITH x AS (INSERT INTO t VALUES (1) RETURNING *) FROM x)", "ATTACH 'x.db'", "INSTALL httpfs", "SET threads = 1",
        "PRAGMA enable_profiling", "CREATE TABLE t (a INT)", "DROP TABLE t", "VACUUM", "CHECKPOINT", "CALL pragma_version()",
        "EXPLAIN SELECT 1",
        "EXPORT DATABASE 'x'", "BEGIN", "PREPARE p AS SELECT 1", "EXECUTE p", "USE memory", "SELECT 1; SELECT 2", "", ";", "-- nothing",
        "SELECT * FROM query('SELECT 1')", "SELECT * FROM QUERY('SELECT 1')", "SELECT * FROM json_execute_serialized_sql('{}')",
        "SELECT (SELECT count(*) FROM read_text('/etc/passwd'))", "SELECT * FROM enable_logging(storage='file')",
        "SELECT * FROM arrow_scan(1, 2, 3)", "SELECT * FROM range(3) JOIN read_csv('x') ON true",
        "SELECT 1 WHERE EXISTS (FROM read_blob('x'))",
        "SELECT * FROM checkpoint()", "SELECT * FROM sniff_csv('x')", "FROM (PIVOT (VALUES (1)) t(a) ON a USING count(*)), query('x')"})
    void whatDoesMoreThanReadingIsRefused(String sql) {
        Failure failure = assertThrows(Failure.class, () -> session.check(sql));
        assertEquals(Failure.USAGE, failure.status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT 1", "select 1 -- why not", "FROM range(3)", "VALUES (1)", "(SELECT 1) UNION ALL (SELECT 2)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) FROM n", "DESCRIBE SELECT 1", "SHOW TABLES",
        "SUMMARIZE SELECT 1", "SELECT * FROM unnest([1, 2])", "SELECT list_transform([1], lambda x: x + 1)",
        "SELECT 'COPY_QUERY_NODE' AS type;",
        "SELECT 1 AS \"type\", 'x' AS \"DELETE_QUERY_NODE\""})
    void whatReadsPasses(String sql) {
        session.check(sql);
        try (Rows rows = session.query(sql, false)) {
            assertTrue(rows.next() || sql.startsWith("SHOW"));
        }
    }

    @Test
    void namesAreFound() {
        Gate.Query query = session.check("SELECT e.pid FROM exits e JOIN (FROM Deaths) USING (boot_id) WHERE comm IN (SELECT c FROM gaps)");
        assertEquals(Set.of("exits", "deaths", "gaps"), query.tables());
        assertTrue(query.columns().keySet().containsAll(Set.of("pid", "comm", "c")));
        assertTrue(session.check("SHOW TABLES").listsTables());
        assertTrue(session.check("FROM information_schema.tables").listsTables());
        assertTrue(session.check("FROM duckdb_columns()").listsTables());
    }

    /// Should something get past the gate: the settings hold, or it stays in memory.
    @ParameterizedTest
    @ValueSource(
            strings = {"SET enable_external_access = true", "SET allowed_directories = ['/']", "RESET lock_configuration", "INSTALL httpfs",
                "LOAD httpfs", "COPY (SELECT 1) TO '/tmp/exitbox-gate-test.csv'", "SELECT * FROM read_text('/etc/passwd')",
                "SELECT * FROM '/etc/passwd'",
                "ATTACH '/tmp/exitbox-gate-test.db'", "SELECT * FROM glob('/etc/*')", "EXPORT DATABASE '/tmp/exitbox-gate-test'"})
    void theSettingsHold(String sql) {
        assertThrows(QueryFailure.class, () -> session.execute(sql));
    }

    @Test
    void errorsHaveDuckDbsWordsAndPosition() {
        QueryFailure failure = assertThrows(QueryFailure.class, () -> session.check("SELECT 1 +\nFROM x"));
        assertTrue(failure.getMessage().contains("LINE 2"), failure.getMessage());
    }

    @Test
    void knowsWhenAnyColumnMayBeMeant() {
        for (String all : List.of("FROM deaths", "SELECT d.* FROM deaths d", "SELECT deaths FROM deaths", "SELECT D FROM deaths AS d",
                "SELECT COLUMNS('a.*') FROM deaths", "SELECT pid FROM deaths NATURAL JOIN execs", "SUMMARIZE deaths",
                "SELECT pid FROM (FROM deaths)")) {
            assertEquals(null, session.check(all).asked(), all);
        }
        assertEquals(Set.of("d", "pid", "n"), session.check("SELECT d.pid, count(*) AS n FROM deaths d GROUP BY ALL ORDER BY n").asked());
        assertEquals(Set.of("pid", "cmdline"), session.check("SELECT pid FROM deaths JOIN execs USING (cmdline)").asked());
    }
}
