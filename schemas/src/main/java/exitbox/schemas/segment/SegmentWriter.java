package exitbox.schemas.segment;

import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.rows.Batch;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;

/// Writes one table's rows into a Parquet file: v2 pages, Zstandard, a CRC on every page.
///
/// The file is complete only after [#finish]; its caller gives it a temporary name until then.
public final class SegmentWriter implements Closeable {
    private static final int ROW_GROUP_ROWS = 1 << 16;
    // Only texts that are all different get a group this large.
    static final long MOST_MEMORY = 4 << 20;
    private static final int LONGEST_STATISTIC = 64;

    // Numbers that take few values are smallest in a dictionary; all others as differences to their neighbours.
    private static final Set<String> FEW_VALUES = Set.of("cpu", "ppid", "status", "code", "signal", "leader_status", "last_status", "uid",
            "gid",
            "loginuid",
            "audit_session", "sid", "pgid", "cgroup_id", "pid_ns", "mnt_ns", "threads", "utime_ns", "stime_ns", "max_rss_bytes",
            "minor_faults",
            "major_faults", "voluntary_switches", "involuntary_switches", "read_bytes", "write_bytes", "exit_signal", "oom_score_adj");

    private final TableContract table;
    private final MessageType schema;
    private final ParquetProperties properties;
    private final ParquetFileWriter file;
    private final Zstd zstd = new Zstd();
    private final ColumnDescriptor[] descriptors;
    private final ColumnChunkWriter[] columns;

    private ColumnChunkPageWriteStore pages;
    private long groupRows;
    private long rows;

    public SegmentWriter(Path path, TableContract table) throws IOException {
        this.table = table;
        this.schema = ParquetSchema.of(table);
        this.properties = properties();
        this.file = new ParquetFileWriter(new LocalOutputFile(path), schema, ParquetFileWriter.Mode.CREATE, 128 << 20, 0, null, properties);
        this.descriptors = schema.getColumns().toArray(ColumnDescriptor[]::new);
        this.columns = new ColumnChunkWriter[descriptors.length];
        file.start();
    }

    private static ParquetProperties properties() {
        return ParquetProperties.builder().withWriterVersion(WriterVersion.PARQUET_2_0)
                .withDictionaryEncoding(false).withPageWriteChecksumEnabled(true).withAllocator(new HeapByteBufferAllocator())
                .withStatisticsTruncateLength(LONGEST_STATISTIC).withColumnIndexTruncateLength(LONGEST_STATISTIC).build();
    }

    /// Whether a dictionary is worth a try: for texts, and for numbers that take few values.
    private static boolean fewValues(Column column) {
        return switch (column.type()) {
            case STRING, BINARY -> true;
            case INT32, INT64 -> FEW_VALUES.contains(column.name());
            case BOOLEAN, DOUBLE, TIMESTAMP -> false;
        };
    }

    public TableContract table() {
        return table;
    }

    /// Rows written so far.
    public long rows() {
        return rows;
    }

    /// Bytes of memory that the open row group takes, roughly: it goes to the file as a whole.
    long memory() {
        long bytes = 0;
        if (pages != null) {
            for (ColumnChunkWriter column : columns) {
                bytes += column.memory();
            }
        }
        return bytes;
    }

    public void write(Batch batch) throws IOException {
        if (batch.rows() == 0) {
            return;
        }
        if (pages == null) {
            startGroup();
        }
        for (int c = 0; c < columns.length; c++) {
            columns[c].write(batch.columns()[c], batch.rows());
        }
        groupRows += batch.rows();
        rows += batch.rows();
        if (groupRows >= ROW_GROUP_ROWS || memory() >= MOST_MEMORY) {
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
            freeGroup();
        } finally {
            zstd.release();
            file.close();
        }
    }

    private void startGroup() {
        pages = ColumnChunkPageWriteStore.builder().withSchema(schema).withCompressorProvider(column -> zstd)
                .withAllocator(properties.getAllocator()).withColumnIndexTruncateLength(LONGEST_STATISTIC)
                .withPageWriteChecksumEnabled(true)
                .build();
        for (int c = 0; c < columns.length; c++) {
            columns[c] = new ColumnChunkWriter(table.columns().get(c), fewValues(table.columns().get(c)), descriptors[c], properties,
                    pages.getPageWriter(descriptors[c]));
        }
        groupRows = 0;
    }

    /// Ends the row group with the rows so far.
    void endGroup() throws IOException {
        if (pages == null) {
            return;
        }
        file.startBlock(groupRows);
        for (ColumnChunkWriter column : columns) {
            column.finish();
        }
        pages.flushToFileWriter(file);
        file.endBlock();
        freeGroup();
    }

    private void freeGroup() {
        if (pages != null) {
            for (ColumnChunkWriter column : columns) {
                column.close();
            }
            pages.close();
            pages = null;
        }
    }
}
