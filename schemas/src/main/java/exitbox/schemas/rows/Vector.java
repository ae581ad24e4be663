package exitbox.schemas.rows;

/// One column's values for the rows of a [Batch].
public sealed interface Vector permits Vector.Longs, Vector.Bytes, Vector.Lists, Vector.Nulls {

    boolean isNull(int row);

    /// INT32, INT64, BOOLEAN (0 or 1), TIMESTAMP (microseconds since 1970) and DOUBLE (as raw bits).
    /// `nulls` is null when no row is NULL.
    record Longs(long[] values, boolean[] nulls) implements Vector {
        @Override
        public boolean isNull(int row) {
            return nulls != null && nulls[row];
        }
    }

    /// STRING (UTF-8) and BINARY; a null element is NULL. Elements may be shared between rows
    /// and batches and are never changed.
    record Bytes(byte[][] values) implements Vector {
        @Override
        public boolean isNull(int row) {
            return values[row] == null;
        }
    }

    /// Lists: row r has the elements `offsets[r]` to `offsets[r + 1]`; a NULL list has `nulls[r]` set.
    record Lists(Vector elements, int[] offsets, boolean[] nulls) implements Vector {
        @Override
        public boolean isNull(int row) {
            return nulls != null && nulls[row];
        }
    }

    /// A column that is NULL in every row.
    record Nulls() implements Vector {
        @Override
        public boolean isNull(int row) {
            return true;
        }
    }
}
