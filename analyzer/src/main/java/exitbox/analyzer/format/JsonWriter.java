package exitbox.analyzer.format;

import exitbox.analyzer.session.Kind;
import exitbox.analyzer.session.Row;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.session.Rows.Column;
import exitbox.analyzer.text.TextOut;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// An object per row: one array of them (JSON), or one a line (NDJSON). Points in time are ISO 8601 texts,
/// numbers stand with all their digits, NaN and the infinities are null.
final class JsonWriter implements RowWriter {
    private final TextOut out;
    private final Cells cells;
    private final boolean lines;
    private final boolean omitNulls;
    private boolean first = true;
    private List<Column> named;
    private String[] keys;

    JsonWriter(TextOut out, Cells cells, boolean lines, boolean omitNulls) {
        this.out = out;
        this.cells = cells;
        this.lines = lines;
        this.omitNulls = omitNulls;
    }

    @Override
    public void begin(Rows rows) {
        if (!lines) {
            out.plain('[');
        }
    }

    @Override
    public void row(Rows rows) {
        object(rows);
    }

    /// Writes a row that need not be one of an answer.
    void object(Row rows) {
        if (!lines) {
            out.plain(first ? "" : ",").line();
        }
        first = false;
        out.plain('{');
        if (rows.columns() != named) {
            named = rows.columns();
            keys = keys(named);
        }
        boolean comma = false;
        for (int i = 0; i < rows.columns().size(); i++) {
            boolean isNull = rows.isNull(i);
            if (isNull && omitNulls) {
                continue;
            }
            Column column = rows.columns().get(i);
            out.plain(comma ? "," : "").json(keys[i]).plain(':');
            comma = true;
            if (isNull) {
                out.plain("null");
            } else {
                value(rows, i, column.kind());
            }
        }
        out.plain('}');
        if (lines) {
            out.line();
        }
    }

    @Override
    public void end(long count) {
        if (!lines) {
            if (count > 0) {
                out.line();
            }
            out.plain(']').line();
        }
    }

    /// The columns' names, of which those that came before get a number: readers keep only one of two equal keys.
    private static String[] keys(List<Column> columns) {
        Set<String> taken = new HashSet<>();
        String[] keys = new String[columns.size()];
        for (int i = 0; i < keys.length; i++) {
            String name = columns.get(i).name();
            keys[i] = name;
            for (int again = 1; !taken.add(keys[i]); again++) {
                keys[i] = name + "_" + again;
            }
        }
        return keys;
    }

    private void value(Row rows, int i, Kind kind) {
        switch (kind) {
            case TEXT -> out.json(rows.textAt(i));
            case JSON -> out.jsonValue(rows.textAt(i));
            case REAL -> {
                double value = rows.realAt(i);
                out.plain(Double.isFinite(value) ? Cells.real(value) : "null");
            }
            case INTEGER, NUMBER, BOOLEAN -> cells.write(out, rows, i, kind);
            case INSTANT, DATE_TIME, DATE -> {
                out.plain('"');
                cells.write(out, rows, i, kind);
                out.plain('"');
            }
        }
    }
}
