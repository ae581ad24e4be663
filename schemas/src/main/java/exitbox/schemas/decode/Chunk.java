package exitbox.schemas.decode;

import exitbox.schemas.contract.Table;
import exitbox.schemas.spool.Frame;
import java.util.Arrays;

/// Records of several frames, copied together so that small frames still make large batches:
/// for each table the places and seq numbers of its records in `data`.
final class Chunk {
    /// Rows of one table that make a chunk full; the size of every column's scratch array.
    static final int MAX_ROWS = 4096;

    private static final int FULL = 1 << 20;

    byte[] data = new byte[FULL / 8];
    private int length;
    private final Rows[] tables = new Rows[Table.NUMBERS];
    private int mostRows;

    /// Places of records (of the record header, in `data`), their lengths and seq numbers.
    static final class Rows {
        final int[] places = new int[MAX_ROWS];
        final int[] lengths = new int[MAX_ROWS];
        final long[] seqs = new long[MAX_ROWS];
        int count;
    }

    /// Whether another frame may be added before the chunk is decoded and cleared.
    boolean isFull() {
        return length >= FULL || mostRows >= MAX_ROWS;
    }

    /// Takes a frame's bytes; returns where they begin in `data`.
    int append(Frame frame) {
        if (length + frame.length() > data.length) {
            data = Arrays.copyOf(data, Math.max(length + frame.length(), data.length * 2));
        }
        System.arraycopy(frame.data(), 0, data, length, frame.length());
        int start = length;
        length += frame.length();
        return start;
    }

    /// Notes a record of this table number; false when the table's rows are full.
    boolean add(int table, int place, int recordLength, long seq) {
        Rows rows = tables[table];
        if (rows == null) {
            rows = tables[table] = new Rows();
        }
        if (rows.count == MAX_ROWS) {
            return false;
        }
        rows.places[rows.count] = place;
        rows.lengths[rows.count] = recordLength;
        rows.seqs[rows.count] = seq;
        rows.count++;
        mostRows = Math.max(mostRows, rows.count);
        return true;
    }

    /// The records of a table number; null or empty when there are none.
    Rows rows(int table) {
        return tables[table];
    }

    void clear() {
        length = 0;
        mostRows = 0;
        for (Rows rows : tables) {
            if (rows != null) {
                rows.count = 0;
            }
        }
    }
}
