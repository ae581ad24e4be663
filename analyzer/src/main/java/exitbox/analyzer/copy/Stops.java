package exitbox.analyzer.copy;

import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.rows.Vector;
import exitbox.schemas.segment.SegmentReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Whether a run ends in segments whose catalog line does not tell.
final class Stops {
    private Stops() {}

    /// By the last row of `runs` in them.
    static boolean isIn(List<SegmentFile> files, Map<SegmentFile, Path> at) throws IOException {
        boolean[] stopped = new boolean[1];
        for (SegmentFile file : files) {
            if (file.table() == Table.RUNS) {
                new SegmentReader(Contract.get().table(Table.RUNS), Set.of("event")).read(at.get(file), batch -> {
                    if (batch.rows() > 0 && batch.columns()[batch.table().indexOf("event")] instanceof Vector.Bytes events) {
                        int row = batch.rows() - 1;
                        stopped[0] = !events.isNull(row) && "stop".equals(new String(events.values()[row], StandardCharsets.UTF_8));
                    }
                });
            }
        }
        return stopped[0];
    }
}
