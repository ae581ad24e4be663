package exitbox.analyzer.format;

import exitbox.analyzer.session.Kind;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.session.Rows.Column;
import exitbox.analyzer.text.TextOut;

/// A table for a Markdown page. What Markdown or HTML would act on is escaped; NULL is an empty cell.
final class MarkdownWriter implements RowWriter {
    private final TextOut out;
    private final Cells cells;

    MarkdownWriter(TextOut out, Cells cells) {
        this.out = out;
        this.cells = cells;
    }

    @Override
    public void begin(Rows rows) {
        for (Column column : rows.columns()) {
            out.plain("| ");
            text(cells.heading(column));
            out.plain(' ');
        }
        out.plain('|').line();
        for (Column column : rows.columns()) {
            out.plain(column.kind().isNumeric() ? "|---:" : "|---");
        }
        out.plain('|').line();
    }

    @Override
    public void row(Rows rows) {
        for (int i = 0; i < rows.columns().size(); i++) {
            Kind kind = rows.columns().get(i).kind();
            out.plain("| ");
            if (!rows.isNull(i)) {
                if (kind == Kind.TEXT || kind == Kind.JSON) {
                    text(rows.textAt(i));
                } else {
                    cells.write(out, rows, i, kind);
                }
            }
            out.plain(' ');
        }
        out.plain('|').line();
    }

    @Override
    public void end(long count) {
        // The last row ends the table.
    }

    private void text(String value) {
        StringBuilder escaped = new StringBuilder(value.length() + 8);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '|', '\\', '`', '*', '[', ']', '~', '$' -> escaped.append('\\').append(c);
                // Within a word it stands for itself.
                case '_' -> escaped.append(isWord(value, i - 1) && isWord(value, i + 1) ? "_" : "\\_");
                default -> escaped.append(c);
            }
        }
        out.safe(escaped.toString());
    }

    private static boolean isWord(String value, int i) {
        return i >= 0 && i < value.length() && Character.isLetterOrDigit(value.charAt(i));
    }
}
