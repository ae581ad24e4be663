package exitbox.analyzer.session;

import exitbox.analyzer.Failure;
import exitbox.analyzer.Leftovers;
import exitbox.analyzer.session.Rows.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBPreparedStatement;
import org.duckdb.DuckDBResultSet;

/// A DuckDB of its own in memory, which can read the recording's folder and nothing else.
///
/// [#lock] is the second layer around people's SQL (see [Gate] for the first); the third, a user who
/// cannot write the recording's files, is the start script's work.
public final class Session implements AutoCloseable {
    private final DuckDb duckDb;
    private final DuckDBConnection connection;
    private final Path spill;
    private Sources sources = Sources.NONE;

    /// What statements are made of, where that changes while they run: files go from a recording that is being recorded.
    interface Sources {
        Sources NONE = new Sources() {
            @Override
            public String spell(String sql) {
                return sql;
            }

            @Override
            public boolean mend(QueryFailure failure) {
                return false;
            }
        };

        /// A statement with the files as they are now in the place of the names that stand for them.
        String spell(String sql);

        /// Does something about what a statement failed of; false when there is nothing to do, and no use in trying it again.
        boolean mend(QueryFailure failure);
    }

    private interface Attempt<T> {
        T run(String sql) throws SQLException;
    }

    private Session(DuckDb duckDb, Path spill) {
        this.duckDb = duckDb;
        this.connection = duckDb.connection();
        this.spill = spill;
    }

    /// Opens a session that may read `folder`, and write `output` when that is not null.
    public static Session open(DuckDb duckDb, Path folder, Path output, ZoneId zone) {
        try {
            Session session = new Session(duckDb, spillFolder());
            session.lock(folder, output, zone);
            return session;
        } catch (SQLException e) {
            throw new Failure(Failure.SOFTWARE, "cannot set DuckDB up: " + e.getMessage(), e);
        }
    }

    // The order matters: each setting must stand before the one that forbids changing it.
    private void lock(Path folder, Path output, ZoneId zone) throws SQLException {
        StringBuilder settings = new StringBuilder("SET autoinstall_known_extensions=false; SET autoload_known_extensions=false; ");
        settings.append("SET allow_community_extensions=false; ");
        settings.append("SET temp_directory=").append(quote(spill == null ? "" : spill.toString())).append("; ");
        settings.append("SET memory_limit='50%'; SET threads=").append(Runtime.getRuntime().availableProcessors()).append("; ");
        settings.append("SET TimeZone=").append(quote(icuName(zone))).append("; ");
        // Under both its names: as it is, and as read_parquet is told of it.
        settings.append("SET allowed_directories=[").append(quote(folder + "/")).append(", ").append(quote(literal(folder) + "/"));
        settings.append("]; ");
        if (output != null) {
            settings.append("SET allowed_paths=[").append(quote(output.toString())).append("]; ");
        }
        settings.append("SET parquet_metadata_cache=true; SET enable_progress_bar=true; SET enable_progress_bar_print=false; ");
        settings.append("SET enable_external_access=false; SET lock_configuration=true");
        run(settings.toString());
    }

    /// From now on statements are made of these.
    void readFrom(Sources sources) {
        this.sources = sources;
    }

    private <T> T attempt(String sql, Attempt<T> attempt) {
        while (true) {
            QueryFailure failure;
            try {
                return attempt.run(sources.spell(sql));
            } catch (SQLException e) {
                failure = new QueryFailure(e);
            } catch (QueryFailure e) {
                failure = e;
            }
            if (!sources.mend(failure)) {
                throw failure;
            }
        }
    }

    /// Runs statements of this program's own.
    public void execute(String sql) {
        attempt(sql, text -> {
            run(text);
            return null;
        });
    }

    /// An appender to a table of this session.
    DuckDBAppender appender(String schema, String table) throws SQLException {
        return connection.createAppender(schema, table);
    }

    /// The query that a person's text is, when it may pass the [Gate].
    public Gate.Query check(String text) {
        String tree = tree(text);
        if (tree.startsWith("{\"error\":true")) {
            if (tree.contains("\"error_type\":\"parser\"")) {
                try {
                    prepare(text).close();
                } catch (SQLException e) {
                    throw new QueryFailure(e);
                }
            }
            throw Gate.noQuery(text);
        }
        return Gate.check(text, tree);
    }

    /// The syntax tree of a text as JSON, or what DuckDB has against it.
    String tree(String text) {
        try (PreparedStatement statement = connection.prepareStatement("SELECT json_serialize_sql(?, skip_default := true)")) {
            statement.setString(1, text);
            try (ResultSet answer = statement.executeQuery()) {
                answer.next();
                return answer.getString(1);
            }
        } catch (SQLException e) {
            throw new QueryFailure(e);
        }
    }

    /// Starts a query. Values of types that have no simple form come as text; `jsonValues` makes JSON of lists and structs.
    public Rows query(String sql, boolean jsonValues) {
        return attempt(sql, text -> start(text, jsonValues));
    }

    private Rows start(String sql, boolean jsonValues) throws SQLException {
        DuckDBPreparedStatement statement = prepare(sql);
        ResultSetMetaData meta = statement.getMetaData();
        List<Column> columns = new ArrayList<>();
        List<String> casts = new ArrayList<>();
        boolean plain = true;
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            String type = meta.getColumnTypeName(i);
            Kind kind = kind(type, jsonValues);
            String name = "c" + i;
            String cast = kind != null ? name : nested(type) && jsonValues ? "to_json(" + name + ")::VARCHAR" : name + "::VARCHAR";
            plain &= kind != null;
            casts.add(cast);
            columns.add(new Column(meta.getColumnLabel(i), kind != null ? kind : nested(type) && jsonValues ? Kind.JSON : Kind.TEXT));
        }
        if (!plain) {
            statement.close();
            // A view can hold every text that is a query, whatever comment or semicolon it ends in.
            run(named("_answer", columns.size(), sql));
            statement = prepare("SELECT " + String.join(", ", casts) + " FROM _answer");
        }
        Rows rows = new Rows(duckDb, statement, duckDb.watched(statement).query(), columns);
        try {
            rows.begin();
            return rows;
        } catch (RuntimeException e) {
            rows.close();
            throw e;
        }
    }

    /// Names of a query's columns and their types as DuckDB has them, without running it.
    public List<String[]> describe(String sql) {
        return attempt(sql, text -> {
            try (DuckDBPreparedStatement statement = prepare(text)) {
                ResultSetMetaData meta = statement.getMetaData();
                List<String[]> columns = new ArrayList<>();
                for (int i = 1; i <= meta.getColumnCount(); i++) {
                    columns.add(new String[]{meta.getColumnLabel(i), meta.getColumnTypeName(i)});
                }
                return columns;
            }
        });
    }

    /// A query's rows as Arrow batches; both end with the statement.
    public record ArrowRows(Statement statement, ArrowReader reader) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            reader.close();
            try {
                statement.close();
            } catch (SQLException e) {
                throw new QueryFailure(e);
            }
        }
    }

    /// Starts a query whose rows come as Arrow batches.
    public ArrowRows arrow(String sql, BufferAllocator allocator, long batchRows) {
        return attempt(sql, text -> {
            PreparedStatement statement = connection.prepareStatement(text);
            DuckDBResultSet rows = (DuckDBResultSet) duckDb.watched(statement).executeQuery();
            return new ArrowRows(statement, (ArrowReader) rows.arrowExportStream(allocator, batchRows));
        });
    }

    /// Makes the query a view with columns c1, c2, ….
    public void name(String view, int columns, String sql) {
        execute(named(view, columns, sql));
    }

    private static String named(String view, int columns, String sql) {
        StringBuilder names = new StringBuilder();
        for (int i = 1; i <= columns; i++) {
            names.append(i == 1 ? "c" : ", c").append(i);
        }
        return "CREATE OR REPLACE TEMP VIEW " + view + "(" + names + ") AS " + sql;
    }

    private DuckDBPreparedStatement prepare(String sql) throws SQLException {
        return (DuckDBPreparedStatement) connection.prepareStatement(sql);
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            duckDb.watched(statement).execute(sql);
        }
    }

    private static boolean nested(String type) {
        return type.endsWith("]") || type.startsWith("STRUCT") || type.startsWith("MAP") || type.startsWith("UNION")
                || type.equals("VARIANT");
    }

    /// The kind of a type whose values can be read as they are; null for the others.
    private static Kind kind(String type, boolean jsonValues) {
        return switch (type) {
            case "VARCHAR" -> Kind.TEXT;
            case "JSON" -> jsonValues ? Kind.JSON : Kind.TEXT;
            case "BOOLEAN" -> Kind.BOOLEAN;
            case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER" -> Kind.INTEGER;
            case "UBIGINT", "HUGEINT", "UHUGEINT" -> Kind.NUMBER;
            case "FLOAT", "DOUBLE" -> Kind.REAL;
            case "DATE" -> Kind.DATE;
            case "TIMESTAMP" -> Kind.DATE_TIME;
            case "TIMESTAMP WITH TIME ZONE" -> Kind.INSTANT;
            default -> type.startsWith("DECIMAL") ? Kind.NUMBER : null;
        };
    }

    /// A path in which DuckDB finds no pattern to expand.
    static String literal(Path path) {
        StringBuilder text = new StringBuilder();
        for (char c : path.toString().toCharArray()) {
            text.append(c == '[' || c == '*' || c == '?' ? "[" + c + "]" : c);
        }
        return text.toString();
    }

    // ICU, which DuckDB asks, knows no bare offsets.
    private static String icuName(ZoneId zone) {
        if (zone.normalized() instanceof ZoneOffset offset) {
            return offset.equals(ZoneOffset.UTC) ? "UTC" : "GMT" + offset.getId();
        }
        return zone.getId();
    }

    /// Text as a SQL literal.
    public static String quote(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    // Private, and made here: DuckDB would make it readable for all, under a name that others can foresee.
    private static Path spillFolder() {
        Path folder = Path.of(System.getProperty("java.io.tmpdir"), "exitbox-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Leftovers.expect(folder);
            return folder;
        } catch (IOException | UnsupportedOperationException _) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException _) {
            // The process ends.
        }
        if (spill != null) {
            Leftovers.delete(spill);
        }
    }
}
