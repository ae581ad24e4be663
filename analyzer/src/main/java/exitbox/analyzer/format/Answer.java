package exitbox.analyzer.format;

import exitbox.analyzer.session.Row;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;
import java.time.ZoneId;
import java.util.function.Consumer;

/// Writes all rows of an answer as text.
public final class Answer {
    private Answer() {}

    /// Returns the number of rows written.
    ///
    /// @param limit the most rows to write; null for all
    /// @param readable whether forms for people have units by the columns' names
    /// @param screenWidth the terminal's columns; 0 when the answer goes elsewhere
    public static long write(Rows rows, Format format, TextOut out, ZoneId zone, Paint paint, int screenWidth, Long limit,
            boolean readable) {
        return write(rows, format.writer(out, zone, paint, screenWidth, readable), limit);
    }

    /// One JSON object a row and line, without the columns that are NULL.
    public static long writeLines(Rows rows, TextOut out, ZoneId zone) {
        return write(rows, new JsonWriter(out, new Cells(zone, 'T'), true, true), null);
    }

    private static long write(Rows rows, RowWriter writer, Long limit) {
        long most = limit == null ? Long.MAX_VALUE : limit;
        long count = 0;
        writer.begin(rows);
        while (count < most && rows.next()) {
            writer.row(rows);
            count++;
        }
        writer.end(count);
        return count;
    }

    /// Writes rows that are no answer's the way [#writeLines] does, each when it comes.
    public static Consumer<Row> lines(TextOut out, ZoneId zone) {
        return new JsonWriter(out, new Cells(zone, 'T'), true, true)::object;
    }
}
