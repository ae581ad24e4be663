package exitbox.analyzer.format;

import exitbox.analyzer.session.Rows;

/// Writes an answer in one text format, row by row.
interface RowWriter {
    /// Writes what stands before the rows, of which the columns are known already.
    void begin(Rows rows);

    /// Writes the row that `rows` is at.
    void row(Rows rows);

    /// Writes what stands behind the rows.
    void end(long count);
}
