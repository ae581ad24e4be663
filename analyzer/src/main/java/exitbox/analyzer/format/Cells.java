package exitbox.analyzer.format;

import exitbox.analyzer.session.Kind;
import exitbox.analyzer.session.Row;
import exitbox.analyzer.session.Rows.Column;
import exitbox.analyzer.text.TextOut;
import exitbox.analyzer.text.Timestamps;
import java.time.ZoneId;
import java.time.ZoneOffset;

/// Writes values that are no text: digits, points in time, truth. None of them needs quoting anywhere.
class Cells {
    private final Timestamps zoned;
    private final Timestamps zoneless = new Timestamps(ZoneOffset.UTC);
    private final char betweenDateAndTime;

    Cells(ZoneId zone, char betweenDateAndTime) {
        this.zoned = new Timestamps(zone);
        this.betweenDateAndTime = betweenDateAndTime;
    }

    /// What stands above a column.
    String heading(Column column) {
        return column.name();
    }

    /// A text as a table shows it.
    String brief(String text) {
        return text;
    }

    /// What stands for NULL where a blank would be misread.
    String nullText() {
        return "NULL";
    }

    void write(TextOut out, Row row, int column, Kind kind) {
        switch (kind) {
            case INTEGER -> out.number(row.longAt(column));
            case NUMBER, DATE -> out.plain(row.digitsAt(column));
            case REAL -> out.plain(real(row.realAt(column)));
            case BOOLEAN -> out.plain(row.longAt(column) == 1 ? "true" : "false");
            case INSTANT -> zoned.exact(out, row.longAt(column), betweenDateAndTime);
            case DATE_TIME -> zoneless.zoneless(out, row.longAt(column), betweenDateAndTime);
            case TEXT, JSON -> throw new IllegalArgumentException("text is quoted by the format");
        }
    }

    /// Plain digits as long as they are exact and short.
    static String real(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return (long) value + ".0";
        }
        return Double.isNaN(value) ? "nan" : Double.isInfinite(value) ? value > 0 ? "inf" : "-inf" : Double.toString(value);
    }
}
