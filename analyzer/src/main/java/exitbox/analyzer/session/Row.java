package exitbox.analyzer.session;

import exitbox.analyzer.session.Rows.Column;
import java.util.List;

/// A row that forms are made of: one of DuckDB's answer ([Rows], which moves on), or one as it came from a recorder.
public interface Row {
    List<Column> columns();

    boolean isNull(int column);

    /// The value of an INTEGER, INSTANT, DATE_TIME or BOOLEAN (0 or 1) column that is not NULL.
    long longAt(int column);

    /// The value of such a column, or `absent` for NULL.
    default long longOr(int column, long absent) {
        return isNull(column) ? absent : longAt(column);
    }

    /// The value of a TEXT or JSON column; null for NULL.
    String textAt(int column);

    /// The value of a REAL column that is not NULL.
    double realAt(int column);

    /// The value of a NUMBER or DATE column that is not NULL, in digits.
    String digitsAt(int column);
}
