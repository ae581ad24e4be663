package exitbox.analyzer.recording;

import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Table;
import exitbox.schemas.segment.SegmentCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Statistics;

/// What a segment's own footer tells of it: as much as a catalog line would, of this one file.
public final class Footer {
    /// The smallest and the largest value of a column.
    private record Range(long least, long most) {
        Range with(Range other) {
            return other == null ? this : new Range(Math.min(least, other.least), Math.max(most, other.most));
        }
    }

    private Footer() {}

    /// The line of a file that no catalog names; null when its footer does not tell whose it is and of when.
    public static SealedSpool spool(Table table, Path path, String name) {
        try {
            FileMetaData footer = SegmentCheck.footer(path);
            Map<String, String> facts = new HashMap<>();
            if (footer.isSetKey_value_metadata()) {
                for (KeyValue fact : footer.getKey_value_metadata()) {
                    facts.put(fact.getKey(), fact.getValue());
                }
            }
            Map<String, Range> ranges = ranges(footer);
            Range ts = ranges.get("ts");
            Range seq = ranges.get("seq");
            Range bootNs = ranges.get("boot_ns");
            String host = facts.get("exitbox.host");
            String boot = facts.get("exitbox.boot_id");
            if (host == null || boot == null || ts == null || seq == null || bootNs == null) {
                return null;
            }
            boolean gaps = table == Table.GAPS;
            SegmentFile file = new SegmentFile(table, name, footer.getNum_rows(), Files.size(path), seq.least, seq.most, bootNs.least,
                    bootNs.most, ts.least, ts.most, "");
            // Nobody writes there who would tell the catalog: it is not live.
            return new SealedSpool(0, host, boot, facts.getOrDefault("exitbox.run_id", ""), seq.most + 1, bootNs.most, gaps ? -1 : 0,
                    gaps ? footer.getNum_rows() : 0, true, List.of(file));
        } catch (IOException | RuntimeException _) {
            // DuckDB will have more to say when it reads the file.
            return null;
        }
    }

    private static Map<String, Range> ranges(FileMetaData footer) {
        Map<String, Range> ranges = new HashMap<>();
        for (RowGroup group : footer.getRow_groups()) {
            for (ColumnChunk chunk : group.getColumns()) {
                ColumnMetaData column = chunk.getMeta_data();
                Statistics statistics = column.getStatistics();
                if (statistics != null && statistics.isSetMin_value() && statistics.isSetMax_value()
                        && statistics.getMin_value().length == Long.BYTES && column.getPath_in_schema().size() == 1) {
                    ranges.merge(column.getPath_in_schema().getFirst(),
                            new Range(number(statistics.getMin_value()), number(statistics.getMax_value())), Range::with);
                }
            }
        }
        return ranges;
    }

    private static long number(byte[] plain) {
        return ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }
}
