package exitbox.schemas.segment;

import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Type;
import exitbox.schemas.rows.Vector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType;

/// The rows of a column chunk as long as they are all alike: a value (or NULL) and how often it came. Becomes one page
/// in which levels and values are a run each.
final class Alike {
    private final Column column;
    private final boolean isBytes;
    private final boolean isNull;
    private final long number;
    private final byte[] bytes;
    private long rows;

    /// Begins with the vector's first row.
    Alike(Column column, Vector vector) throws IOException {
        this.column = column;
        this.isBytes = column.type() == Type.STRING || column.type() == Type.BINARY;
        this.isNull = vector.isNull(0);
        if (isNull && column.required()) {
            throw PageLevels.noValue(column.name());
        }
        this.number = !isNull && vector instanceof Vector.Longs longs ? longs.values()[0] : 0;
        this.bytes = !isNull && vector instanceof Vector.Bytes texts ? texts.values()[0] : null;
    }

    long rows() {
        return rows;
    }

    boolean isNull() {
        return isNull;
    }

    long number() {
        return number;
    }

    /// The value's bytes; null for NULL and for numbers.
    byte[] bytes() {
        return bytes;
    }

    /// Takes the first rows of the vector that are like those before; returns how many.
    int take(Vector vector, int count) {
        int r = 0;
        switch (vector) {
            case Vector.Nulls _ -> r = isNull ? count : 0;
            case Vector.Longs longs when longs.nulls() == null -> {
                long[] all = longs.values();
                while (r < count && !isNull && all[r] == number) {
                    r++;
                }
            }
            case Vector.Longs longs -> {
                long[] all = longs.values();
                while (r < count && longs.nulls()[r] == isNull && (isNull || all[r] == number)) {
                    r++;
                }
            }
            case Vector.Bytes texts -> {
                byte[][] all = texts.values();
                while (r < count && (all[r] == bytes || all[r] != null && bytes != null && Arrays.equals(all[r], bytes))) {
                    r++;
                }
            }
            case Vector.Lists _ -> throw new IllegalArgumentException(column.name());
        }
        rows += r;
        return r;
    }

    void write(PageWriter pages, PrimitiveType type) throws IOException {
        int count = Math.toIntExact(rows);
        BytesInput definition = column.required() ? BytesInput.empty() : BytesInput.from(run(count, isNull ? 0 : 1));
        Statistics<?> statistics = statistics(type);
        if (isNull) {
            pages.writePageV2(count, count, count, BytesInput.empty(), definition, Encoding.PLAIN, BytesInput.empty(), statistics);
        } else if (column.type() == Type.BOOLEAN) {
            byte[] run = run(count, (int) number);
            ByteBuffer data = ByteBuffer.allocate(4 + run.length).order(ByteOrder.LITTLE_ENDIAN).putInt(run.length).put(run);
            pages.writePageV2(count, 0, count, BytesInput.empty(), definition, Encoding.RLE, BytesInput.from(data.array()), statistics);
        } else {
            byte[] run = run(count, 0);
            byte[] data = new byte[1 + run.length];
            data[0] = 1; // bits of an index into the dictionary
            System.arraycopy(run, 0, data, 1, run.length);
            pages.writePageV2(count, 0, count, BytesInput.empty(), definition, Encoding.RLE_DICTIONARY, BytesInput.from(data), statistics);
            pages.writeDictionaryPage(new DictionaryPage(BytesInput.from(plain()), 1, Encoding.PLAIN));
        }
    }

    /// The value as a dictionary has it.
    private byte[] plain() {
        ByteBuffer value = ByteBuffer.allocate(isBytes ? 4 + bytes.length : 8).order(ByteOrder.LITTLE_ENDIAN);
        if (isBytes) {
            return value.putInt(bytes.length).put(bytes).array();
        }
        value.putLong(number);
        return column.type() == Type.INT32 ? Arrays.copyOf(value.array(), 4) : value.array();
    }

    private Statistics<?> statistics(PrimitiveType type) {
        if (column.type() == Type.DOUBLE) {
            return Statistics.noopStats(type);
        }
        Statistics<?> statistics = Statistics.createStats(type);
        if (isNull) {
            statistics.incrementNumNulls(rows);
        } else if (isBytes) {
            statistics.updateStats(Binary.fromConstantByteArray(bytes));
        } else {
            Range.update(statistics, column.type(), number);
        }
        return statistics;
    }

    /// A run of `count` times `value`, 0 or 1, in Parquet's hybrid encoding: twice the count as a varint, and the value.
    static byte[] run(int count, int value) {
        byte[] bytes = new byte[6];
        int n = 0;
        for (long rest = (long) count << 1; rest > 0 || n == 0; rest >>>= 7) {
            bytes[n++] = (byte) (rest >= 0x80 ? rest & 0x7f | 0x80 : rest);
        }
        bytes[n++] = (byte) value;
        return Arrays.copyOf(bytes, n);
    }
}
