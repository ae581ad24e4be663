package exitbox.analyzer.format;

import exitbox.analyzer.session.Kind;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.session.Rows.Column;
import exitbox.analyzer.text.TextOut;

/// CSV (RFC 4180, but for lines that end in `\n`) and TSV: a header line, NULL as an empty field, an empty text as `""` in CSV.
///
/// Text that a spreadsheet would run as a formula (it begins with `=`, `+`, `-` or `@`) gets an apostrophe in front.
/// Control characters stand as `\xNN`, so a field never holds a line end or, in TSV, a tab.
final class SeparatedWriter implements RowWriter {
    private final TextOut out;
    private final Cells cells;
    private final char separator;

    SeparatedWriter(TextOut out, Cells cells, char separator) {
        this.out = out;
        this.cells = cells;
        this.separator = separator;
    }

    @Override
    public void begin(Rows rows) {
        for (int i = 0; i < rows.columns().size(); i++) {
            if (i > 0) {
                out.plain(separator);
            }
            text(rows.columns().get(i).name());
        }
        out.line();
    }

    @Override
    public void row(Rows rows) {
        for (int i = 0; i < rows.columns().size(); i++) {
            if (i > 0) {
                out.plain(separator);
            }
            if (rows.isNull(i)) {
                continue;
            }
            Column column = rows.columns().get(i);
            if (column.kind() == Kind.TEXT || column.kind() == Kind.JSON) {
                text(rows.textAt(i));
            } else {
                cells.write(out, rows, i, column.kind());
            }
        }
        out.line();
    }

    @Override
    public void end(long count) {
        // A file of lines has no end mark.
    }

    private void text(String value) {
        boolean formula = !value.isEmpty() && "=+-@".indexOf(value.charAt(0)) >= 0;
        if (separator == ',' && needsQuotes(value)) {
            out.plain(formula ? "\"'" : "\"").safe(value.replace("\"", "\"\"")).plain('"');
        } else {
            out.plain(formula ? "'" : "").safe(value);
        }
    }

    private static boolean needsQuotes(String value) {
        if (value.isEmpty() || value.charAt(0) == ' ' || value.charAt(value.length() - 1) == ' ') {
            return true;
        }
        return value.indexOf(',') >= 0 || value.indexOf('"') >= 0;
    }
}
