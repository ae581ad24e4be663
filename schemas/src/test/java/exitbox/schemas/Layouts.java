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
            + "write_bytes:8 exit_signal:4 oom_score_adj:4 flags:4 task_flags:4");
    public static final RecordLayout THREAD_EXIT =
            of("thread_exit_record", HEADER + "pid:4 tid:4 ppid:4 uid:4 start_mono_ns:8 start_boot_ns:8 "
                    + "thread_start_mono_ns:8 thread_start_boot_ns:8 comm:16 status:4 flags:4");
    public static final RecordLayout HEARTBEAT = of("heartbeat_record", HEADER + "ring_fill_bytes:8 ring_bytes:8 real_ns:8 real_boot_ns:8 "
            + "real_error_ns:8 spool_bytes:8 seen:128 filtered:128 lost:128");
    public static final RecordLayout CGROUP_NAME = of("cgroup_name_record", HEADER + "cgroup_id:8 path_offset:4 path_length:4");

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
