package exitbox.schemas.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A record's fields become columns by name, wherever the spool's layout says that they lie.
class KernelRecordsTest {
    /// Fields that no column is made of.
    private static final Set<String> UNUSED = Set.of("task_flags", "reserved");

    @TempDir
    Path dir;

    @Test
    void everyFieldBecomesItsColumn() throws IOException {
        Map<String, Object> row = decode(Table.EXITS, filled(Layouts.EXIT));
        Map<String, Object> want = new HashMap<>();
        for (Column column : Contract.get().table(Table.EXITS).columns()) {
            Field field = Layouts.EXIT.find(column.name());
            want.put(column.name(), field == null ? null : (Object) number(field));
        }
        want.putAll(Map.of("host", Spools.HOST, "boot_id", Spools.BOOT, "seq", 7L, "date", "2026-11-20", "cpu", 3L, "kthread", true));
        want.putAll(Map.of("comm", "comm", "comm_raw", "comm", "last_comm", "last_comm", "last_comm_raw", "last_comm", "tty", "tty"));
        want.putAll(Map.of("parent_comm", "parent_comm", "parent_comm_raw", "parent_comm", "killer_comm", "killer_comm", "killer_comm_raw",
                "killer_comm", "cause", "user"));
        want.putAll(Map.of("code", number(Layouts.EXIT.field("status")) >> 8, "core_dumped", false));
        want.put("last_status", number(Layouts.EXIT.field("task_status")));
        want.put("last_start_mono_ns", number(Layouts.EXIT.field("thread_start_mono_ns")));
        want.put("mono_ns", 90L);
        want.put("boot_ns", Spools.CLOCK.bootNs() + 1_500);
        want.put("ts", Spools.CLOCK.realNs() / 1000 + 1);
        want.forEach((column, value) -> assertEquals(value, row.get(column), column));
        assertEquals(want.keySet(), row.keySet());
    }

    @Test
    void whoKilledIsToldAsFarAsTheFlagsSay() throws IOException {
        Set<String> signalled = Set.of("killer_si_code", "killer_boot_ns");
        Map<String, Object> whole = decode(Table.EXITS, filled(Layouts.EXIT));
        Raw raw = new Raw();
        for (int flags = 0; flags < 32; flags++) {
            raw.row(filled(Layouts.EXIT).set("flags", flags));
        }
        List<Map<String, Object>> rows = decode(raw, Layouts.EXIT).table(Table.EXITS);
        for (int flags = 0; flags < 32; flags++) {
            for (Map.Entry<String, Object> cell : whole.entrySet()) {
                String column = cell.getKey();
                int bit = signalled.contains(column) ? 4 : column.startsWith("killer_") ? 8 : column.equals("fault_addr") ? 16 : 0;
                Object want = (flags & bit) != bit ? null
                        : column.equals("kthread") ? (flags & 1) != 0 : column.equals("seq") ? 7L + flags : cell.getValue();
                assertEquals(want, rows.get(flags).get(column), column + " with flags " + flags);
            }
        }
    }

    @Test
    void causesAreWords() throws IOException {
        Raw raw = new Raw();
        for (int cause = -1; cause < 13; cause++) {
            raw.row(Raw.struct(Layouts.EXIT, 1, 0, 0, Spools.CLOCK.bootNs()).set("cause", cause));
        }
        assertEquals("null null user self parent_death fault oom seccomp rlimit timer tty kernel null null", String.join(" ",
                decode(raw, Layouts.EXIT).column(Table.EXITS, "cause").stream().map(String::valueOf).toList()));
    }

    @Test
    void everyAddressCanBeTheFaults() throws IOException {
        Raw.Struct record = filled(Layouts.EXIT).set("fault_addr", -1);
        assertEquals(-1L, decode(Table.EXITS, record).get("fault_addr"));
    }

    @Test
    void theOrderOfFieldsDoesNotMatter() throws IOException {
        for (RecordLayout layout : List.of(Layouts.EXIT, Layouts.THREAD_EXIT, Layouts.HEARTBEAT)) {
            Map<String, Object> row = decode(table(layout), filled(layout));
            for (int seed = 0; seed < 5; seed++) {
                RecordLayout shuffled = Layouts.shuffled(layout, seed);
                assertEquals(row, decode(table(layout), refilled(shuffled, layout)));
            }
        }
    }

    @Test
    void aFieldThatAnOlderVersionLacksIsNull() throws IOException {
        for (RecordLayout layout : List.of(Layouts.EXIT, Layouts.THREAD_EXIT, Layouts.HEARTBEAT)) {
            Map<String, Object> whole = decode(table(layout), filled(layout));
            for (Field field : layout.fields().subList(4, layout.fields().size())) {
                RecordLayout without = Layouts.without(layout, field.name());
                Map<String, Object> row = decode(table(layout), refilled(without, layout));
                Set<String> gone = columnsOf(field.name());
                whole.forEach((column, value) -> assertEquals(gone.contains(column) ? null : value, row.get(column),
                        column + " without " + field.name()));
            }
        }
    }

    @Test
    void aFieldOfAnotherSizeIsReadWhenItFitsItsColumnAndNullOtherwise() throws IOException {
        RecordLayout wide = Layouts.resized(Layouts.EXIT, "uid", 8);
        assertEquals(1L << 40, decode(Table.EXITS, Raw.struct(wide, 1, 0, 0, Spools.CLOCK.bootNs()).set("uid", 1L << 40)).get("uid"));
        for (String field : List.of("pid", "status", "flags", "comm", "cgroup_id")) {
            RecordLayout resized = Layouts.resized(Layouts.EXIT, field, 12);
            Map<String, Object> row = decode(Table.EXITS, Raw.struct(resized, 1, 0, 0, Spools.CLOCK.bootNs()).set("tid", 5));
            columnsOf(field).forEach(column -> assertNull(row.get(column), column));
            assertEquals(5L, row.get("tid"));
        }
        RecordLayout narrow = Layouts.resized(Layouts.HEARTBEAT, "seen", 8);
        assertNull(decode(Table.HEARTBEATS, Raw.struct(narrow, 10, 0, 0, Spools.CLOCK.bootNs())).get("seen"));
    }

    @Test
    void whatTheKernelDidNotTellIsNull() throws IOException {
        Raw.Struct record = Raw.struct(Layouts.EXIT, 1, 0, 0, Spools.CLOCK.bootNs());
        for (String field : List.of("max_rss_bytes", "run_delay_ns", "read_bytes", "write_bytes", "pid_ns", "ns_pid", "mnt_ns", "loginuid",
                "uid",
                "exit_signal", "oom_score_adj")) {
            record.set(field, -1);
        }
        Map<String, Object> row = decode(Table.EXITS, record);
        for (String column : List.of("max_rss_bytes", "run_delay_ns", "read_bytes", "write_bytes", "pid_ns", "ns_pid", "mnt_ns", "tty",
                "cgroup")) {
            assertNull(row.get(column), column);
        }
        assertEquals(List.of(4294967295L, 4294967295L), List.of(row.get("loginuid"), row.get("uid")), "the kernel's own word for unset");
        assertEquals(List.of(-1L, -1L), List.of(row.get("exit_signal"), row.get("oom_score_adj")));
        assertEquals(List.of("", false), List.of(row.get("comm"), row.get("kthread")));
    }

    @Test
    void whatIsKnownOfTheLastThreadIsNullWhenItWasTheLeader() throws IOException {
        Raw.Struct record = filled(Layouts.EXIT);
        record.set("tid", number(Layouts.EXIT.field("pid")));
        Map<String, Object> row = decode(Table.EXITS, record);
        assertNull(row.get("last_status"));
        assertNull(row.get("last_start_mono_ns"));
    }

    @Test
    void everyStatusWordIsTakenApartAsWaitDoes() throws IOException {
        RecordLayout layout = Layouts.of("exit_record", "table:4 cpu:4 mono_ns:8 boot_ns:8 pid:4 status:4");
        Raw raw = new Raw();
        for (int status = 0; status < 1 << 16; status++) {
            raw.row(Raw.struct(layout, 1, 0, 0, Spools.CLOCK.bootNs()).set("status", status).set("pid", status));
        }
        assertTrue(raw.bytes().capacity() > 2 << 20, "more than a chunk's bytes and rows in one frame");
        List<Map<String, Object>> rows = decode(raw, layout).table(Table.EXITS);
        assertEquals(1 << 16, rows.size());
        for (int status = 0; status < 1 << 16; status++) {
            Map<String, Object> row = rows.get(status);
            int signal = status & 0x7f;
            List<Object> want = new ArrayList<>(List.of((long) status, (long) status, (status & 0x80) != 0));
            want.add(signal == 0 ? Long.valueOf(status >> 8) : null);
            want.add(signal == 0 ? null : Long.valueOf(signal));
            List<Object> got = new ArrayList<>();
            List.of("pid", "status", "core_dumped", "code", "signal").forEach(column -> got.add(row.get(column)));
            assertEquals(want, got);
            assertEquals(7L + status, row.get("seq"));
        }
    }

    @Test
    void bitsBeyondAStatusWordAreNoPartOfTheCode() throws IOException {
        assertEquals(7L, decode(Table.EXITS, Raw.struct(Layouts.EXIT, 1, 0, 0, Spools.CLOCK.bootNs()).set("status", 0x50700)).get("code"));
    }

    @Test
    void namesEndAtTheFirstNulAndAreEscapedBesideTheirBytes() throws IOException {
        byte[][] comms = {"bash\0old name".getBytes(), "exactly 16 bytes".getBytes(), {(byte) 0xff, 27, '[', '\\'}, {}};
        Raw raw = new Raw();
        for (byte[] comm : comms) {
            raw.row(Raw.struct(Layouts.EXIT, 1, 0, 0, Spools.CLOCK.bootNs()).set("comm", comm));
        }
        Rows rows = decode(raw, Layouts.EXIT);
        assertEquals(List.of("bash", "exactly 16 bytes", "\\xff\\x1b[\\\\", ""), rows.column(Table.EXITS, "comm"));
        assertEquals(List.of("bash", "exactly 16 bytes", "\u00ff\u001b[\\", ""), rows.column(Table.EXITS, "comm_raw"));
    }

    @Test
    void terminalsAreNamedAsPsNamesThem() throws IOException {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("pts3", "pts/3");
        names.put("pts12", "pts/12");
        names.put("tty1", "tty1");
        names.put("ttyS0", "ttyS0");
        names.put("pts", "pts");
        names.put("pts/7", "pts/7");
        names.put("", null);
        Raw raw = new Raw();
        names.keySet().forEach(name -> raw.row(Raw.struct(Layouts.EXIT, 1, 0, 0, Spools.CLOCK.bootNs()).set("tty", name)));
        assertEquals(List.copyOf(names.values().stream().map(String::valueOf).toList()),
                decode(raw, Layouts.EXIT).column(Table.EXITS, "tty").stream().map(String::valueOf).toList());
    }

    @Test
    void manyNamesAtOnceThatDifferInEitherHalf() throws IOException {
        List<String> names = new ArrayList<>();
        Raw raw = new Raw();
        for (int i = 0; i < 20_000; i++) {
            String noise = String.format("%08x", i * 0x9e3779b9);
            names.add(i % 2 == 0 ? "worker--" + noise : noise + "--worker");
            raw.row(Raw.struct(Layouts.EXIT, 1, 0, 0, Spools.CLOCK.bootNs()).set("comm", names.getLast()));
        }
        assertEquals(names, decode(raw, Layouts.EXIT).column(Table.EXITS, "comm"));
    }

    @Test
    void heartbeatsCountByTable() throws IOException {
        Map<String, Object> row = decode(Table.HEARTBEATS, filled(Layouts.HEARTBEAT));
        assertEquals(List.of("exits", "thread_exits", "execs", "forks", "signals", "ooms", "runqs", "tasks", "heartbeats"),
                row.get("tables"));
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 10L), row.get("seen"));
        assertEquals(List.of(1001L, 1002L, 1003L, 1004L, 1005L, 1006L, 1007L, 1008L, 1010L), row.get("filtered"));
        assertEquals(List.of(2001L, 2002L, 2003L, 2004L, 2005L, 2006L, 2007L, 2008L, 2010L), row.get("lost"));
    }

    @Test
    void discardedRecordsTakeNoSeq() throws IOException {
        byte[] exit = filled(Layouts.EXIT).bytes();
        Rows rows = decode(new Raw().discarded(exit).row(exit).discarded(new byte[3]).row(exit).discarded(exit), Layouts.EXIT);
        assertEquals(List.of(7L, 8L), rows.column(Table.EXITS, "seq"));
        assertEquals(List.of(), rows.table(Table.GAPS));
    }

    @Test
    void layoutsThatDoNotFitAreNamed() {
        assertEquals(List.of(), SpoolDecoder.misfits(Layouts.ALL));
        for (RecordLayout layout : Layouts.ALL) {
            assertEquals(List.of("no struct " + layout.struct()),
                    SpoolDecoder.misfits(Layouts.ALL.stream().filter(other -> other != layout).toList()));
            for (Field field : layout.fields().subList(4, layout.fields().size())) {
                boolean spare = UNUSED.contains(field.name()) || layout == Layouts.CGROUP_NAME
                        || layout == Layouts.THREAD_EXIT && field.name().equals("flags")
                        || layout == Layouts.EXIT && field.name().equals("thread_start_boot_ns");
                List<String> misfits = SpoolDecoder.misfits(with(Layouts.without(layout, field.name())));
                assertEquals(!spare, misfits.contains("struct " + layout.struct() + " has no field " + field.name()),
                        field.name() + ": " + misfits);
            }
        }
        assertEquals(List.of("struct exit_record, field pid: 8 bytes do not make a INTEGER"), SpoolDecoder.misfits(
                with(Layouts.resized(Layouts.EXIT, "pid", 8))));
        assertEquals(List.of("struct exit_record: cpu is not 4 bytes at 4"), SpoolDecoder.misfits(
                with(Layouts.of("exit_record", fields(Layouts.EXIT).replace("table:4 cpu:4", "table:4 gap:4 cpu:4")))).subList(0, 1));
    }

    /// All layouts, with this one in the place of its namesake.
    private static List<RecordLayout> with(RecordLayout other) {
        return Layouts.ALL.stream().map(layout -> layout.struct().equals(other.struct()) ? other : layout).toList();
    }

    private static String fields(RecordLayout layout) {
        return String.join(" ", layout.fields().stream().map(field -> field.name() + ":" + field.size()).toList());
    }

    /// The columns that are made of a field.
    private static Set<String> columnsOf(String field) {
        return switch (field) {
            case "status" -> Set.of("status", "code", "signal", "core_dumped");
            case "flags" -> Set.of("kthread", "fault_addr", "killer_pid", "killer_tid", "killer_start_boot_ns", "killer_comm",
                    "killer_comm_raw", "killer_uid", "killer_loginuid", "killer_si_code", "killer_boot_ns");
            case "cgroup_id" -> Set.of("cgroup_id", "cgroup", "cgroup_raw");
            case "comm", "last_comm", "parent_comm", "killer_comm" -> Set.of(field, field + "_raw");
            case "task_status" -> Set.of("last_status");
            case "thread_start_mono_ns" -> Set.of("thread_start_mono_ns", "last_start_mono_ns");
            case "task_flags" -> Set.of();
            default -> Set.of(field);
        };
    }

    private static Table table(RecordLayout layout) {
        return layout == Layouts.EXIT ? Table.EXITS : layout == Layouts.THREAD_EXIT ? Table.THREAD_EXITS : Table.HEARTBEATS;
    }

    private static long number(Field field) {
        return switch (field.name()) {
            case "status" -> 256L * 42;
            case "flags" -> 0x1f;
            case "cause" -> 1;
            default -> 1 + field.offset() * 3L;
        };
    }

    /// A record in which every field has a value of its own.
    private static Raw.Struct filled(RecordLayout layout) {
        return refilled(layout, layout);
    }

    /// A record of this layout with the values that [#filled] gives to the `original`.
    private static Raw.Struct refilled(RecordLayout layout, RecordLayout original) {
        Raw.Struct record = Raw.struct(layout, table(original).number(), 3, 90, Spools.CLOCK.bootNs() + 1_500);
        for (Field field : layout.fields().subList(4, layout.fields().size())) {
            switch (field.size()) {
                case 16 -> record.set(field.name(), field.name());
                case 128 -> {
                    byte[] counters = new byte[128];
                    for (int i = 0; i < 16; i++) {
                        long value = (field.name().equals("seen") ? 0 : field.name().equals("filtered") ? 1000 : 2000) + i;
                        counters[8 * i] = (byte) value;
                        counters[8 * i + 1] = (byte) (value >> 8);
                    }
                    record.set(field.name(), counters);
                }
                default -> record.set(field.name(), number(original.field(field.name())));
            }
        }
        return record;
    }

    private Map<String, Object> decode(Table table, Raw.Struct record) throws IOException {
        return decode(new Raw().row(record), record.layout()).row(table);
    }

    private Rows decode(Raw raw, RecordLayout... layouts) throws IOException {
        Path path = dir.resolve("000001.spool");
        Files.deleteIfExists(path);
        try (SpoolWriter spool = SpoolWriter.create(path, Spools.header(layouts))) {
            Spools.append(spool, 7, raw);
        }
        return Rows.of(path);
    }
}
