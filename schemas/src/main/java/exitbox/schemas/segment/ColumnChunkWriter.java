package exitbox.schemas.segment;

import exitbox.schemas.contract.Column;
import exitbox.schemas.rows.Vector;
import java.io.IOException;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.Statistics;

/// Encodes one column of a row group into v2 pages, a vector at a time, with Parquet's own encodings.
///
/// Parquet's `ColumnWriter` does this value by value, each with its levels, statistics and checks: over eighty
/// columns that costs more than decoding and compressing together. And most columns of a recording hold one value,
/// or NULL, in all rows of a group; while that is so only the value and a count are kept ([Alike]).
final class ColumnChunkWriter {
    private static final int PAGE_ROWS = 1 << 14;

    // A dictionary page and a run are no gain for a handful of rows.
    private static final int SHORT_RUN = 16;

    private final Column column;
    private final boolean fewValues;
    private final ColumnDescriptor descriptor;
    private final ParquetProperties properties;
    private final PageWriter pages;

    // First the one, then the other: once a row differs, `alike` is over and pages are made.
    private Alike alike;
    private PageValues values;

    private PageLevels levels;
    private final Range range = new Range();
    private int pageRows;

    /// @param fewValues whether a dictionary is worth a try
    ColumnChunkWriter(Column column, boolean fewValues, ColumnDescriptor descriptor, ParquetProperties properties, PageWriter pages) {
        this.column = column;
        this.fewValues = fewValues;
        this.descriptor = descriptor;
        this.properties = properties;
        this.pages = pages;
        if (column.list()) {
            startPages();
        }
    }

    void write(Vector vector, int rows) throws IOException {
        if (column.list()) {
            writeLists(vector, rows);
            return;
        }
        int from = 0;
        if (values == null) {
            if (alike == null) {
                alike = new Alike(column, vector);
            }
            from = alike.take(vector, rows);
            if (from == rows) {
                return;
            }
            endAlike();
        }
        while (from < rows) {
            int to = Math.min(rows, from + PAGE_ROWS - pageRows);
            writeRows(vector, from, to);
            from = to;
            endFullPage();
        }
    }

    /// Hands the rest to the page writer. Nothing can be written afterwards.
    void finish() throws IOException {
        if (alike != null && alike.rows() >= SHORT_RUN) {
            alike.write(pages, descriptor.getPrimitiveType());
            return;
        }
        if (alike != null) {
            endAlike();
        }
        if (pageRows > 0) {
            endPage();
        }
        DictionaryPage dictionary = values.dictionary();
        if (dictionary != null) {
            pages.writeDictionaryPage(dictionary);
        }
    }

    /// Bytes of memory, roughly.
    long memory() {
        return pages.getMemSize() + (values == null ? 0 : values.memory());
    }

    /// Frees what a writer that is given up holds.
    void close() {
        if (values != null) {
            values.close();
            levels.close();
        }
    }

    private void startPages() {
        values = new PageValues(column.type(), fewValues, descriptor, properties);
        levels = new PageLevels(descriptor, properties);
    }

    /// The rows are not all alike: from here on they are encoded as they come, those so far first.
    private void endAlike() throws IOException {
        startPages();
        Alike rows = alike;
        alike = null;
        for (long left = rows.rows(); left > 0;) {
            int count = (int) Math.min(left, PAGE_ROWS - pageRows);
            if (rows.isNull()) {
                levels.nulls(count);
            } else {
                levels.defined(count);
                for (int r = 0; r < count; r++) {
                    if (rows.bytes() != null) {
                        values.add(rows.bytes());
                    } else {
                        values.add(rows.number());
                    }
                }
                range.add(rows.number());
            }
            pageRows += count;
            left -= count;
            endFullPage();
        }
    }

    private void writeRows(Vector vector, int from, int to) throws IOException {
        switch (vector) {
            case Vector.Nulls _ -> levels.nulls(to - from);
            case Vector.Longs longs when longs.nulls() == null -> {
                levels.defined(to - from);
                values.add(longs.values(), from, to);
                range.add(longs.values(), from, to);
            }
            case Vector.Longs longs -> {
                for (int r = from; r < to; r++) {
                    if (longs.nulls()[r]) {
                        levels.nulls(1);
                    } else {
                        levels.defined(1);
                        values.add(longs.values()[r]);
                        range.add(longs.values()[r]);
                    }
                }
            }
            case Vector.Bytes bytes -> {
                for (int r = from; r < to; r++) {
                    if (bytes.values()[r] == null) {
                        levels.nulls(1);
                    } else {
                        levels.defined(1);
                        values.add(bytes.values()[r]);
                    }
                }
            }
            case Vector.Lists _ -> throw new IllegalArgumentException(column.name());
        }
        pageRows += to - from;
    }

    private void writeLists(Vector vector, int rows) throws IOException {
        for (int r = 0; r < rows; r++) {
            if (vector instanceof Vector.Lists lists) {
                writeList(lists, r);
            } else {
                levels.entry(true, 0);
            }
            pageRows++;
            endFullPage();
        }
    }

    private void writeList(Vector.Lists lists, int row) throws IOException {
        int from = lists.offsets()[row];
        int to = lists.offsets()[row + 1];
        if (from == to) {
            levels.entry(true, lists.isNull(row) ? 0 : 1);
        }
        for (int e = from; e < to; e++) {
            boolean isNull = lists.elements().isNull(e);
            levels.entry(e == from, isNull ? 2 : 3);
            if (!isNull && lists.elements() instanceof Vector.Bytes bytes) {
                values.add(bytes.values()[e]);
            } else if (!isNull && lists.elements() instanceof Vector.Longs longs) {
                values.add(longs.values()[e]);
            }
        }
    }

    private void endFullPage() throws IOException {
        if (pageRows == PAGE_ROWS || values.isFull()) {
            endPage();
        }
    }

    private void endPage() throws IOException {
        PageValues.Page page = values.page();
        pages.writePageV2(pageRows, levels.nulls(), levels.values(), levels.repetition(), levels.definition(), page.encoding(),
                page.bytes(), statistics());
        values.next();
        levels.next();
        pageRows = 0;
    }

    private Statistics<?> statistics() {
        boolean ranged = switch (column.type()) {
            case INT32, INT64, BOOLEAN, TIMESTAMP -> !column.list();
            case STRING, BINARY, DOUBLE -> false;
        };
        return ranged
                ? range.end(column.type(), descriptor.getPrimitiveType(), levels.nulls())
                : Statistics.noopStats(descriptor.getPrimitiveType());
    }
}
