package exitbox.schemas.decode;

import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.contract.Type;
import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.rows.Batch;
import exitbox.schemas.rows.Vector;
import exitbox.schemas.spool.SpoolFormat;
import exitbox.schemas.spool.SpoolHeader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Makes rows of one table out of records of one struct, by name: a column is the field of its
/// name, INTEGER columns read 4 bytes signed, BIGINT ones 4 bytes unsigned or 8. The few columns
/// that are made of others are listed in [#special].
final class RecordDecoder {
    /// Tables made in the kernel, and the struct of their records.
    static final Map<Table, String> STRUCTS = Map.of(Table.EXITS, "exit_record", Table.THREAD_EXITS, "thread_exit_record", Table.HEARTBEATS,
            "heartbeat_record");

    /// What a struct lacks on purpose: columns that the hook cannot give.
    private static final Set<String> NOT_RECORDED = Set.of("cause", "fault_addr", "killer_pid", "killer_tid", "killer_start_boot_ns",
            "killer_comm", "killer_comm_raw", "killer_uid", "killer_loginuid", "killer_si_code", "killer_boot_ns", "parent_start_boot_ns",
            "parent_comm", "parent_comm_raw");

    private static final Table[] COUNTED = {Table.EXITS, Table.THREAD_EXITS, Table.HEARTBEATS};
    private static final long CORE_DUMPED = 0x80;
    private static final long SIGNAL = 0x7f;
    // UNKNOWN32 in records.h.
    private static final long UNKNOWN = 0xffffffffL;
    // CGROUP_V1 in records.h: keeps ids of the two hierarchies apart where both name paths.
    private static final long CGROUP_V1 = 1L << 62;

    /// What the decoding of a spool shares between tables.
    record Context(SpoolHeader header, ClockLine clock, NameCache names, CgroupNames cgroups, Days days) {
    }

    private final TableContract contract;
    private final ColumnReader[] readers;

    private RecordDecoder(TableContract contract, ColumnReader[] readers) {
        this.contract = contract;
        this.readers = readers;
    }

    /// A decoder for the table, whose records are of this struct. Fields that the struct lacks (a
    /// spool of an older version) are NULL columns.
    static RecordDecoder of(Table table, RecordLayout layout, Context context) {
        TableContract contract = Contract.get().table(table);
        // A record of a death that was none after all (see SpoolDecoder) tells of a thread's end.
        Map<String, String> renamed = table == Table.THREAD_EXITS && layout.struct().equals("exit_record")
                ? Map.of("status", "task_status", "comm", "last_comm")
                : Map.of();
        ColumnReader[] readers = new ColumnReader[contract.columns().size()];
        for (int i = 0; i < readers.length; i++) {
            readers[i] = reader(contract.columns().get(i), layout, renamed, context);
        }
        return new RecordDecoder(contract, readers);
    }

    Batch decode(Chunk chunk, Chunk.Rows rows) {
        Vector[] vectors = new Vector[readers.length];
        for (int i = 0; i < readers.length; i++) {
            vectors[i] = readers[i].read(chunk, rows);
        }
        return new Batch(contract, rows.count, vectors);
    }

    /// What a layout lacks that this version's decoder wants: a sentence each, none when it fits.
    static List<String> misfits(List<RecordLayout> layouts) {
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<Table, String> entry : STRUCTS.entrySet()) {
            RecordLayout layout = find(layouts, entry.getValue());
            if (layout == null) {
                wrong.add("no struct " + entry.getValue());
                continue;
            }
            for (Column column : Contract.get().table(entry.getKey()).columns()) {
                String need = need(column.name());
                Field field = need == null ? null : layout.find(need);
                if (need != null && field == null) {
                    wrong.add("struct " + layout.struct() + " has no field " + need);
                } else if (need != null && !fits(column, field)) {
                    wrong.add("struct " + layout.struct() + ", field " + need + ": " + field.size() + " bytes do not make a "
                            + column.sqlType());
                }
            }
            header(layout, "table", SpoolFormat.TABLE_OFFSET, 4, wrong);
            header(layout, "cpu", SpoolFormat.CPU_OFFSET, 4, wrong);
            header(layout, "mono_ns", SpoolFormat.MONO_OFFSET, 8, wrong);
            header(layout, "boot_ns", SpoolFormat.BOOT_OFFSET, 8, wrong);
        }
        return wrong;
    }

    static RecordLayout find(List<RecordLayout> layouts, String struct) {
        for (RecordLayout layout : layouts) {
            if (layout.struct().equals(struct)) {
                return layout;
            }
        }
        return null;
    }

    private static void header(RecordLayout layout, String name, int offset, int size, List<String> wrong) {
        if (!new Field(name, offset, size).equals(layout.find(name))) {
            wrong.add("struct " + layout.struct() + ": " + name + " is not " + size + " bytes at " + offset);
        }
    }

    /// The field that a column is read from; null when it is made of something else or not recorded yet.
    private static String need(String column) {
        return switch (column) {
            case "host", "date", "boot_id", "seq", "ts", "tables" -> null;
            case "code", "signal", "core_dumped" -> "status";
            case "kthread" -> "flags";
            case "last_status" -> "task_status";
            case "last_start_mono_ns" -> "thread_start_mono_ns";
            case "cgroup", "cgroup_raw" -> "cgroup_id";
            case String name when NOT_RECORDED.contains(name) -> null;
            case String name when name.endsWith("_raw") -> name.substring(0, name.length() - "_raw".length());
            case String name -> name;
        };
    }

    private static boolean fits(Column column, Field field) {
        if (column.list()) {
            return field.size() == 8 * Table.NUMBERS;
        }
        return switch (column.type()) {
            case INT32, BOOLEAN -> field.size() == 4;
            case INT64 -> field.size() == 4 || field.size() == 8;
            case STRING, BINARY -> field.size() == 16 || field.name().equals("cgroup_id");
            case DOUBLE, TIMESTAMP -> false;
        };
    }

    private static ColumnReader reader(Column column, RecordLayout layout, Map<String, String> renamed, Context context) {
        ColumnReader common = common(column.name(), context);
        if (common != null) {
            return common;
        }
        String need = need(column.name());
        Field field = need == null ? null : layout.find(renamed.getOrDefault(need, need));
        if (column.name().equals("tables")) {
            String[] names = new String[COUNTED.length];
            for (int i = 0; i < names.length; i++) {
                names[i] = COUNTED[i].sqlName();
            }
            return ColumnReader.constants(names);
        }
        if (field == null || !fits(column, field)) {
            return ColumnReader.nulls();
        }
        ColumnReader special = special(column.name(), field, context);
        if (special != null) {
            return special;
        }
        if (column.name().equals("last_status") || column.name().equals("last_start_mono_ns")) {
            return ofLastThread(field, layout);
        }
        if (column.list()) {
            int[] elements = new int[COUNTED.length];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = COUNTED[i].number();
            }
            return ColumnReader.int64s(field, elements);
        }
        return switch (column.type()) {
            case STRING -> ColumnReader.name(field, context.names(), Name::text);
            case BINARY -> ColumnReader.name(field, context.names(), Name::raw);
            case Type type when field.size() == 8 -> ColumnReader.int64(field);
            case INT64 -> ColumnReader.uint32(field);
            default -> ColumnReader.int32(field);
        };
    }

    private static ColumnReader common(String column, Context context) {
        return switch (column) {
            case "host" -> ColumnReader.constant(context.header().host());
            case "boot_id" -> ColumnReader.constant(context.header().bootId());
            case "seq" -> ColumnReader.seq();
            case "ts" -> ColumnReader.timestamp(context.clock());
            case "date" -> ColumnReader.date(context.clock(), context.days());
            default -> null;
        };
    }

    /// What is known of the thread that died last, unless it was the leader: that has columns of its own.
    private static ColumnReader ofLastThread(Field field, RecordLayout layout) {
        Field pid = layout.find("pid");
        Field tid = layout.find("tid");
        boolean told = pid != null && tid != null && pid.size() == 4 && tid.size() == 4;
        return told ? ColumnReader.unlessEqual(field, pid, tid) : field.size() == 8 ? ColumnReader.int64(field) : ColumnReader.int32(field);
    }

    private static ColumnReader special(String column, Field field, Context context) {
        return switch (column) {
            case "code" -> ColumnReader.derived(field, status -> (status & SIGNAL) == 0, status -> status >> 8 & 0xff);
            case "signal" -> ColumnReader.derived(field, status -> (status & SIGNAL) != 0, status -> status & SIGNAL);
            case "core_dumped" -> ColumnReader.derived(field, status -> true, status -> (status & CORE_DUMPED) != 0 ? 1 : 0);
            case "kthread" -> ColumnReader.derived(field, flags -> true, flags -> flags & 1);
            case "mnt_ns", "pid_ns", "ns_pid" -> ColumnReader.derived(field, id -> id != 0 && id != UNKNOWN, id -> id);
            case "tty" -> ColumnReader.name(field, context.names(), RecordDecoder::terminal);
            case "cgroup_id" -> ColumnReader.masked(field, ~CGROUP_V1);
            case "cgroup" -> ColumnReader.cgroup(field, context.cgroups(), Name::text);
            case "cgroup_raw" -> ColumnReader.cgroup(field, context.cgroups(), Name::raw);
            default -> null;
        };
    }

    /// The kernel's name of a terminal as ps(1) writes it: the pseudo terminal pts3 is pts/3.
    private static byte[] terminal(Name name) {
        byte[] text = name.text();
        if (text.length == 0) {
            return null;
        }
        if (text.length > 3 && text[0] == 'p' && text[1] == 't' && text[2] == 's' && text[3] != '/') {
            return ("pts/" + new String(text, 3, text.length - 3, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
        }
        return text;
    }
}
