package exitbox.schemas.segment;

import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.rows.Batch;
import exitbox.schemas.rows.Vector;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Whether a run ends in segments, by their rows.
public final class Stops {
    private Stops() {}

    /// By the last row of `runs` in them: what their catalog line does not tell, as it is lost.
    public static boolean isIn(List<SegmentFile> files, Map<SegmentFile, Path> at) throws IOException {
        boolean[] stopped = new boolean[1];
        for (SegmentFile file : files) {
            if (file.table() == Table.RUNS) {
                new SegmentReader(Contract.get().table(Table.RUNS), Set.of("event")).read(at.get(file), batch -> {
                    if (batch.rows() > 0) {
                        stopped[0] = "stop".equals(text(batch, "event", batch.rows() - 1));
                    }
                });
            }
        }
        return stopped[0];
    }

    /// Whether one of these files of `gaps` says that the run ended without a stop.
    public static boolean isExplained(String runId, Collection<Path> gaps) throws IOException {
        boolean[] explained = new boolean[1];
        for (Path file : gaps) {
            new SegmentReader(Contract.get().table(Table.GAPS), Set.of("cause", "detail")).read(file, batch -> {
                for (int row = 0; row < batch.rows(); row++) {
                    String detail = text(batch, "detail", row);
                    explained[0] |= "unclean_end".equals(text(batch, "cause", row)) && (detail == null || detail.contains(runId));
                }
            });
        }
        return explained[0];
    }

    private static String text(Batch batch, String column, int row) {
        return batch.columns()[batch.table().indexOf(column)] instanceof Vector.Bytes texts && !texts.isNull(row)
                ? new String(texts.values()[row], StandardCharsets.UTF_8)
                : null;
    }
}
