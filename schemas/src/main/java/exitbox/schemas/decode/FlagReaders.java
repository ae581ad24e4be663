package exitbox.schemas.decode;

import exitbox.schemas.decode.Chunk.Rows;
import exitbox.schemas.layout.Field;
import exitbox.schemas.rows.Vector;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Readers of columns that hang on flags, and of words for numbers.
final class FlagReaders {
    private FlagReaders() {
    }

    /// Whether a bit of the flags is set.
    static ColumnReader bit(Field flags, int bit) {
        return ColumnReader.derived(flags, all -> true, all -> (all & bit) != 0 ? 1 : 0);
    }

    /// The word that stands for a number, the first one for 0; NULL for a null word and beyond the last.
    static ColumnReader word(Field field, String... words) {
        byte[][] texts = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            texts[i] = words[i] == null ? null : words[i].getBytes(StandardCharsets.US_ASCII);
        }
        byte[][] values = new byte[Chunk.MAX_ROWS][];
        Vector nulls = new Vector.Nulls();
        return new ColumnReader() {
            @Override
            Vector read(Chunk chunk, Rows rows) {
                boolean any = false;
                for (int r = 0; r < rows.count; r++) {
                    int number = chunk.bytes.getInt(rows.places[r] + field.offset());
                    values[r] = number >= 0 && number < texts.length ? texts[number] : null;
                    any |= values[r] != null;
                }
                return any ? new Vector.Bytes(values) : nulls;
            }
        };
    }

    /// What another reader gives, where the bit is as `wanted`; else NULL. The other reader is this one's alone.
    static ColumnReader where(Field flags, int bit, boolean wanted, ColumnReader other) {
        boolean[] nulls = new boolean[Chunk.MAX_ROWS];
        Vector none = new Vector.Nulls();
        return new ColumnReader() {
            @Override
            Vector read(Chunk chunk, Rows rows) {
                ByteBuffer data = chunk.bytes;
                boolean any = false;
                for (int r = 0; r < rows.count; r++) {
                    boolean holds = (data.getInt(rows.places[r] + flags.offset()) & bit) != 0 == wanted;
                    nulls[r] = !holds;
                    any |= holds;
                }
                return any ? masked(other.read(chunk, rows), rows.count) : none;
            }

            private Vector masked(Vector vector, int count) {
                switch (vector) {
                    case Vector.Longs longs when longs.nulls() == null -> {
                        return new Vector.Longs(longs.values(), nulls);
                    }
                    case Vector.Longs longs -> {
                        for (int r = 0; r < count; r++) {
                            nulls[r] |= longs.nulls()[r];
                        }
                        return new Vector.Longs(longs.values(), nulls);
                    }
                    case Vector.Bytes bytes -> {
                        for (int r = 0; r < count; r++) {
                            if (nulls[r]) {
                                bytes.values()[r] = null;
                            }
                        }
                        return bytes;
                    }
                    case Vector.Nulls _ -> {
                        return vector;
                    }
                    case Vector.Lists _ -> throw new IllegalArgumentException("no list hangs on a flag");
                }
            }
        };
    }
}
