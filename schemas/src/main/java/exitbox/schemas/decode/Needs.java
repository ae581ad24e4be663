package exitbox.schemas.decode;

import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.spool.SpoolFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a column needs of the struct that its table's records have: a field of its own name, unless it says otherwise.
final class Needs {
    /// Tables made in the kernel, and the struct of their records.
    static final Map<Table, String> STRUCTS = Map.of(Table.EXITS, "exit_record", Table.THREAD_EXITS, "thread_exit_record", Table.EXECS,
            "exec_record", Table.FORKS, "fork_record", Table.SIGNALS, "signal_record", Table.OOMS, "oom_record", Table.RUNQS, "runq_record",
            Table.TASKS, "task_record", Table.HEARTBEATS, "heartbeat_record");

    private Needs() {
    }

    /// What layouts lack that this version's decoder wants: a sentence each, none when they fit.
    static List<String> misfits(List<RecordLayout> layouts) {
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<Table, String> entry : STRUCTS.entrySet()) {
            RecordLayout layout = find(layouts, entry.getValue());
            if (layout == null) {
                wrong.add("no struct " + entry.getValue());
                continue;
            }
            for (Column column : Contract.get().table(entry.getKey()).columns()) {
                String need = field(column.name(), layout);
                Field field = need == null ? null : layout.find(need);
                if (need != null && field == null) {
                    wrong.add("struct " + layout.struct() + " has no field " + need);
                } else if (need != null && !fits(column, field)) {
                    wrong.add("struct " + layout.struct() + ", field " + need + ": " + field.size() + " bytes do not make a "
                            + column.sqlType());
                }
                for (String also : also(column.name(), layout)) {
                    if (layout.find(also) == null) {
                        wrong.add("struct " + layout.struct() + " has no field " + also);
                    }
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

    /// The field that a column is read from; null when it is made of something else.
    static String field(String column, RecordLayout layout) {
        String part = part(column);
        if (part != null) {
            return part + "_length";
        }
        return switch (column) {
            case "host", "date", "boot_id", "seq", "ts", "tables" -> null;
            case "signal" -> layout.struct().equals("signal_record") ? column : "status";
            case "code", "core_dumped" -> "status";
            case "kthread", "thread_directed", "blocked", "dooms" -> "flags";
            case "last_status" -> "task_status";
            case "last_start_mono_ns" -> "thread_start_mono_ns";
            case "cgroup", "cgroup_raw" -> "cgroup_id";
            case String name when name.startsWith("sender_") -> plain("current_" + name.substring("sender_".length()));
            case String name -> plain(name);
        };
    }

    private static String plain(String column) {
        return column.endsWith("_raw") ? column.substring(0, column.length() - "_raw".length()) : column;
    }

    /// The variable part of the record that a column is made of; null when it is made of fields.
    static String part(String column) {
        return switch (plain(column)) {
            case "argv", "cmdline", "argv_truncated" -> "argv";
            case "filename" -> "filename";
            case "exe" -> "exe";
            case "cwd" -> "cwd";
            default -> null;
        };
    }

    /// The fields that a column needs besides.
    private static List<String> also(String column, RecordLayout layout) {
        String part = part(column);
        if (part != null) {
            return part.equals("argv") ? List.of("argv_offset", "args_bytes") : List.of(part + "_offset");
        }
        return Flag.of(column) != null ? List.of("flags") : List.of();
    }

    static boolean fits(Column column, Field field) {
        if (part(column.name()) != null) {
            return field.size() == 4;
        }
        if (column.list()) {
            return field.size() == 8 * Table.NUMBERS;
        }
        return switch (column.type()) {
            case INT32, BOOLEAN -> field.size() == 4;
            case INT64 -> field.size() == 4 || field.size() == 8;
            case STRING, BINARY -> field.size() == (column.name().equals("cause") || column.name().equals("action") ? 4 : 16)
                    || field.name().equals("cgroup_id");
            case DOUBLE, TIMESTAMP -> false;
        };
    }

    /// A bit of `flags` that has to be set, or not, for a column to have a value.
    record Flag(int bit, boolean wanted) {
        // enum exit_flags, program_flags and signal_flags in records.h.
        private static final Flag SIGNALLED = new Flag(1 << 2, true);
        private static final Flag KILLER = new Flag(1 << 3, true);
        private static final Flag FAULT_ADDR = new Flag(1 << 4, true);
        private static final Flag OLD_COMM = new Flag(1 << 1, false);
        private static final Flag SENDER = new Flag(1 << 3, true);

        /// Null when the column hangs on none.
        static Flag of(String column) {
            return switch (column) {
                case "killer_si_code", "killer_boot_ns" -> SIGNALLED;
                case "fault_addr" -> FAULT_ADDR;
                case "old_comm", "old_comm_raw" -> OLD_COMM;
                case String name when name.startsWith("killer_") -> KILLER;
                case String name when name.startsWith("sender_") -> SENDER;
                default -> null;
            };
        }
    }
}
