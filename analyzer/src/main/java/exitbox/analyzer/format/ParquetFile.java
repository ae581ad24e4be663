package exitbox.analyzer.format;

import exitbox.analyzer.Failure;
import exitbox.analyzer.session.QueryFailure;
import exitbox.analyzer.session.Session;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Writes an answer as Parquet or as an Arrow stream, with types that every reader has: DuckDB itself would
/// make floating point numbers of its 128-bit integers, which every sum() of BIGINT is.
public final class ParquetFile {
    private ParquetFile() {}

    /// Writes into a file that the session was opened with as its output.
    ///
    /// @param limit the most rows to write; null for all
    public static void write(Session session, String query, Long limit, Path file) {
        try {
            session.execute("COPY (" + portable(session, query, limit) + ") TO " + Session.quote(file.toString())
                    + " (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)");
        } catch (QueryFailure e) {
            if (e.isWriteError()) {
                throw new Failure(Failure.CANNOT_WRITE, "cannot write the Parquet file: " + e.reason(), e);
            }
            throw e;
        }
    }

    /// Names the answer and selects its columns, cast to portable types.
    static String portable(Session session, String query, Long limit) {
        List<String[]> columns = session.describe(query);
        session.name("_answer", columns.size(), query);
        List<String> casts = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            String type = columns.get(i)[1];
            casts.add("c" + (i + 1) + cast(type) + " AS \"" + columns.get(i)[0].replace("\"", "\"\"") + "\"");
        }
        return "SELECT " + String.join(", ", casts) + " FROM _answer" + (limit == null ? "" : " LIMIT " + limit);
    }

    private static String cast(String type) {
        return switch (type) {
            case "HUGEINT", "UHUGEINT", "UINTEGER" -> "::BIGINT";
            case "UBIGINT" -> "::DECIMAL(20, 0)";
            case "UTINYINT", "USMALLINT", "TINYINT", "SMALLINT" -> "::INTEGER";
            case "FLOAT" -> "::DOUBLE";
            case "UUID", "INTERVAL", "TIME", "TIME WITH TIME ZONE", "BIT", "JSON", "\"NULL\"" -> "::VARCHAR";
            case "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS" -> "::TIMESTAMP";
            default -> type.startsWith("ENUM") ? "::VARCHAR" : "";
        };
    }
}
