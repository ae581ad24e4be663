package exitbox.schemas.segment;

import java.io.IOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;

/// Which values of a page are there: Parquet's definition levels, and for lists the repetition levels.
///
/// Nearly all pages have no NULL. Their levels are one run, made at the end; levels are written one by one only from
/// a page's first NULL on.
final class PageLevels {
    private final String column;
    private final boolean isList;
    private final RunLengthBitPackingHybridEncoder definitions;
    private final RunLengthBitPackingHybridEncoder repetitions;
    private int values;
    private int nulls;

    PageLevels(ColumnDescriptor descriptor, ParquetProperties properties) {
        this.column = descriptor.getPath()[0];
        this.isList = descriptor.getMaxRepetitionLevel() > 0;
        this.definitions = descriptor.getMaxDefinitionLevel() > 0 ? properties.newDefinitionLevelEncoder(descriptor) : null;
        this.repetitions = isList ? properties.newRepetitionLevelEncoder(descriptor) : null;
    }

    /// Values that are there, of a column that is no list.
    void defined(int count) throws IOException {
        if (nulls > 0) {
            write(1, count);
        }
        values += count;
    }

    /// NULLs, of a column that is no list.
    void nulls(int count) throws IOException {
        if (definitions == null) {
            throw noValue(column);
        }
        if (nulls == 0) {
            write(1, values);
        }
        write(0, count);
        values += count;
        nulls += count;
    }

    private void write(int level, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            definitions.writeInt(level);
        }
    }

    /// An entry of an optional list of optional elements: 0 no list, 1 an empty one, 2 a NULL element, 3 an element.
    void entry(boolean first, int definition) throws IOException {
        repetitions.writeInt(first ? 0 : 1);
        definitions.writeInt(definition);
        values++;
        if (definition < 3) {
            nulls++;
        }
    }

    /// Values of the page, NULLs included.
    int values() {
        return values;
    }

    int nulls() {
        return nulls;
    }

    BytesInput repetition() throws IOException {
        return isList ? repetitions.toBytes() : BytesInput.empty();
    }

    BytesInput definition() throws IOException {
        if (definitions == null) {
            return BytesInput.empty();
        }
        return nulls > 0 || isList ? definitions.toBytes() : BytesInput.from(Alike.run(values, 1));
    }

    /// Begins the next page.
    void next() {
        values = 0;
        nulls = 0;
        if (definitions != null) {
            definitions.reset();
        }
        if (isList) {
            repetitions.reset();
        }
    }

    void close() {
        if (definitions != null) {
            definitions.close();
        }
        if (isList) {
            repetitions.close();
        }
    }

    static IOException noValue(String column) {
        return new IOException("column " + column + " is required, and a row has none");
    }
}
