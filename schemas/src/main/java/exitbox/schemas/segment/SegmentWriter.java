package exitbox.schemas.segment;

import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.contract.Type;
import exitbox.schemas.rows.Batch;
import exitbox.schemas.rows.Vector;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.column.impl.ColumnWriteStoreV2;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;

/// Writes one table's rows into a Parquet file: v2 pages, Zstandard, a CRC on every page.
///
/// Batches go to Parquet's column writers column by column, without records in between. The file
/// is complete only after [#finish]; its caller gives it a temporary name until then.
public final class SegmentWriter implements Closeable {
    private static final int ROW_GROUP_ROWS = 1 << 17;
    private static final int PAGE_BYTES = 256 << 10;
    private static final int PAGE_ROWS = 1 << 15;

    private final TableContract table;
    private final MessageType schema;
    private final ParquetProperties properties;
    private final ParquetFileWriter file;
    private final Zstd zstd = new Zstd();
    private final ColumnDescriptor[] descriptors;
    private final ColumnWriter[] columns;

    private ColumnChunkPageWriteStore pages;
    private ColumnWriteStoreV2 store;
    private long groupRows;
    private long rows;

    public SegmentWriter(Path path, TableContract table) throws IOException {
        this.table = table;
        this.schema = ParquetSchema.of(table);
        this.properties = properties(table);
        this.file = new ParquetFileWriter(new LocalOutputFile(path), schema, ParquetFileWriter.Mode.CREATE, 128 << 20, 0, null, properties);
        this.descriptors = schema.getColumns().toArray(ColumnDescriptor[]::new);
        this.columns = new ColumnWriter[descriptors.length];
        file.start();
    }

    private static ParquetProperties properties(TableContract table) {
        ParquetProperties.Builder builder = ParquetProperties.builder().withWriterVersion(WriterVersion.PARQUET_2_0).withPageSize(
                PAGE_BYTES)
                .withPageRowCountLimit(PAGE_ROWS).withDictionaryPageSize(256 << 10).withPageWriteChecksumEnabled(true)
                .withSizeStatisticsEnabled(false).withAllocator(new HeapByteBufferAllocator()).withStatisticsTruncateLength(64)
                .withColumnIndexTruncateLength(64);
        for (Column column : table.columns()) {
            if (column.type() == Type.INT64 || column.type() == Type.TIMESTAMP) {
                builder.withDictionaryEncoding(path(column), isCountLike(column.name()));
            } else if (column.name().equals("pid") || column.name().equals("tid") || column.name().equals("ns_pid")) {
                builder.withDictionaryEncoding(path(column), false);
            }
        }
        return builder.build();
    }

    /// Numbers that take few values, which a dictionary holds best; the others are differences of
    /// their neighbours (times, seq) or noise.
    private static boolean isCountLike(String column) {
        return !column.endsWith("_ns") && !column.equals("seq") && !column.equals("ts") || column.equals("pid_ns") || column.equals(
                "mnt_ns")
                || column.equals("utime_ns") || column.equals("stime_ns");
    }

    private static String path(Column column) {
        return column.list() ? column.name() + ".list.element" : column.name();
    }

    public TableContract table() {
        return table;
    }

    /// Rows written so far.
    public long rows() {
        return rows;
    }

    public void write(Batch batch) throws IOException {
        if (store == null) {
            startGroup();
        }
        for (int c = 0; c < columns.length; c++) {
            write(columns[c], table.columns().get(c), batch.columns()[c], batch.rows());
        }
        for (int r = 0; r < batch.rows(); r++) {
            store.endRecord();
        }
        groupRows += batch.rows();
        rows += batch.rows();
        if (groupRows >= ROW_GROUP_ROWS) {
            endGroup();
        }
    }

    /// Writes the footer with these facts beside `schema_version`.
    public void finish(Map<String, String> facts) throws IOException {
        endGroup();
        Map<String, String> footer = new LinkedHashMap<>(facts);
        footer.put("exitbox.table", table.table().sqlName());
        footer.put("exitbox.schema_version", Integer.toString(Contract.SCHEMA_VERSION));
        file.end(footer);
    }

    @Override
    public void close() throws IOException {
        try {
            if (store != null) {
                store.close();
                pages.close();
                store = null;
            }
        } finally {
            zstd.release();
            file.close();
        }
    }

    private void startGroup() {
        pages = ColumnChunkPageWriteStore.builder().withSchema(schema).withCompressorProvider(column -> zstd).withAllocator(
                new HeapByteBufferAllocator())
                .withColumnIndexTruncateLength(64).withPageWriteChecksumEnabled(true).build();
        store = new ColumnWriteStoreV2(schema, pages, pages, properties);
        for (int c = 0; c < columns.length; c++) {
            columns[c] = store.getColumnWriter(descriptors[c]);
        }
        groupRows = 0;
    }

    private void endGroup() throws IOException {
        if (store == null) {
            return;
        }
        file.startBlock(groupRows);
        store.flush();
        pages.flushToFileWriter(file);
        file.endBlock();
        store.close();
        pages.close();
        store = null;
    }

    private static void write(ColumnWriter writer, Column column, Vector vector, int rows) {
        int defined = column.required() ? 0 : 1;
        switch (vector) {
            case Vector.Nulls nulls -> {
                for (int r = 0; r < rows; r++) {
                    writer.writeNull(0, 0);
                }
            }
            case Vector.Longs longs -> {
                switch (column.type()) {
                    case INT32 -> writeInts(writer, longs, rows, defined);
                    case BOOLEAN -> writeBooleans(writer, longs, rows, defined);
                    default -> writeLongs(writer, longs, rows, defined);
                }
            }
            case Vector.Bytes bytes -> writeBytes(writer, bytes, rows, defined);
            case Vector.Lists lists -> writeLists(writer, column, lists, rows);
        }
    }

    private static void writeLongs(ColumnWriter writer, Vector.Longs longs, int rows, int defined) {
        long[] values = longs.values();
        for (int r = 0; r < rows; r++) {
            if (longs.isNull(r)) {
                writer.writeNull(0, 0);
            } else {
                writer.write(values[r], 0, defined);
            }
        }
    }

    private static void writeInts(ColumnWriter writer, Vector.Longs longs, int rows, int defined) {
        long[] values = longs.values();
        for (int r = 0; r < rows; r++) {
            if (longs.isNull(r)) {
                writer.writeNull(0, 0);
            } else {
                writer.write((int) values[r], 0, defined);
            }
        }
    }

    private static void writeBooleans(ColumnWriter writer, Vector.Longs longs, int rows, int defined) {
        long[] values = longs.values();
        for (int r = 0; r < rows; r++) {
            if (longs.isNull(r)) {
                writer.writeNull(0, 0);
            } else {
                writer.write(values[r] != 0, 0, defined);
            }
        }
    }

    private static void writeBytes(ColumnWriter writer, Vector.Bytes bytes, int rows, int defined) {
        byte[][] values = bytes.values();
        byte[] last = null;
        Binary binary = null;
        for (int r = 0; r < rows; r++) {
            byte[] value = values[r];
            if (value == null) {
                writer.writeNull(0, 0);
            } else {
                if (value != last) {
                    last = value;
                    binary = Binary.fromConstantByteArray(value);
                }
                writer.write(binary, 0, defined);
            }
        }
    }

    /// The levels of an optional list of optional elements: 0 no list, 1 an empty one, 3 an element.
    private static void writeLists(ColumnWriter writer, Column column, Vector.Lists lists, int rows) {
        for (int r = 0; r < rows; r++) {
            int from = lists.offsets()[r];
            int to = lists.offsets()[r + 1];
            if (lists.isNull(r)) {
                writer.writeNull(0, 0);
            } else if (from == to) {
                writer.writeNull(0, 1);
            }
            for (int e = from; e < to; e++) {
                int repetition = e == from ? 0 : 1;
                switch (lists.elements()) {
                    case Vector.Bytes bytes -> writer.write(Binary.fromConstantByteArray(bytes.values()[e]), repetition, 3);
                    case Vector.Longs longs when column.type() == Type.INT32 -> writer.write((int) longs.values()[e], repetition, 3);
                    case Vector.Longs longs -> writer.write(longs.values()[e], repetition, 3);
                    case Vector.Nulls n -> writer.writeNull(repetition, 2);
                    case Vector.Lists l -> throw new IllegalArgumentException("a list of lists: " + column.name());
                }
            }
        }
    }
}
