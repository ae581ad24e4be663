package exitbox.schemas.spool;

import exitbox.schemas.contract.Table;
import exitbox.schemas.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/// How a spool ends, found by reading its frames without decoding their records.
///
/// @param nextSeq the seq after its last row; -1 when it has none
/// @param end where its last whole frame ends
/// @param lastBootNs time of its last row, or of its beginning when it has none
/// @param ended whether its run was ended in it: by a stop row, or by the gap that stands for a missing one
public record SpoolTail(SpoolHeader header, long nextSeq, long end, long lastBootNs, boolean ended) {

    public static SpoolTail read(Path path) throws IOException {
        try (SpoolReader reader = SpoolReader.open(path)) {
            long lastBootNs = reader.header().clock().bootNs();
            boolean ended = false;
            RecordCursor cursor = new RecordCursor();
            for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
                cursor.over(frame.records(), 0, frame.length());
                while (cursor.next()) {
                    if (cursor.hasHeader()) {
                        lastBootNs = Math.max(lastBootNs, cursor.bootNs());
                        ended = frame.ring() == SpoolFormat.USER_RING && endsRun(frame, cursor);
                    }
                }
            }
            return new SpoolTail(reader.header(), reader.nextSeq(), reader.position(), lastBootNs, ended);
        }
    }

    private static boolean endsRun(Frame frame, RecordCursor cursor) {
        if (cursor.table() != Table.RUNS.number() && cursor.table() != Table.GAPS.number()) {
            return false;
        }
        try {
            Map<String, Object> row = Json.readObject(new String(frame.records().array(), cursor.record() + SpoolFormat.RECORD_HEADER,
                    cursor.length() - SpoolFormat.RECORD_HEADER, StandardCharsets.UTF_8));
            return cursor.table() == Table.RUNS.number() ? "stop".equals(row.get("event")) : "unclean_end".equals(row.get("cause"));
        } catch (IOException e) {
            return false;
        }
    }
}
