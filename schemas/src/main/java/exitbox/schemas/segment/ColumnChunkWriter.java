package exitbox.schemas.segment;

import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Type;
import exitbox.schemas.rows.Vector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.io.api.Binary;

/// Encodes one column of a row group into v2 pages, a vector at a time, with Parquet's own encodings.
///
/// Parquet's `ColumnWriter` does this value by value, each with its levels, statistics and checks: over eighty
/// columns that costs more than decoding and compressing together. Most columns of a recording hold one value, or
/// NULL, in all rows of a group; while that is so only the value and a count are kept, and one page of a run is
/// written at the end.
final class ColumnChunkWriter {
    private static final int PAGE_ROWS = 1 << 14;
    private static final int PAGE_BYTES = 256 << 10;

    // A dictionary page and a run are no gain for a handful of rows.
    private static final int SHORT_RUN = 16;

    private final Column column;
    private final ColumnDescriptor descriptor;
    private final ParquetProperties properties;
    private final PageWriter pages;
    private final boolean isBytes;

    // The run: rows so far that are all alike. Over once `values` exists.
    private long runRows;
    private boolean runIsNull;
    private long runLong;
    private byte[] runBytes;

    // Values of the page: in the dictionary as long as there is one, else in the writer.
    private Dictionary dictionary;
    private DictionaryPage dictionaryPage;
    private ValuesWriter values;
    private RunLengthBitPackingHybridEncoder definitions;
    private RunLengthBitPackingHybridEncoder repetitions;
    private boolean pagesEnded;
    private int pageRows;
    private int pageValues;
    private int pageNulls;
    private long min;
    private long max;

    /// @param fewValues whether a dictionary is worth a try
    ColumnChunkWriter(Column column, boolean fewValues, ColumnDescriptor descriptor, ParquetProperties properties, PageWriter pages) {
        this.column = column;
        this.descriptor = descriptor;
        this.properties = properties;
        this.pages = pages;
        this.isBytes = column.type() == Type.STRING || column.type() == Type.BINARY;
        this.dictionary = fewValues ? new Dictionary(column.type()) : null;
        if (column.list()) {
            startPages();
            repetitions = properties.newRepetitionLevelEncoder(descriptor);
        }
    }

    void write(Vector vector, int rows) throws IOException {
        if (vector instanceof Vector.Lists lists) {
            writeLists(lists, rows);
            return;
        }
        int from = 0;
        if (values == null) {
            if (runRows == 0) {
                startRun(vector);
            }
            from = lengthOfRun(vector, rows);
            runRows += from;
            if (from == rows) {
                return;
            }
            breakRun();
        }
        while (from < rows) {
            int to = Math.min(rows, from + PAGE_ROWS - pageRows);
            writeFlat(vector, from, to);
            from = to;
            endFullPage();
        }
    }

    /// Hands the rest to the page writer. Nothing can be written afterwards.
    void finish() throws IOException {
        if (values == null && runRows >= SHORT_RUN) {
            finishRun();
            return;
        }
        if (values == null) {
            breakRun();
        }
        if (pageRows > 0) {
            endPage();
        }
        if (dictionaryPage != null) {
            pages.writeDictionaryPage(dictionaryPage);
        } else if (dictionary != null) {
            pages.writeDictionaryPage(dictionary.page());
        }
    }

    /// Frees what a writer that is given up holds.
    void close() {
        if (values != null) {
            values.close();
        }
        if (definitions != null) {
            definitions.close();
        }
        if (repetitions != null) {
            repetitions.close();
        }
    }

    private void startRun(Vector vector) throws IOException {
        runIsNull = vector.isNull(0);
        if (runIsNull && column.required()) {
            throw noValue();
        }
        if (!runIsNull) {
            switch (vector) {
                case Vector.Longs longs -> runLong = longs.values()[0];
                case Vector.Bytes bytes -> runBytes = bytes.values()[0];
                case Vector.Nulls _,Vector.Lists _ -> throw new IllegalArgumentException(column.name());
            }
        }
    }

    /// How many of the first rows are what the run is.
    private int lengthOfRun(Vector vector, int rows) {
        int r = 0;
        switch (vector) {
            case Vector.Nulls _ -> r = runIsNull ? rows : 0;
            case Vector.Longs longs -> {
                long[] all = longs.values();
                boolean[] nulls = longs.nulls();
                if (nulls == null) {
                    while (r < rows && !runIsNull && all[r] == runLong) {
                        r++;
                    }
                } else {
                    while (r < rows && nulls[r] == runIsNull && (runIsNull || all[r] == runLong)) {
                        r++;
                    }
                }
            }
            case Vector.Bytes bytes -> {
                byte[][] all = bytes.values();
                while (r < rows && (runIsNull ? all[r] == null : all[r] == runBytes || Arrays.equals(all[r], runBytes))) {
                    r++;
                }
            }
            case Vector.Lists _ -> throw new IllegalArgumentException(column.name());
        }
        return r;
    }

    /// The rows are not all alike: from here on they are encoded as they come, those of the run first.
    private void breakRun() throws IOException {
        startPages();
        long left = runRows;
        runRows = 0;
        while (left > 0) {
            int rows = (int) Math.min(left, PAGE_ROWS - pageRows);
            if (runIsNull) {
                noteNulls();
                for (int r = 0; r < rows; r++) {
                    definitions.writeInt(0);
                }
                pageNulls += rows;
            } else {
                noteDefined(rows);
                for (int r = 0; r < rows; r++) {
                    if (isBytes) {
                        writeText(runBytes);
                    } else {
                        writeLong(runLong);
                    }
                }
                min = Math.min(min, runLong);
                max = Math.max(max, runLong);
            }
            pageRows += rows;
            pageValues += rows;
            left -= rows;
            if (pageRows == PAGE_ROWS) {
                endPage();
            }
        }
    }

    private void startPages() {
        values = properties.newValuesWriter(descriptor);
        if (descriptor.getMaxDefinitionLevel() > 0) {
            definitions = properties.newDefinitionLevelEncoder(descriptor);
        }
        startPage();
    }

    private void startPage() {
        pageRows = 0;
        pageValues = 0;
        pageNulls = 0;
        min = Long.MAX_VALUE;
        max = Long.MIN_VALUE;
    }

    /// Levels of a page without NULLs are one run, made at its end; they are written one by one only from its first
    /// NULL on.
    private void noteDefined(int rows) throws IOException {
        if (pageNulls > 0) {
            for (int r = 0; r < rows; r++) {
                definitions.writeInt(1);
            }
        }
    }

    private void noteNulls() throws IOException {
        if (definitions == null) {
            throw noValue();
        }
        if (pageNulls == 0) {
            for (int r = 0; r < pageValues; r++) {
                definitions.writeInt(1);
            }
        }
    }

    private IOException noValue() {
        return new IOException("column " + column.name() + " is required, and a row has none");
    }

    private void writeFlat(Vector vector, int from, int to) throws IOException {
        switch (vector) {
            case Vector.Nulls _ -> {
                noteNulls();
                for (int r = from; r < to; r++) {
                    definitions.writeInt(0);
                }
                pageNulls += to - from;
                pageValues += to - from;
            }
            case Vector.Longs longs when longs.nulls() == null -> writeLongs(longs.values(), from, to);
            case Vector.Longs longs -> writeNullableLongs(longs, from, to);
            case Vector.Bytes bytes -> writeBytes(bytes.values(), from, to);
            case Vector.Lists _ -> throw new IllegalArgumentException(column.name());
        }
        pageRows += to - from;
    }

    private void writeLongs(long[] all, int from, int to) throws IOException {
        noteDefined(to - from);
        long least = min;
        long most = max;
        for (int r = from; r < to; r++) {
            least = Math.min(least, all[r]);
            most = Math.max(most, all[r]);
        }
        min = least;
        max = most;
        pageValues += to - from;
        if (dictionary != null) {
            dictionary.add(all, from, to);
            return;
        }
        switch (column.type()) {
            case INT32 -> {
                for (int r = from; r < to; r++) {
                    values.writeInteger((int) all[r]);
                }
            }
            case BOOLEAN -> {
                for (int r = from; r < to; r++) {
                    values.writeBoolean(all[r] != 0);
                }
            }
            case DOUBLE -> {
                for (int r = from; r < to; r++) {
                    values.writeDouble(Double.longBitsToDouble(all[r]));
                }
            }
            default -> {
                for (int r = from; r < to; r++) {
                    values.writeLong(all[r]);
                }
            }
        }
    }

    private void writeNullableLongs(Vector.Longs longs, int from, int to) throws IOException {
        long[] all = longs.values();
        for (int r = from; r < to; r++) {
            if (longs.nulls()[r]) {
                writeNull();
            } else {
                noteDefined(1);
                writeLong(all[r]);
                min = Math.min(min, all[r]);
                max = Math.max(max, all[r]);
                pageValues++;
            }
        }
    }

    private void writeBytes(byte[][] all, int from, int to) throws IOException {
        for (int r = from; r < to; r++) {
            if (all[r] == null) {
                writeNull();
            } else {
                noteDefined(1);
                writeText(all[r]);
                pageValues++;
            }
        }
    }

    private void writeText(byte[] value) {
        if (dictionary != null) {
            dictionary.add(value);
        } else {
            values.writeBytes(Binary.fromConstantByteArray(value));
        }
    }

    private void writeNull() throws IOException {
        noteNulls();
        definitions.writeInt(0);
        pageNulls++;
        pageValues++;
    }

    private void writeLong(long value) {
        if (dictionary != null) {
            dictionary.add(value);
            return;
        }
        switch (column.type()) {
            case INT32 -> values.writeInteger((int) value);
            case BOOLEAN -> values.writeBoolean(value != 0);
            case DOUBLE -> values.writeDouble(Double.longBitsToDouble(value));
            default -> values.writeLong(value);
        }
    }

    /// The definition levels of an optional list of optional elements: 0 no list, 1 an empty one, 2 a NULL element,
    /// 3 an element.
    private void writeLists(Vector.Lists lists, int rows) throws IOException {
        for (int r = 0; r < rows; r++) {
            int from = lists.offsets()[r];
            int to = lists.offsets()[r + 1];
            if (from == to) {
                level(0, lists.isNull(r) ? 0 : 1);
            }
            for (int e = from; e < to; e++) {
                boolean isNull = lists.elements().isNull(e);
                level(e == from ? 0 : 1, isNull ? 2 : 3);
                if (!isNull && lists.elements() instanceof Vector.Bytes bytes) {
                    writeText(bytes.values()[e]);
                } else if (!isNull && lists.elements() instanceof Vector.Longs longs) {
                    writeLong(longs.values()[e]);
                }
            }
            pageRows++;
            endFullPage();
        }
    }

    private void level(int repetition, int definition) throws IOException {
        repetitions.writeInt(repetition);
        definitions.writeInt(definition);
        pageValues++;
        if (definition < 3) {
            pageNulls++;
        }
    }

    private void endFullPage() throws IOException {
        if (pageRows == PAGE_ROWS || values.getBufferedSize() > PAGE_BYTES || dictionary != null && dictionary.isFull()) {
            endPage();
        }
    }

    private void endPage() throws IOException {
        boolean first = !pagesEnded;
        pagesEnded = true;
        if (dictionary != null && first && !dictionary.pays()) {
            dictionary.moveTo(values);
            dictionary = null;
        }
        BytesInput bytes = dictionary == null ? values.getBytes() : dictionary.indexes(properties.getAllocator());
        Encoding encoding = dictionary == null ? values.getEncoding() : Encoding.RLE_DICTIONARY;
        BytesInput repetition = repetitions == null ? BytesInput.empty() : repetitions.toBytes();
        BytesInput definition = definitions == null
                ? BytesInput.empty()
                : pageNulls > 0 || column.list() ? definitions.toBytes() : BytesInput.from(run(pageValues, 1));
        pages.writePageV2(pageRows, pageNulls, pageValues, repetition, definition, encoding, bytes, statistics(pageNulls));
        values.reset();
        if (dictionary != null && dictionary.isFull()) {
            dictionaryPage = dictionary.page();
            dictionary = null;
        }
        if (definitions != null) {
            definitions.reset();
        }
        if (repetitions != null) {
            repetitions.reset();
        }
        startPage();
    }

    /// One page for a chunk whose rows are all alike: levels and values are a run each.
    private void finishRun() throws IOException {
        int rows = Math.toIntExact(runRows);
        min = runLong;
        max = runLong;
        BytesInput definition = column.required() ? BytesInput.empty() : BytesInput.from(run(rows, runIsNull ? 0 : 1));
        if (runIsNull) {
            pages.writePageV2(rows, rows, rows, BytesInput.empty(), definition, Encoding.PLAIN, BytesInput.empty(), statistics(rows));
        } else if (column.type() == Type.BOOLEAN) {
            byte[] run = run(rows, (int) runLong);
            ByteBuffer data = ByteBuffer.allocate(4 + run.length).order(ByteOrder.LITTLE_ENDIAN).putInt(run.length).put(run);
            pages.writePageV2(rows, 0, rows, BytesInput.empty(), definition, Encoding.RLE, BytesInput.from(data.array()), statistics(0));
        } else {
            byte[] run = run(rows, 0);
            byte[] data = new byte[1 + run.length];
            data[0] = 1; // bits of an index into the dictionary
            System.arraycopy(run, 0, data, 1, run.length);
            pages.writePageV2(rows, 0, rows, BytesInput.empty(), definition, Encoding.RLE_DICTIONARY, BytesInput.from(data), statistics(0));
            pages.writeDictionaryPage(new DictionaryPage(BytesInput.from(plain()), 1, Encoding.PLAIN));
        }
    }

    /// The run's value as a dictionary has it.
    private byte[] plain() {
        ByteBuffer bytes = ByteBuffer.allocate(isBytes ? 4 + runBytes.length : 8).order(ByteOrder.LITTLE_ENDIAN);
        if (isBytes) {
            return bytes.putInt(runBytes.length).put(runBytes).array();
        }
        bytes.putLong(runLong);
        return column.type() == Type.INT32 ? Arrays.copyOf(bytes.array(), 4) : bytes.array();
    }

    /// A run of `rows` times `value`, 0 or 1, in Parquet's hybrid encoding: twice the count as a varint, and the value.
    private static byte[] run(int rows, int value) {
        byte[] bytes = new byte[6];
        int n = 0;
        for (long rest = (long) rows << 1; rest > 0 || n == 0; rest >>>= 7) {
            bytes[n++] = (byte) (rest >= 0x80 ? rest & 0x7f | 0x80 : rest);
        }
        bytes[n++] = (byte) value;
        return Arrays.copyOf(bytes, n);
    }

    /// Least and greatest value, for readers that skip; of texts only when they are all alike, where they cost nothing.
    private Statistics<?> statistics(long nulls) {
        boolean allAlike = values == null;
        if (column.list() || isBytes && !allAlike) {
            return Statistics.noopStats(descriptor.getPrimitiveType());
        }
        Statistics<?> statistics = Statistics.createStats(descriptor.getPrimitiveType());
        statistics.incrementNumNulls(nulls);
        if (isBytes && !runIsNull) {
            statistics.updateStats(Binary.fromConstantByteArray(runBytes));
        } else if (!isBytes && (allAlike ? !runIsNull : min <= max)) {
            switch (column.type()) {
                case INT32 -> update(statistics, (int) min, (int) max);
                case BOOLEAN -> {
                    statistics.updateStats(min != 0);
                    statistics.updateStats(max != 0);
                }
                case DOUBLE -> {
                    return Statistics.noopStats(descriptor.getPrimitiveType());
                }
                default -> {
                    statistics.updateStats(min);
                    statistics.updateStats(max);
                }
            }
        }
        return statistics;
    }

    private static void update(Statistics<?> statistics, int min, int max) {
        statistics.updateStats(min);
        statistics.updateStats(max);
    }
}
