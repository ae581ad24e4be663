package exitbox.schemas.segment;

import exitbox.schemas.contract.Type;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.io.api.Binary;

/// The distinct values of a column chunk, and a page's values as indexes into them. Either of numbers or of bytes.
///
/// Parquet has this too, behind a virtual call, a boxed hash map and a size check for each value; this one costs a third.
final class Dictionary {
    /// From here on a dictionary costs more than it gives; its user changes to another encoding.
    private static final int MOST = 1 << 15;

    private static final int EMPTY = -1;
    // What an array takes beside its elements.
    private static final int ARRAY = 24;

    private final Type type;
    private long[] longs;
    private byte[][] texts;
    private int[] slots = empty(256);
    private int size;
    private long plainBytes;
    private long textBytes;
    private int[] indexes = new int[1024];
    private int count;
    private byte[] lastText;
    private int lastIndex;

    Dictionary(Type type) {
        this.type = type;
        if (type == Type.STRING || type == Type.BINARY) {
            texts = new byte[64][];
        } else {
            longs = new long[64];
        }
    }

    boolean isFull() {
        return size > MOST || plainBytes > 1 << 20;
    }

    /// Bytes of memory, roughly.
    long memory() {
        return textBytes + 4L * (slots.length + indexes.length) + (texts == null ? 8L * longs.length : 4L * texts.length);
    }

    void add(long[] all, int from, int to) {
        reserve(to - from);
        for (int r = from; r < to; r++) {
            indexes[count++] = indexOf(all[r]);
        }
    }

    void add(long value) {
        reserve(1);
        indexes[count++] = indexOf(value);
    }

    /// The array is kept: names come as shared arrays, and the same one again is found without a look at its bytes.
    void add(byte[] value) {
        reserve(1);
        if (value != lastText) {
            lastIndex = indexOf(value);
            lastText = value;
        }
        indexes[count++] = lastIndex;
    }

    private void reserve(int more) {
        if (count + more > indexes.length) {
            indexes = Arrays.copyOf(indexes, Math.max(count + more, indexes.length * 2));
        }
    }

    private int indexOf(long value) {
        int slot = slot(value);
        for (int index = slots[slot]; index != EMPTY; index = slots[slot]) {
            if (longs[index] == value) {
                return index;
            }
            slot = slot + 1 & slots.length - 1;
        }
        if (size == longs.length) {
            longs = Arrays.copyOf(longs, size * 2);
        }
        longs[size] = value;
        plainBytes += type == Type.INT32 ? 4 : 8;
        return take(slot);
    }

    private int indexOf(byte[] value) {
        int slot = slot(hash(value));
        for (int index = slots[slot]; index != EMPTY; index = slots[slot]) {
            if (texts[index] == value || Arrays.equals(texts[index], value)) {
                return index;
            }
            slot = slot + 1 & slots.length - 1;
        }
        if (size == texts.length) {
            texts = Arrays.copyOf(texts, size * 2);
        }
        texts[size] = value;
        plainBytes += 4 + value.length;
        textBytes += ARRAY + value.length;
        return take(slot);
    }

    private int take(int slot) {
        slots[slot] = size++;
        if (size * 2 > slots.length) {
            slots = empty(slots.length * 4);
            for (int index = 0; index < size; index++) {
                int free = texts == null ? slot(longs[index]) : slot(hash(texts[index]));
                while (slots[free] != EMPTY) {
                    free = free + 1 & slots.length - 1;
                }
                slots[free] = index;
            }
        }
        return size - 1;
    }

    private int slot(long value) {
        long mixed = value * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 40) & slots.length - 1;
    }

    private static long hash(byte[] value) {
        long hash = value.length;
        for (byte b : value) {
            hash = hash * 31 + b;
        }
        return hash;
    }

    private static int[] empty(int length) {
        int[] slots = new int[length];
        Arrays.fill(slots, EMPTY);
        return slots;
    }

    /// Whether the page so far is smaller with the dictionary than without.
    boolean pays() {
        long plain = 0;
        if (texts == null) {
            plain = (long) count * (type == Type.INT32 ? 4 : 8);
        } else {
            for (int i = 0; i < count; i++) {
                plain += 4 + texts[indexes[i]].length;
            }
        }
        return plainBytes + (long) count * width() / 8 < plain;
    }

    /// Writes the page's values with another encoding instead.
    void moveTo(ValuesWriter writer) {
        for (int i = 0; i < count; i++) {
            switch (type) {
                case STRING, BINARY -> writer.writeBytes(Binary.fromConstantByteArray(texts[indexes[i]]));
                case INT32 -> writer.writeInteger((int) longs[indexes[i]]);
                default -> writer.writeLong(longs[indexes[i]]);
            }
        }
        count = 0;
    }

    /// The page's values as Parquet has them: the width of an index, then the indexes, packed. Starts the next page.
    BytesInput indexes(ByteBufferAllocator allocator) throws IOException {
        try (RunLengthBitPackingHybridEncoder packed = new RunLengthBitPackingHybridEncoder(width(), 256, 1 << 18, allocator)) {
            for (int i = 0; i < count; i++) {
                packed.writeInt(indexes[i]);
            }
            count = 0;
            ByteArrayOutputStream page = new ByteArrayOutputStream();
            page.write(width());
            packed.toBytes().writeAllTo(page);
            return BytesInput.from(page);
        }
    }

    private int width() {
        return Math.max(1, 32 - Integer.numberOfLeadingZeros(size - 1));
    }

    DictionaryPage page() {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(plainBytes)).order(ByteOrder.LITTLE_ENDIAN);
        for (int index = 0; index < size; index++) {
            switch (type) {
                case STRING, BINARY -> bytes.putInt(texts[index].length).put(texts[index]);
                case INT32 -> bytes.putInt((int) longs[index]);
                default -> bytes.putLong(longs[index]);
            }
        }
        return new DictionaryPage(BytesInput.from(bytes.array()), size, Encoding.PLAIN);
    }
}
