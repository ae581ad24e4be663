package exitbox.recorder;

import exitbox.schemas.catalog.Recording;
import exitbox.schemas.contract.Table;
import exitbox.schemas.segment.SegmentCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Statistics;

/// The numbers in use by segments that no line of the catalog names, because it was damaged.
///
/// @param lastNumber the highest spool number, 0 when there is none
/// @param lastSeq the highest seq of their rows, 0 when there is none
record Orphans(long lastNumber, long lastSeq) {

    static Orphans find(Recording recording, String host, LongPredicate sealed) throws IOException {
        long lastNumber = 0;
        long lastSeq = 0;
        for (Table table : Table.values()) {
            Path folder = recording.dir().resolve(table.sqlName()).resolve(Recording.hostFolder(host));
            if (!Files.isDirectory(folder)) {
                continue;
            }
            try (Stream<Path> files = Files.walk(folder, 2)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    long number = Recording.segmentNumber(file);
                    if (number >= 0 && !sealed.test(number)) {
                        lastNumber = Math.max(lastNumber, number);
                        lastSeq = Math.max(lastSeq, lastSeq(file));
                    }
                }
            }
        }
        return new Orphans(lastNumber, lastSeq);
    }

    /// By the statistics of its column `seq`; 0 when the file does not tell.
    private static long lastSeq(Path segment) {
        long last = 0;
        try {
            FileMetaData footer = SegmentCheck.footer(segment);
            for (RowGroup group : footer.getRow_groups()) {
                for (ColumnChunk column : group.getColumns()) {
                    Statistics statistics = column.getMeta_data().getStatistics();
                    if (column.getMeta_data().getPath_in_schema().equals(List.of("seq")) && statistics != null
                            && statistics.getMax_value() != null) {
                        last = Math.max(last, ByteBuffer.wrap(statistics.getMax_value()).order(ByteOrder.LITTLE_ENDIAN).getLong());
                    }
                }
            }
        } catch (IOException e) {
            return 0;
        }
        return last;
    }
}
