package exitbox.schemas.decode;

import exitbox.schemas.contract.Table;
import exitbox.schemas.spool.Frame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Records of several frames, copied together so that small frames still make large batches:
/// for each table the places and seq numbers of its records in `bytes`.
final class Chunk {
    /// Rows of one table that make a chunk full; the size of every column's scratch array.
    static final int MAX_ROWS = 1024;

    // Also of what is decoded at once: that takes several times as much.
    private static final int FULL = 1 << 18;

    /// The frames' bytes, one after another, little endian. A buffer, not an array with a VarHandle: that is as fast
    /// on C2 and several times as fast on C1, which the recorder runs on.
    ByteBuffer bytes = buffer(FULL / 8);
    private int length;
    private final Rows[] tables = new Rows[Table.NUMBERS];
    private int mostRows;
    private int noted;

    /// Places of records (of the record header, in `bytes`) and their seq numbers.
    static final class Rows {
        final int[] places = new int[MAX_ROWS];
        final long[] seqs = new long[MAX_ROWS];
        int count;
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Whether another frame may be added before the chunk is decoded and cleared.
    boolean isFull() {
        return length >= FULL || mostRows >= MAX_ROWS;
    }

    /// Takes a frame's bytes; returns where they begin in `bytes`.
    int append(Frame frame) {
        if (length + frame.length() > bytes.capacity()) {
            bytes = buffer(Math.max(length + frame.length(), bytes.capacity() * 2)).put(0, bytes.array(), 0, length);
        }
        bytes.put(length, frame.records(), 0, frame.length());
        int start = length;
        length += frame.length();
        return start;
    }

    /// Notes a record of this table number; false when those before it have to be decoded first.
    boolean add(int table, int place, int bytes, long seq) {
        Rows rows = tables[table];
        if (rows == null) {
            rows = tables[table] = new Rows();
        }
        if (rows.count == MAX_ROWS || noted > 0 && noted + bytes > FULL) {
            return false;
        }
        noted += bytes;
        rows.places[rows.count] = place;
        rows.seqs[rows.count] = seq;
        rows.count++;
        mostRows = Math.max(mostRows, rows.count);
        return true;
    }

    /// The records of a table number; null or empty when there are none.
    Rows rows(int table) {
        return tables[table];
    }

    /// Forgets the bytes, and the records noted in them.
    void clear() {
        forget();
        length = 0;
        mostRows = 0;
    }

    /// Forgets the records that were noted, as they are decoded.
    void forget() {
        noted = 0;
        for (Rows rows : tables) {
            if (rows != null) {
                rows.count = 0;
            }
        }
    }
}
