package exitbox.schemas;

import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// Layouts of the kernel's records, made by hand: the fields of records.h, and what other versions could make of them.
public final class Layouts {
    private static final String HEADER = "table:4 cpu:4 mono_ns:8 boot_ns:8 ";

    public static final RecordLayout EXIT = of("exit_record", HEADER
            + "pid:4 tid:4 ppid:4 status:4 leader_status:4 task_status:4 uid:4 gid:4 "
            + "start_mono_ns:8 start_boot_ns:8 thread_start_mono_ns:8 thread_start_boot_ns:8 comm:16 last_comm:16 tty:16 "
            + "loginuid:4 audit_session:4 sid:4 pgid:4 cgroup_id:8 pid_ns:4 ns_pid:4 mnt_ns:4 threads:4 utime_ns:8 stime_ns:8 cpu_ns:8 "
            + "run_delay_ns:8 max_rss_bytes:8 minor_faults:8 major_faults:8 voluntary_switches:8 involuntary_switches:8 read_bytes:8 "
            + "write_bytes:8 exit_signal:4 oom_score_adj:4 flags:4 task_flags:4 parent_start_boot_ns:8 parent_comm:16 cause:4 "
            + "killer_si_code:4 killer_pid:4 killer_tid:4 killer_uid:4 killer_loginuid:4 killer_start_boot_ns:8 killer_boot_ns:8 "
            + "fault_addr:8 killer_comm:16");
    public static final RecordLayout THREAD_EXIT =
            of("thread_exit_record", HEADER + "pid:4 tid:4 ppid:4 uid:4 start_mono_ns:8 start_boot_ns:8 "
                    + "thread_start_mono_ns:8 thread_start_boot_ns:8 comm:16 status:4 flags:4");
    private static final String IDENTITY = "start_mono_ns:8 start_boot_ns:8 ";
    public static final RecordLayout EXEC = of("exec_record", HEADER + "pid:4 tid:4 ppid:4 ret:4 " + IDENTITY + "parent_start_boot_ns:8 "
            + "comm:16 old_comm:16 parent_comm:16 cgroup_id:8 uid:4 loginuid:4 argc:4 flags:4 filename_offset:4 filename_length:4 "
            + "exe_offset:4 exe_length:4 cwd_offset:4 cwd_length:4 argv_offset:4 argv_length:4 args_bytes:8");
    public static final RecordLayout FORK = of("fork_record", HEADER + "pid:4 tid:4 ppid:4 uid:4 " + IDENTITY + "parent_start_boot_ns:8 "
            + "comm:16 parent_comm:16 cgroup_id:8 clone_flags:8 creator_pid:4 creator_tid:4");
    public static final RecordLayout SIGNAL = of("signal_record", HEADER + "pid:4 tid:4 " + IDENTITY + "comm:16 cgroup_id:8 uid:4 signal:4 "
            + "si_code:4 result:4 cause:4 action:4 flags:4 current_pid:4 current_tid:4 current_uid:4 current_loginuid:4 reserved:4 "
            + "current_start_boot_ns:8 current_comm:16 fault_addr:8");
    public static final RecordLayout OOM = of("oom_record", HEADER + "pid:4 tid:4 " + IDENTITY + "comm:16 cgroup_id:8 total_vm_bytes:8 "
            + "anon_rss_bytes:8 file_rss_bytes:8 shmem_rss_bytes:8 swap_bytes:8 pgtables_bytes:8 uid:4 oom_score_adj:4 memcg:4 "
            + "trigger_pid:4 trigger_tid:4 reserved:4 trigger_start_boot_ns:8 trigger_comm:16");
    public static final RecordLayout RUNQ = of("runq_record", HEADER + "pid:4 tid:4 " + IDENTITY + "comm:16 cgroup_id:8 waited_ns:8 uid:4 "
            + "prev_pid:4 prev_tid:4 reserved:4 prev_comm:16");
    public static final RecordLayout TASK = of("task_record", HEADER + "pid:4 ppid:4 " + IDENTITY + "parent_start_boot_ns:8 comm:16 tty:16 "
            + "cgroup_id:8 uid:4 gid:4 loginuid:4 sid:4 pgid:4 threads:4 flags:4 exe_offset:4 exe_length:4 cwd_offset:4 cwd_length:4 "
            + "argv_offset:4 argv_length:4 reserved:4 args_bytes:8");
    public static final RecordLayout HEARTBEAT = of("heartbeat_record", HEADER + "ring_fill_bytes:8 ring_bytes:8 real_ns:8 real_boot_ns:8 "
            + "real_error_ns:8 spool_bytes:8 seen:128 filtered:128 lost:128 events_fill_bytes:8 events_ring_bytes:8");
    public static final RecordLayout CGROUP_NAME = of("cgroup_name_record", HEADER + "cgroup_id:8 path_offset:4 path_length:4");

    /// Those of all records that become rows, and of names.
    public static final List<RecordLayout> ALL = List.of(EXIT, THREAD_EXIT, EXEC, FORK, SIGNAL, OOM, RUNQ, TASK, HEARTBEAT, CGROUP_NAME);

    private Layouts() {
    }

    /// Fields one after another, each as `name:size`.
    public static RecordLayout of(String struct, String fields) {
        List<Field> placed = new ArrayList<>();
        int offset = 0;
        for (String field : fields.split(" ")) {
            String[] parts = field.split(":");
            placed.add(new Field(parts[0], offset, Integer.parseInt(parts[1])));
            offset += placed.getLast().size();
        }
        return new RecordLayout(struct, offset, placed);
    }

    /// The same fields behind the header in another order.
    public static RecordLayout shuffled(RecordLayout layout, long seed) {
        List<Field> fields = new ArrayList<>(layout.fields().subList(4, layout.fields().size()));
        Collections.shuffle(fields, new Random(seed));
        return again(layout, fields);
    }

    public static RecordLayout without(RecordLayout layout, String name) {
        return again(layout, layout.fields().stream().skip(4).filter(field -> !field.name().equals(name)).toList());
    }

    /// The layout with one field of another size.
    public static RecordLayout resized(RecordLayout layout, String name, int size) {
        return again(layout, layout.fields().stream().skip(4)
                .map(field -> field.name().equals(name) ? new Field(name, 0, size) : field).toList());
    }

    private static RecordLayout again(RecordLayout layout, List<Field> fields) {
        StringBuilder text = new StringBuilder(HEADER.strip());
        fields.forEach(field -> text.append(' ').append(field.name()).append(':').append(field.size()));
        return of(layout.struct(), text.toString());
    }
}
