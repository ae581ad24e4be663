package exitbox.schemas.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import exitbox.schemas.Layouts;
import exitbox.schemas.Raw;
import exitbox.schemas.Rows;
import exitbox.schemas.Spools;
import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Forks, signals, OOM kills, waits for a CPU and living processes: every field becomes its column.
class EventRecordsTest {
    private static final Map<Table, RecordLayout> LAYOUTS = Map.of(Table.EXECS, Layouts.EXEC, Table.FORKS, Layouts.FORK, Table.SIGNALS,
            Layouts.SIGNAL, Table.OOMS, Layouts.OOM, Table.RUNQS, Layouts.RUNQ, Table.TASKS, Layouts.TASK);
    private static final Set<String> COMMON = Set.of("host", "date", "boot_id", "seq", "cpu", "ts", "mono_ns", "boot_ns");

    @TempDir
    Path dir;

    @Test
    void everyFieldBecomesItsColumn() throws IOException {
        for (Map.Entry<Table, RecordLayout> entry : LAYOUTS.entrySet()) {
            RecordLayout layout = entry.getValue();
            Map<String, Object> row = decode(entry.getKey(), filled(entry.getKey()));
            assertEquals(Arrays.asList(Spools.HOST, 7L, 3L, 90L, Spools.CLOCK.bootNs() + 1_500, "2026-11-20"), Arrays.asList(
                    row.get("host"), row.get("seq"), row.get("cpu"), row.get("mono_ns"), row.get("boot_ns"), row.get("date")));
            for (Column column : Contract.get().table(entry.getKey()).columns()) {
                String name = column.name().replaceFirst("_raw$", "").replaceFirst("^sender_", "current_");
                Field field = layout.find(name);
                if (field != null && field.size() == 16) {
                    assertEquals(name, row.get(column.name()), entry.getKey() + " " + column.name());
                } else if (field != null && column.type().sql().endsWith("INT") && !COMMON.contains(column.name())) {
                    assertEquals(number(field), row.get(column.name()), entry.getKey() + " " + column.name());
                }
            }
        }
    }

    @Test
    void theOrderOfFieldsDoesNotMatterAndOneThatLacksIsNull() throws IOException {
        for (Map.Entry<Table, RecordLayout> entry : LAYOUTS.entrySet()) {
            Table table = entry.getKey();
            RecordLayout layout = entry.getValue();
            Map<String, Object> whole = decode(table, filled(table));
            assertEquals(whole, decode(table, refilled(table, Layouts.shuffled(layout, 1))));
            for (Field field : layout.fields().subList(4, layout.fields().size())) {
                Map<String, Object> row = decode(table, refilled(table, Layouts.without(layout, field.name())));
                assertEquals(row.get("seq"), 7L);
                if (whole.containsKey(field.name())) {
                    assertNull(row.get(field.name()), table + " " + field.name());
                }
            }
        }
    }

    @Test
    void whatASignalDidIsToldInWords() throws IOException {
        String[][] want = {
            {"default", "false", "false", "false", "null", "null"},
            {"ignore", "true", "false", "true", "null", "1"},
            {"handler", "false", "true", "false", "current_comm", "null"},
            {"null", "true", "true", "true", "current_comm", "1"}};
        int[] flags = {0, 1 | 4 | 16, 2 | 8, 31};
        Raw raw = new Raw();
        for (int i = 0; i < flags.length; i++) {
            raw.row(filled(Table.SIGNALS).set("action", i).set("flags", flags[i]).set("fault_addr", 1));
        }
        List<Map<String, Object>> rows = decode(raw, Layouts.SIGNAL).table(Table.SIGNALS);
        for (int i = 0; i < flags.length; i++) {
            Map<String, Object> row = rows.get(i);
            assertEquals(List.of(want[i]), List.of(text(row, "action"), text(row, "thread_directed"), text(row, "blocked"),
                    text(row, "dooms"), text(row, "sender_comm"), text(row, "fault_addr")));
            assertEquals("current_comm", row.get("current_comm"), "who ran is told in any case");
            assertEquals((flags[i] & 8) == 0, row.get("sender_pid") == null);
            assertEquals("user", row.get("cause"));
        }
    }

    @Test
    void whatTheKernelDidNotTellIsNull() throws IOException {
        Map<String, Object> oom = decode(Table.OOMS, Raw.struct(Layouts.OOM, 6, 0, 0, Spools.CLOCK.bootNs()).set("memcg", -1)
                .set("total_vm_bytes", -1).set("trigger_pid", -1).set("oom_score_adj", -1));
        assertEquals(Arrays.asList(null, null, null, -1L),
                Arrays.asList(oom.get("memcg"), oom.get("total_vm_bytes"), oom.get("trigger_pid"), oom.get("oom_score_adj")));
        assertEquals(true, decode(Table.OOMS, Raw.struct(Layouts.OOM, 6, 0, 0, Spools.CLOCK.bootNs()).set("memcg", 1)).get("memcg"));
        Map<String, Object> exec = decode(Table.EXECS, Raw.struct(Layouts.EXEC, 3, 0, 0, Spools.CLOCK.bootNs()).set("argc", -1)
                .set("ret", -1).set("flags", 2).set("old_comm", "x"));
        assertEquals(Arrays.asList(null, -1L, null, null),
                Arrays.asList(exec.get("argc"), exec.get("ret"), exec.get("old_comm"), exec.get("old_comm_raw")));
    }

    @Test
    void aFrameIsNotTakenTwice() throws IOException {
        Path path = dir.resolve("000009.spool");
        try (SpoolWriter spool = SpoolWriter.create(path, Spools.header(Layouts.FORK))) {
            long[][] frames = {{0, 0, 100}, {1, 0, 50}, {1, 50, 90}, {1, 50, 90}, {0, 100, 180}, {2, 0, 10}, {1, 90, 99}};
            for (int i = 0; i < frames.length; i++) {
                spool.append((int) frames[i][0], 1, frames[i][1], frames[i][2], 1 + i, new Raw().row(filled(Table.FORKS)).bytes());
            }
        }
        Rows rows = Rows.of(path);
        assertEquals(List.of(1L, 2L, 3L, 5L, 6L, 7L), rows.column(Table.FORKS, "seq"));
        assertEquals(4L, rows.row(Table.GAPS).get("seq"));
        assertEquals("a frame begins before the end of the one before it of ring 1", rows.row(Table.GAPS).get("detail"));
    }

    private static String text(Map<String, Object> row, String column) {
        return String.valueOf(row.get(column));
    }

    private static long number(Field field) {
        return switch (field.name()) {
            case "flags" -> 0x1d;
            case "cause", "memcg" -> 1;
            case String name when name.endsWith("_offset") || name.endsWith("_length") -> 0;
            default -> 1 + field.offset() * 3L;
        };
    }

    private static Raw.Struct filled(Table table) {
        return refilled(table, LAYOUTS.get(table));
    }

    /// A record of this layout in which every field has a value of its own.
    private static Raw.Struct refilled(Table table, RecordLayout layout) {
        Raw.Struct record = Raw.struct(layout, table.number(), 3, 90, Spools.CLOCK.bootNs() + 1_500);
        Map<String, Field> original = new LinkedHashMap<>();
        LAYOUTS.get(table).fields().forEach(field -> original.put(field.name(), field));
        for (Field field : layout.fields().subList(4, layout.fields().size())) {
            if (field.size() == 16) {
                record.set(field.name(), field.name());
            } else {
                record.set(field.name(), number(original.get(field.name())));
            }
        }
        return record;
    }

    private Map<String, Object> decode(Table table, Raw.Struct record) throws IOException {
        return decode(new Raw().row(record), record.layout()).row(table);
    }

    private Rows decode(Raw raw, RecordLayout layout) throws IOException {
        Path path = dir.resolve("000001.spool");
        Files.deleteIfExists(path);
        try (SpoolWriter spool = SpoolWriter.create(path, Spools.header(layout))) {
            Spools.append(spool, 7, raw);
        }
        return Rows.of(path);
    }
}
