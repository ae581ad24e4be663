package exitbox.schemas.decode;

import exitbox.schemas.decode.Chunk.Rows;
import exitbox.schemas.layout.Field;
import exitbox.schemas.rows.Vector;
import exitbox.schemas.spool.SpoolFormat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongPredicate;
import java.util.function.LongUnaryOperator;

/// Reads one column of a table out of a chunk's records. Its vector is reused by the next call.
///
/// Each reader is a loop over one field: column by column the same few instructions run over
/// thousands of records, which the compiler turns into good code and the caches like.
abstract class ColumnReader {
    abstract Vector read(Chunk chunk, Rows rows);

    /// A reader into longs; `fill` sets `values`, and `nulls` where it has any.
    private abstract static class OfLongs extends ColumnReader {
        final long[] values = new long[Chunk.MAX_ROWS];

        abstract void fill(Chunk chunk, Rows rows);

        @Override
        Vector read(Chunk chunk, Rows rows) {
            fill(chunk, rows);
            return new Vector.Longs(values, null);
        }
    }

    /// The seq numbers.
    static ColumnReader seq() {
        return new OfLongs() {
            @Override
            void fill(Chunk chunk, Rows rows) {
                System.arraycopy(rows.seqs, 0, values, 0, rows.count);
            }
        };
    }

    /// A field of 4 bytes as a signed number.
    static ColumnReader int32(Field field) {
        int offset = field.offset();
        return new OfLongs() {
            @Override
            void fill(Chunk chunk, Rows rows) {
                ByteBuffer data = chunk.bytes;
                int[] places = rows.places;
                for (int r = 0; r < rows.count; r++) {
                    values[r] = data.getInt(places[r] + offset);
                }
            }
        };
    }

    /// A field of 4 bytes as an unsigned number (ids: 4294967295 is the kernel's "unset").
    static ColumnReader uint32(Field field) {
        int offset = field.offset();
        return new OfLongs() {
            @Override
            void fill(Chunk chunk, Rows rows) {
                ByteBuffer data = chunk.bytes;
                int[] places = rows.places;
                for (int r = 0; r < rows.count; r++) {
                    values[r] = Integer.toUnsignedLong(data.getInt(places[r] + offset));
                }
            }
        };
    }

    /// A field of 8 bytes. All ones is how the BPF programs say that the kernel does not tell: NULL.
    static ColumnReader int64(Field field) {
        int offset = field.offset();
        long[] values = new long[Chunk.MAX_ROWS];
        boolean[] nulls = new boolean[Chunk.MAX_ROWS];
        return new ColumnReader() {
            @Override
            Vector read(Chunk chunk, Rows rows) {
                ByteBuffer data = chunk.bytes;
                int[] places = rows.places;
                boolean any = false;
                for (int r = 0; r < rows.count; r++) {
                    long value = data.getLong(places[r] + offset);
                    values[r] = value;
                    nulls[r] = value == -1;
                    any |= value == -1;
                }
                return new Vector.Longs(values, any ? nulls : null);
            }
        };
    }

    /// A field of 8 bytes, of which only the bits of `mask` are the number.
    static ColumnReader masked(Field field, long mask) {
        int offset = field.offset();
        return new OfLongs() {
            @Override
            void fill(Chunk chunk, Rows rows) {
                ByteBuffer data = chunk.bytes;
                int[] places = rows.places;
                for (int r = 0; r < rows.count; r++) {
                    values[r] = data.getLong(places[r] + offset) & mask;
                }
            }
        };
    }

    /// A number made of a field of 4 bytes (unsigned); NULL where `present` does not hold.
    static ColumnReader derived(Field field, LongPredicate present, LongUnaryOperator value) {
        int offset = field.offset();
        long[] values = new long[Chunk.MAX_ROWS];
        boolean[] nulls = new boolean[Chunk.MAX_ROWS];
        return new ColumnReader() {
            @Override
            Vector read(Chunk chunk, Rows rows) {
                ByteBuffer data = chunk.bytes;
                int[] places = rows.places;
                boolean any = false;
                for (int r = 0; r < rows.count; r++) {
                    long raw = Integer.toUnsignedLong(data.getInt(places[r] + offset));
                    boolean isNull = !present.test(raw);
                    values[r] = isNull ? 0 : value.applyAsLong(raw);
                    nulls[r] = isNull;
                    any |= isNull;
                }
                return new Vector.Longs(values, any ? nulls : null);
            }
        };
    }

    /// A field of 4 bytes (signed) or 8; NULL where two other fields, of 4 bytes, are equal.
    static ColumnReader unlessEqual(Field field, Field one, Field other) {
        long[] values = new long[Chunk.MAX_ROWS];
        boolean[] nulls = new boolean[Chunk.MAX_ROWS];
        return new ColumnReader() {
            @Override
            Vector read(Chunk chunk, Rows rows) {
                ByteBuffer data = chunk.bytes;
                boolean any = false;
                for (int r = 0; r < rows.count; r++) {
                    int place = rows.places[r];
                    boolean isNull = data.getInt(place + one.offset()) == data.getInt(place + other.offset());
                    int at = place + field.offset();
                    values[r] = isNull ? 0 : field.size() == 8 ? data.getLong(at) : data.getInt(at);
                    nulls[r] = isNull;
                    any |= isNull;
                }
                return new Vector.Longs(values, any ? nulls : null);
            }
        };
    }

    /// Wall time of the record.
    static ColumnReader timestamp(ClockLine clock) {
        return new OfLongs() {
            @Override
            void fill(Chunk chunk, Rows rows) {
                for (int r = 0; r < rows.count; r++) {
                    values[r] = clock.microsAt(chunk.bytes.getLong(rows.places[r] + SpoolFormat.BOOT_OFFSET));
                }
            }
        };
    }

    /// The UTC day of the record's wall time.
    static ColumnReader date(ClockLine clock, Days days) {
        byte[][] values = new byte[Chunk.MAX_ROWS][];
        return new ColumnReader() {
            @Override
            Vector read(Chunk chunk, Rows rows) {
                for (int r = 0; r < rows.count; r++) {
                    values[r] = days.of(clock.microsAt(chunk.bytes.getLong(rows.places[r] + SpoolFormat.BOOT_OFFSET)));
                }
                return new Vector.Bytes(values);
            }
        };
    }

    /// The same text in every row.
    static ColumnReader constant(String text) {
        byte[][] values = new byte[Chunk.MAX_ROWS][];
        Arrays.fill(values, text.getBytes(StandardCharsets.UTF_8));
        Vector vector = new Vector.Bytes(values);
        return new ColumnReader() {
            @Override
            Vector read(Chunk chunk, Rows rows) {
                return vector;
            }
        };
    }

    /// A column that the kernel's record does not give.
    static ColumnReader nulls() {
        Vector vector = new Vector.Nulls();
        return new ColumnReader() {
            @Override
            Vector read(Chunk chunk, Rows rows) {
                return vector;
            }
        };
    }

    /// What a form of a name field (`char[16]`, ended by a NUL) is: its bytes, its text, …
    interface NameForm {
        byte[] of(Name name);
    }

    static ColumnReader name(Field field, NameCache cache, NameForm form) {
        int offset = field.offset();
        byte[][] values = new byte[Chunk.MAX_ROWS][];
        return new ColumnReader() {
            @Override
            Vector read(Chunk chunk, Rows rows) {
                for (int r = 0; r < rows.count; r++) {
                    values[r] = form.of(cache.at(chunk.bytes, rows.places[r] + offset));
                }
                return new Vector.Bytes(values);
            }
        };
    }

    /// A name looked up by an id of 8 bytes; NULL when the recording has none for it.
    static ColumnReader cgroup(Field field, CgroupNames names, NameForm form) {
        int offset = field.offset();
        byte[][] values = new byte[Chunk.MAX_ROWS][];
        return new ColumnReader() {
            @Override
            Vector read(Chunk chunk, Rows rows) {
                for (int r = 0; r < rows.count; r++) {
                    Name name = names.get(chunk.bytes.getLong(rows.places[r] + offset));
                    values[r] = name == null ? null : form.of(name);
                }
                return new Vector.Bytes(values);
            }
        };
    }

    /// Chosen elements of an array of 8-byte numbers, as a list.
    static ColumnReader int64s(Field field, int[] elements) {
        return new ColumnReader() {
            @Override
            Vector read(Chunk chunk, Rows rows) {
                long[] values = new long[rows.count * elements.length];
                int[] offsets = new int[rows.count + 1];
                int n = 0;
                for (int r = 0; r < rows.count; r++) {
                    for (int element : elements) {
                        values[n++] = chunk.bytes.getLong(rows.places[r] + field.offset() + 8 * element);
                    }
                    offsets[r + 1] = n;
                }
                return new Vector.Lists(new Vector.Longs(values, null), offsets, null);
            }
        };
    }

    /// The same list of texts in every row.
    static ColumnReader constants(String[] texts) {
        return new ColumnReader() {
            @Override
            Vector read(Chunk chunk, Rows rows) {
                byte[][] values = new byte[rows.count * texts.length][];
                int[] offsets = new int[rows.count + 1];
                for (int i = 0; i < values.length; i++) {
                    values[i] = texts[i % texts.length].getBytes(StandardCharsets.UTF_8);
                }
                for (int r = 0; r < rows.count; r++) {
                    offsets[r + 1] = (r + 1) * texts.length;
                }
                return new Vector.Lists(new Vector.Bytes(values), offsets, null);
            }
        };
    }
}
