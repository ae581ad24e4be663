package exitbox.recorder.kernel;

import exitbox.schemas.layout.RecordLayout;
import java.util.List;

/// The layouts of the ring's records, as clang laid them out in the object that is about to be loaded. Unprivileged.
public final class Layouts {

    /// Every struct that a record in the ring can be.
    public static final List<String> RECORDS = List.of("exit_record", "thread_exit_record", "exec_record", "fork_record",
            "signal_record", "oom_record", "runq_record", "task_record", "heartbeat_record", "cgroup_name_record");

    private Layouts() {}

    /// From the object in the program's jar.
    public static List<RecordLayout> read() {
        LibBpf.require();
        try (BpfObject object = BpfObject.open()) {
            return of(object);
        }
    }

    static List<RecordLayout> of(Loaded loaded) {
        return RECORDS.stream().map(loaded::struct).toList();
    }
}
