package exitbox.analyzer.filter;

/// What can be asked of a row that comes from a recorder, not out of DuckDB.
public interface Fields {
    /// Whether rows of its table have the column.
    boolean has(String column);

    /// The column's number, or `otherwise` when it is NULL or the table has no such column.
    long number(String column, long otherwise);

    /// The column's text; null when it is NULL or the table has no such column.
    String text(String column);
}
