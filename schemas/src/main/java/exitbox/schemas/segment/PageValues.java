package exitbox.schemas.segment;

import exitbox.schemas.contract.Type;
import java.io.IOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.io.api.Binary;

/// The values of a column chunk's pages that are not NULL: indexes into a dictionary while one pays, else Parquet's
/// encoding for the type (differences for whole numbers).
final class PageValues {
    private static final int PAGE_BYTES = 256 << 10;

    private final Type type;
    private final ParquetProperties properties;
    private final ValuesWriter plain;
    private Dictionary dictionary;
    private DictionaryPage fullDictionary;
    private boolean firstPage = true;

    /// @param fewValues whether a dictionary is worth a try
    PageValues(Type type, boolean fewValues, ColumnDescriptor descriptor, ParquetProperties properties) {
        this.type = type;
        this.properties = properties;
        this.plain = properties.newValuesWriter(descriptor);
        this.dictionary = fewValues ? new Dictionary(type) : null;
    }

    void add(long[] all, int from, int to) {
        if (dictionary != null) {
            dictionary.add(all, from, to);
            return;
        }
        switch (type) {
            case INT32 -> {
                for (int r = from; r < to; r++) {
                    plain.writeInteger((int) all[r]);
                }
            }
            case BOOLEAN -> {
                for (int r = from; r < to; r++) {
                    plain.writeBoolean(all[r] != 0);
                }
            }
            case DOUBLE -> {
                for (int r = from; r < to; r++) {
                    plain.writeDouble(Double.longBitsToDouble(all[r]));
                }
            }
            default -> {
                for (int r = from; r < to; r++) {
                    plain.writeLong(all[r]);
                }
            }
        }
    }

    void add(long value) {
        if (dictionary != null) {
            dictionary.add(value);
            return;
        }
        switch (type) {
            case INT32 -> plain.writeInteger((int) value);
            case BOOLEAN -> plain.writeBoolean(value != 0);
            case DOUBLE -> plain.writeDouble(Double.longBitsToDouble(value));
            default -> plain.writeLong(value);
        }
    }

    /// The array is kept, see [Dictionary#add(byte\[\])].
    void add(byte[] value) {
        if (dictionary != null) {
            dictionary.add(value);
        } else {
            plain.writeBytes(Binary.fromConstantByteArray(value));
        }
    }

    /// Whether the page should end here.
    boolean isFull() {
        return plain.getBufferedSize() > PAGE_BYTES || dictionary != null && dictionary.isFull();
    }

    /// A page's values as they go into the file.
    record Page(Encoding encoding, BytesInput bytes) {}

    /// The page so far; [#next] begins another. The first page decides whether the dictionary stays.
    Page page() throws IOException {
        if (dictionary != null && firstPage && !dictionary.pays()) {
            dictionary.moveTo(plain);
            dictionary = null;
        }
        firstPage = false;
        if (dictionary != null) {
            return new Page(Encoding.RLE_DICTIONARY, dictionary.indexes(properties.getAllocator()));
        }
        BytesInput bytes = plain.getBytes();
        return new Page(plain.getEncoding(), bytes);
    }

    void next() {
        plain.reset();
        if (dictionary != null && dictionary.isFull()) {
            fullDictionary = dictionary.page();
            dictionary = null;
        }
    }

    /// The dictionary that pages refer to; null when none does.
    DictionaryPage dictionary() {
        return dictionary != null ? dictionary.page() : fullDictionary;
    }

    /// Bytes of memory, roughly.
    long memory() {
        return plain.getAllocatedSize() + (dictionary == null ? 0 : dictionary.memory())
                + (fullDictionary == null ? 0 : fullDictionary.getUncompressedSize());
    }

    void close() {
        plain.close();
    }
}
