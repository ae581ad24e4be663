package exitbox.schemas.spool;

import exitbox.schemas.contract.Table;
import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.text.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How a spool ends, found by reading its frames without decoding their records.
///
/// @param firstSeq the seq of its first row; -1 when it has none
/// @param nextSeq the seq after its last row; -1 when it has none
/// @param end where its last whole frame ends
/// @param lastBootNs time of its last row, or of its beginning when it has none
/// @param ended whether its run was ended in it: by a stop row, or by the gap that stands for a missing one
/// @param ringEnds by ring id, the ring's position behind the last frame that came from it
/// @param gaps its rows of gaps
/// @param tasks by CPU, how many of the kernel's rows of tasks it has
/// @param clock its last sample of the wall clock
/// @param sleepNs CLOCK_BOOTTIME minus CLOCK_MONOTONIC at its last heartbeat; -1 when it has none
public record SpoolTail(SpoolHeader header, long firstSeq, long nextSeq, long end, long lastBootNs, boolean ended,
        Map<Integer, Long> ringEnds,
        List<Map<String, Object>> gaps, Map<Integer, Long> tasks, ClockPair clock, long sleepNs) {

    public static SpoolTail read(Path path) throws IOException {
        try (SpoolReader reader = SpoolReader.open(path)) {
            long firstSeq = -1;
            long lastBootNs = reader.header().clock().bootNs();
            boolean ended = false;
            Map<Integer, Long> ringEnds = new HashMap<>();
            List<Map<String, Object>> gaps = new ArrayList<>();
            Map<Integer, Long> tasks = new HashMap<>();
            ClockPair clock = reader.header().clock();
            long sleepNs = -1;
            RecordLayout heartbeat = reader.header().layouts().stream().filter(layout -> layout.struct().equals("heartbeat_record"))
                    .findFirst().orElse(null);
            RecordCursor cursor = new RecordCursor();
            for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
                firstSeq = firstSeq < 0 ? frame.firstSeq() : firstSeq;
                if (frame.ring() != SpoolFormat.USER_RING) {
                    ringEnds.merge(frame.ring(), frame.to(), Math::max);
                }
                cursor.over(frame.records(), 0, frame.length());
                while (cursor.next()) {
                    if (cursor.hasHeader()) {
                        lastBootNs = Math.max(lastBootNs, cursor.bootNs());
                        Map<String, Object> row = frame.ring() == SpoolFormat.USER_RING ? row(frame, cursor) : Map.of();
                        if (cursor.table() == Table.HEARTBEATS.number() && heartbeat != null && cursor.length() >= heartbeat.size()) {
                            clock = clock(frame.records(), cursor.record(), heartbeat);
                            sleepNs = cursor.bootNs() - cursor.monoNs();
                        } else if (row.get("real_ns") instanceof Long real && row.get("real_boot_ns") instanceof Long boot) {
                            clock = new ClockPair(real, boot, row.get("real_error_ns") instanceof Long error ? error : 0);
                        }
                        if (cursor.table() == Table.TASKS.number() && frame.ring() != SpoolFormat.USER_RING) {
                            tasks.merge(cursor.cpu(), 1L, Long::sum);
                        }
                        if (!row.isEmpty() && cursor.table() == Table.GAPS.number()) {
                            gaps.add(row);
                        }
                        ended = cursor.table() == Table.RUNS.number() ? "stop".equals(row.get("event"))
                                : cursor.table() == Table.GAPS.number() && "unclean_end".equals(row.get("cause"));
                    }
                }
            }
            return new SpoolTail(reader.header(), firstSeq, reader.nextSeq(), reader.position(), lastBootNs, ended, ringEnds, gaps,
                    tasks, clock, sleepNs);
        }
    }

    private static ClockPair clock(ByteBuffer records, int at, RecordLayout heartbeat) {
        return new ClockPair(records.getLong(at + heartbeat.field("real_ns").offset()),
                records.getLong(at + heartbeat.field("real_boot_ns").offset()),
                records.getLong(at + heartbeat.field("real_error_ns").offset()));
    }

    /// What a row made in user space says, if that matters here.
    private static Map<String, Object> row(Frame frame, RecordCursor cursor) {
        if (cursor.table() != Table.RUNS.number() && cursor.table() != Table.GAPS.number()
                && cursor.table() != Table.CLOCK_STEPS.number()) {
            return Map.of();
        }
        try {
            return Json.readObject(new String(frame.records().array(), cursor.record() + SpoolFormat.RECORD_HEADER,
                    cursor.length() - SpoolFormat.RECORD_HEADER, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return Map.of();
        }
    }
}
