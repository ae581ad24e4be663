package exitbox.analyzer.format;

import exitbox.analyzer.session.Kind;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.session.Rows.Column;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.Paint.Tone;
import exitbox.analyzer.text.Screen;
import exitbox.analyzer.text.TextOut;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Columns for the eye. The first rows decide how wide a column is; wider cells that come later push their
/// line out instead of being cut. On a terminal whose lines are too short for a row, each column gets a line.
final class TableWriter implements RowWriter {
    private static final int ROWS_MEASURED = 1_000;

    private final TextOut out;
    private final Cells cells;
    private final Paint paint;
    private final int screenWidth;
    private final ByteArrayOutputStream cellBytes = new ByteArrayOutputStream();
    private final TextOut cell = new TextOut(cellBytes);
    private final List<String[]> measured = new ArrayList<>();
    private List<Column> columns;
    private String[] names;
    private int[] widths;
    private boolean begun;
    private boolean upright;
    private long rows;

    /// @param screenWidth the terminal's columns; 0 when this is no terminal, and lines may be of any length
    TableWriter(TextOut out, Cells cells, Paint paint, int screenWidth) {
        this.out = out;
        this.cells = cells;
        this.paint = paint;
        this.screenWidth = screenWidth;
    }

    @Override
    public void begin(Rows rows) {
        columns = rows.columns();
        names = columns.stream().map(column -> Screen.safe(cells.heading(column))).toArray(String[]::new);
        widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Screen.width(names[i]);
        }
    }

    @Override
    public void row(Rows rows) {
        String[] row = new String[columns.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = text(rows, i);
        }
        if (begun) {
            print(row);
            return;
        }
        for (int i = 0; i < row.length; i++) {
            widths[i] = Math.max(widths[i], Screen.width(row[i] == null ? cells.nullText() : row[i]));
        }
        measured.add(row);
        if (measured.size() == ROWS_MEASURED) {
            start();
        }
    }

    @Override
    public void end(long count) {
        if (!begun) {
            start();
        }
        if (screenWidth > 0) {
            paint.begin(out, Tone.FAINT);
            out.plain(count == 1 ? "(1 row)" : "(" + count + " rows)");
            paint.end(out);
            out.line();
        }
    }

    private void start() {
        begun = true;
        int line = -2;
        for (int width : widths) {
            line += width + 2;
        }
        upright = screenWidth > 0 && line > screenWidth && !measured.isEmpty();
        if (!upright) {
            header();
        }
        for (String[] row : measured) {
            print(row);
        }
        measured.clear();
    }

    private void header() {
        String[] rules = new String[names.length];
        for (int i = 0; i < rules.length; i++) {
            rules[i] = "─".repeat(widths[i]);
        }
        paint.begin(out, Tone.STRONG);
        line(names);
        paint.end(out);
        paint.begin(out, Tone.FAINT);
        line(rules);
        paint.end(out);
    }

    private void print(String[] row) {
        rows++;
        if (!upright) {
            line(row);
            return;
        }
        paint.begin(out, Tone.FAINT);
        out.plain("── row ").number(rows).plain(" ──");
        paint.end(out);
        out.line();
        int widest = 0;
        for (String name : names) {
            widest = Math.max(widest, Screen.width(name));
        }
        for (int i = 0; i < row.length; i++) {
            out.plain(names[i]).repeat(' ', widest - Screen.width(names[i]) + 2);
            value(row[i]);
            out.line();
        }
    }

    private void line(String[] row) {
        int pending = 0;
        for (int i = 0; i < row.length; i++) {
            int blank = Math.max(0, widths[i] - Screen.width(row[i] == null ? cells.nullText() : row[i]));
            boolean right = columns.get(i).kind().isNumeric();
            out.repeat(' ', pending + (right ? blank : 0));
            value(row[i]);
            pending = 2 + (right ? 0 : blank);
        }
        out.line();
    }

    private void value(String text) {
        if (text != null) {
            // Made safe in text().
            out.plain(text);
            return;
        }
        paint.begin(out, Tone.FAINT);
        out.plain(cells.nullText());
        paint.end(out);
    }

    private String text(Rows rows, int i) {
        if (rows.isNull(i)) {
            return null;
        }
        Kind kind = columns.get(i).kind();
        if (kind == Kind.TEXT || kind == Kind.JSON) {
            return Screen.safe(cells.brief(rows.textAt(i)));
        }
        cells.write(cell, rows, i, kind);
        cell.flush();
        String text = cellBytes.toString(StandardCharsets.UTF_8);
        cellBytes.reset();
        return text;
    }
}
