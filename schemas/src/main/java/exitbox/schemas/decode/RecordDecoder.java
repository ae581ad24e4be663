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
import exitbox.schemas.spool.SpoolHeader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/// Makes rows of one table out of records of one struct, by name: a column is the field of its
/// name, INTEGER columns read 4 bytes signed, BIGINT ones 4 bytes unsigned or 8. The columns
/// that are made of others are listed in [Needs#field] and [#special].
final class RecordDecoder {
    private static final Table[] COUNTED = {Table.EXITS, Table.THREAD_EXITS, Table.EXECS, Table.FORKS, Table.SIGNALS, Table.OOMS,
        Table.RUNQS, Table.TASKS, Table.HEARTBEATS};

    // enum cause and enum signal_action in records.h.
    private static final String[] CAUSES = {null, "user", "self", "parent_death", "fault", "oom", "seccomp", "rlimit", "timer", "tty",
        "kernel"};
    private static final String[] ACTIONS = {"default", "ignore", "handler"};

    // enum exit_flags, program_flags and signal_flags in records.h.
    private static final int KTHREAD = 1 << 0;
    private static final int SIGNAL_THREAD_DIRECTED = 1 << 0;
    private static final int SIGNAL_BLOCKED = 1 << 1;
    private static final int SIGNAL_DOOMS = 1 << 2;

    private static final long CORE_DUMPED = 0x80;
    private static final long SIGNAL = 0x7f;
    // UNKNOWN32 in records.h.
    private static final long UNKNOWN = 0xffffffffL;
    // CGROUP_V1 in records.h: keeps ids of the two hierarchies apart where both name paths.
    private static final long CGROUP_V1 = 1L << 62;

    /// What the decoding of a spool shares between tables.
    record Context(SpoolHeader header, ClockLine clock, NameCache names, CgroupNames cgroups, Days days, PartReaders.Caches parts) {
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

    private static ColumnReader reader(Column column, RecordLayout layout, Map<String, String> renamed, Context context) {
        ColumnReader common = common(column.name(), context);
        if (common != null) {
            return common;
        }
        String need = Needs.field(column.name(), layout);
        Field field = need == null ? null : layout.find(renamed.getOrDefault(need, need));
        if (field == null || !Needs.fits(column, field)) {
            return ColumnReader.nulls();
        }
        if (Needs.part(column.name()) != null) {
            return ofPart(column.name(), layout, context);
        }
        Needs.Flag flag = Needs.Flag.of(column.name());
        Field flags = layout.find("flags");
        if (flag != null && (flags == null || flags.size() != 4)) {
            return ColumnReader.nulls();
        }
        ColumnReader reader = ofField(column, field, layout, context);
        return flag == null ? reader : FlagReaders.where(flags, flag.bit(), flag.wanted(), reader);
    }

    private static ColumnReader ofField(Column column, Field field, RecordLayout layout, Context context) {
        ColumnReader special = special(column.name(), field, layout, context);
        if (special != null) {
            return special;
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

    private static ColumnReader ofPart(String column, RecordLayout layout, Context context) {
        Parts.Part part = Parts.Part.find(layout, Needs.part(column));
        if (part == null) {
            return ColumnReader.nulls();
        }
        Field argsBytes = layout.find("args_bytes");
        if (argsBytes != null && argsBytes.size() != 8) {
            argsBytes = null;
        }
        PartReaders.Caches caches = context.parts();
        Contents<Arguments> arguments = layout.struct().equals("task_record") ? caches.living() : caches.arguments();
        return switch (column) {
            case "argv" -> PartReaders.list(part, argsBytes, arguments);
            case "cmdline" -> PartReaders.line(part, argsBytes, arguments);
            case "argv_truncated" -> argsBytes == null ? ColumnReader.nulls() : PartReaders.truncated(part, argsBytes);
            case String name when name.endsWith("_raw") -> PartReaders.text(part, caches.texts(), Name::raw);
            default -> PartReaders.text(part, caches.texts(), Name::text);
        };
    }

    private static ColumnReader common(String column, Context context) {
        return switch (column) {
            case "host" -> ColumnReader.constant(context.header().host());
            case "boot_id" -> ColumnReader.constant(context.header().bootId());
            case "seq" -> ColumnReader.seq();
            case "ts" -> ColumnReader.timestamp(context.clock());
            case "date" -> ColumnReader.date(context.clock(), context.days());
            case "tables" -> ColumnReader.constants(Arrays.stream(COUNTED).map(Table::sqlName).toArray(String[]::new));
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

    private static ColumnReader special(String column, Field field, RecordLayout layout, Context context) {
        return switch (column) {
            case "code" -> ColumnReader.derived(field, status -> (status & SIGNAL) == 0, status -> status >> 8 & 0xff);
            case "signal" -> field.name().equals("status")
                    ? ColumnReader.derived(field, status -> (status & SIGNAL) != 0, status -> status & SIGNAL)
                    : null;
            case "core_dumped" -> ColumnReader.derived(field, status -> true, status -> (status & CORE_DUMPED) != 0 ? 1 : 0);
            case "last_status", "last_start_mono_ns" -> ofLastThread(field, layout);
            case "cause" -> FlagReaders.word(field, CAUSES);
            case "action" -> FlagReaders.word(field, ACTIONS);
            case "fault_addr" -> ColumnReader.masked(field, -1L); // every address is one
            case "kthread" -> FlagReaders.bit(field, KTHREAD);
            case "thread_directed" -> FlagReaders.bit(field, SIGNAL_THREAD_DIRECTED);
            case "blocked" -> FlagReaders.bit(field, SIGNAL_BLOCKED);
            case "dooms" -> FlagReaders.bit(field, SIGNAL_DOOMS);
            case "argc", "creator_pid", "creator_tid", "trigger_pid", "trigger_tid", "prev_pid", "prev_tid", "memcg" ->
                    ColumnReader.derived(field, number -> number != UNKNOWN, number -> number);
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
