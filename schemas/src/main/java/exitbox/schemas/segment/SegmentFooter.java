package exitbox.schemas.segment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;

/// What a segment says of itself.
///
/// @param facts what its writer noted, such as `exitbox.table`
public record SegmentFooter(long rows, Map<String, String> facts) {

    public static SegmentFooter read(Path path) throws IOException {
        FileMetaData footer = SegmentCheck.footer(path);
        Map<String, String> facts = new HashMap<>();
        if (footer.isSetKey_value_metadata()) {
            for (KeyValue fact : footer.getKey_value_metadata()) {
                facts.put(fact.getKey(), fact.getValue());
            }
        }
        return new SegmentFooter(footer.getNum_rows(), facts);
    }
}
