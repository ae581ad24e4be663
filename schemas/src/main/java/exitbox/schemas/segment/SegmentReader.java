package exitbox.schemas.segment;

import com.github.luben.zstd.ZstdDecompressCtx;
import exitbox.schemas.catalog.Access;
import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.contract.Type;
import exitbox.schemas.rows.Batch;
import exitbox.schemas.rows.RowSink;
import exitbox.schemas.rows.Vector;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.parquet.VersionParser.ParsedVersion;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReaderImpl;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;

/// Reads some columns of a segment back, without Hadoop: what [SegmentWriter] wrote, a row group at a time. It trusts the
/// file: only one that [SegmentCheck] found whole may be given to it.
public final class SegmentReader {
    private static final ParsedVersion WRITER = new ParsedVersion("parquet-mr", null, null);

    private final TableContract table;
    private final MessageType schema;
    private final Set<String> wanted;

    /// @param columns the names of those that are read; all others are NULL in the batches
    public SegmentReader(TableContract table, Set<String> columns) {
        this.table = table;
        this.schema = ParquetSchema.of(table);
        this.wanted = columns;
    }

    /// Pours all rows into the sink. A column that the file lacks (an older version's) is NULL in every row.
    public void read(Path path, RowSink sink) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(Access.file(path).toFile(), "r");
                ZstdDecompressCtx zstd = new ZstdDecompressCtx()) {
            for (RowGroup group : SegmentCheck.footer(path).getRow_groups()) {
                sink.accept(batch(group, file, zstd));
            }
        } catch (RuntimeException e) {
            throw new IOException(path + ": a column cannot be read back", e);
        }
    }

    /// All rows of the row groups that are whole, of a file that need not be: a group at a time, as far as its footer and
    /// their checksums vouch for them. What cannot be decoded is not whole.
    ///
    /// @return how many of its rows are left out; -1 when its footer cannot be read
    public static long salvage(TableContract table, Path path, RowSink sink) throws IOException {
        SegmentReader reader = new SegmentReader(table, table.columns().stream().map(Column::name).collect(Collectors.toSet()));
        long left = 0;
        try (RandomAccessFile file = new RandomAccessFile(Access.file(path).toFile(), "r");
                ZstdDecompressCtx zstd = new ZstdDecompressCtx()) {
            GroupCheck check;
            List<RowGroup> groups;
            try {
                FileMetaData footer = SegmentCheck.footer(path);
                check = new GroupCheck(table, path, footer);
                groups = footer.getRow_groups();
            } catch (IOException | RuntimeException _) {
                return -1;
            }
            for (RowGroup group : groups) {
                Batch batch;
                try {
                    check.check(group, file, zstd);
                    batch = reader.batch(group, file, zstd);
                } catch (IOException | RuntimeException _) {
                    left += group.getNum_rows();
                    continue;
                }
                sink.accept(batch);
            }
        }
        return left;
    }

    private Batch batch(RowGroup group, RandomAccessFile file, ZstdDecompressCtx zstd) throws IOException {
        int rows = Math.toIntExact(group.getNum_rows());
        Vector[] vectors = new Vector[table.columns().size()];
        Arrays.fill(vectors, new Vector.Nulls());
        for (ColumnChunk chunk : group.getColumns()) {
            int column = table.indexOf(chunk.getMeta_data().getPath_in_schema().getFirst());
            if (column >= 0 && wanted.contains(table.columns().get(column).name())) {
                vectors[column] = vector(table.columns().get(column), new ChunkPages(file, chunk.getMeta_data(), zstd), rows);
            }
        }
        return new Batch(table, rows, vectors);
    }

    private Vector vector(Column column, ChunkPages pages, int rows) {
        ColumnDescriptor descriptor = schema.getColumnDescription(column.list()
                ? new String[]{column.name(), "list", "element"}
                : new String[]{column.name()});
        ColumnReader reader = new ColumnReaderImpl(descriptor, pages, new PrimitiveConverter() {
        }, WRITER);
        int count = Math.toIntExact(pages.getTotalValueCount());
        if (!column.list()) {
            Values values = new Values(column.type(), count);
            for (int row = 0; row < count; row++) {
                values.take(reader, reader.getCurrentDefinitionLevel() == descriptor.getMaxDefinitionLevel());
                reader.consume();
            }
            return values.vector();
        }
        int most = descriptor.getMaxDefinitionLevel();
        Values values = new Values(column.type(), count);
        int[] offsets = new int[rows + 1];
        boolean[] nulls = new boolean[rows];
        int row = 0;
        for (int i = 0; i < count; i++) {
            int definition = reader.getCurrentDefinitionLevel();
            if (reader.getCurrentRepetitionLevel() == 0) {
                // As PageLevels writes them: 0 no list, 1 an empty one, 2 a NULL element, 3 an element.
                nulls[row++] = definition < most - 2;
            }
            if (definition >= most - 1) {
                values.take(reader, definition == most);
            }
            offsets[row] = values.size;
            reader.consume();
        }
        return new Vector.Lists(values.vector(), offsets, nulls);
    }

    /// Values of one type on their way into a vector.
    private static final class Values {
        private final Type type;
        private final long[] longs;
        private final byte[][] bytes;
        private boolean[] nulls;
        private int size;

        Values(Type type, int most) {
            this.type = type;
            boolean texts = type == Type.STRING || type == Type.BINARY;
            this.longs = texts ? null : new long[most];
            this.bytes = texts ? new byte[most][] : null;
        }

        void take(ColumnReader reader, boolean there) {
            if (there) {
                switch (type) {
                    case INT32 -> longs[size] = reader.getInteger();
                    case INT64, TIMESTAMP -> longs[size] = reader.getLong();
                    case BOOLEAN -> longs[size] = reader.getBoolean() ? 1 : 0;
                    case DOUBLE -> longs[size] = Double.doubleToRawLongBits(reader.getDouble());
                    case STRING, BINARY -> bytes[size] = reader.getBinary().getBytes();
                }
            } else if (bytes == null) {
                nulls = nulls == null ? new boolean[longs.length] : nulls;
                nulls[size] = true;
            }
            size++;
        }

        Vector vector() {
            return bytes == null ? new Vector.Longs(longs, nulls) : new Vector.Bytes(bytes);
        }
    }
}
