package exitbox.schemas.decode;

import exitbox.schemas.decode.Chunk.Rows;
import exitbox.schemas.decode.Parts.Part;
import exitbox.schemas.layout.Field;
import exitbox.schemas.rows.Vector;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Readers of columns that are made of a record's variable parts. The parts lie within their records: [Parts#misplaced]
/// was asked before.
final class PartReaders {
    // More room than this is given back after a batch.
    private static final int USUAL_ELEMENTS = 1 << 15;

    /// The caches of a spool's decoding: about 2 MiB when full of the longest.
    record Caches(Contents<Name> texts, Contents<Arguments> arguments, Contents<Arguments> living) {
        Caches() {
            this(new Contents<>(1 << 10, 256, Name::of), new Contents<>(1 << 9, 512, Arguments::of),
                    new Contents<>(1, 0, Arguments::ofLiving));
        }
    }

    private PartReaders() {
    }

    /// A part as bytes or text; NULL when it is not known.
    static ColumnReader text(Part part, Contents<Name> texts, ColumnReader.NameForm form) {
        byte[][] values = new byte[Chunk.MAX_ROWS][];
        return new ColumnReader() {
            @Override
            Vector read(Chunk chunk, Rows rows) {
                ByteBuffer data = chunk.bytes;
                for (int r = 0; r < rows.count; r++) {
                    int record = rows.places[r];
                    values[r] = part.isKnown(data, record)
                            ? form.of(texts.at(data, part.place(data, record), part.length(data, record)))
                            : null;
                }
                return new Vector.Bytes(values);
            }
        };
    }

    /// What was kept of a program's arguments: NULL when nothing was, though it had some.
    private static Arguments kept(Part part, Field argsBytes, Contents<Arguments> all, ByteBuffer data, int record) {
        int length = part.length(data, record);
        boolean none = length < 0 || length == 0 && argsBytes != null && data.getLong(record + argsBytes.offset()) != 0;
        return none ? null : all.at(data, part.place(data, record), length);
    }

    /// The arguments one by one.
    static ColumnReader list(Part part, Field argsBytes, Contents<Arguments> all) {
        int[] offsets = new int[Chunk.MAX_ROWS + 1];
        boolean[] nulls = new boolean[Chunk.MAX_ROWS];
        return new ColumnReader() {
            private byte[][] elements = new byte[1024][];

            @Override
            Vector read(Chunk chunk, Rows rows) {
                if (elements.length > USUAL_ELEMENTS) {
                    elements = new byte[USUAL_ELEMENTS][];
                }
                int count = 0;
                for (int r = 0; r < rows.count; r++) {
                    Arguments arguments = kept(part, argsBytes, all, chunk.bytes, rows.places[r]);
                    nulls[r] = arguments == null;
                    if (arguments != null) {
                        byte[][] list = arguments.list();
                        if (count + list.length > elements.length) {
                            elements = Arrays.copyOf(elements, Math.max(count + list.length, elements.length * 2));
                        }
                        System.arraycopy(list, 0, elements, count, list.length);
                        count += list.length;
                    }
                    offsets[r + 1] = count;
                }
                return new Vector.Lists(new Vector.Bytes(elements), offsets, nulls);
            }
        };
    }

    /// The arguments as a line.
    static ColumnReader line(Part part, Field argsBytes, Contents<Arguments> all) {
        byte[][] values = new byte[Chunk.MAX_ROWS][];
        return new ColumnReader() {
            @Override
            Vector read(Chunk chunk, Rows rows) {
                for (int r = 0; r < rows.count; r++) {
                    Arguments arguments = kept(part, argsBytes, all, chunk.bytes, rows.places[r]);
                    values[r] = arguments == null ? null : arguments.line();
                }
                return new Vector.Bytes(values);
            }
        };
    }

    /// Whether arguments are missing at the end; NULL when there is nothing to tell it by.
    static ColumnReader truncated(Part part, Field argsBytes) {
        long[] values = new long[Chunk.MAX_ROWS];
        boolean[] nulls = new boolean[Chunk.MAX_ROWS];
        return new ColumnReader() {
            @Override
            Vector read(Chunk chunk, Rows rows) {
                for (int r = 0; r < rows.count; r++) {
                    int record = rows.places[r];
                    long all = chunk.bytes.getLong(record + argsBytes.offset());
                    nulls[r] = all == -1 || !part.isKnown(chunk.bytes, record);
                    values[r] = !nulls[r] && all > part.length(chunk.bytes, record) ? 1 : 0;
                }
                return new Vector.Longs(values, nulls);
            }
        };
    }
}
