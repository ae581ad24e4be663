package exitbox.recorder.kernel;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What can be recorded beside deaths, each by BPF programs of its own, which a kernel may lack: the others go on then.
public enum EventHook {
    EXEC("exec", "execs", List.of(
            new Choice("sched_process_exec", List.of("exec", "rename"), "tp_btf/sched_process_exec", ""),
            new Choice("sched_process_exec", List.of("exec"), "tp_btf/sched_process_exec", "the names before an exec are not recorded"))),
    FORK("fork", "forks", List.of(new Choice("task_newtask", List.of("fork"), "tp_btf/task_newtask", ""))),
    SIGNAL("signal", "signals and who killed", List.of(new Choice("signal_generate", List.of("signal"), "tp_btf/signal_generate", ""))),
    OOM("oom", "OOM kills", List.of(new Choice("mark_victim", List.of("oom"), "tp_btf/mark_victim", ""))),
    TASKS("tasks", "the processes alive", List.of(
            new Choice(null, List.of("tasks"), "iter.s/task", ""),
            new Choice(null, List.of("tasks_no_args"), "iter/task", "the arguments of processes that are alive are not recorded"))),
    FAILED_EXEC("failed-exec", "failed execs", List.of(new Choice("sys_exit", List.of("exec_failed"), "tp_btf/sys_exit", ""))),
    RUNQ("runq", "waits for a CPU", List.of(new Choice("sched_switch", List.of("runq"), "tp_btf/sched_switch", "")));

    /// Those that are attached unless told otherwise.
    public static final Set<EventHook> DEFAULT = Collections.unmodifiableSet(EnumSet.of(EXEC, FORK, SIGNAL, OOM, TASKS));

    private final String word;
    private final String records;
    private final List<Choice> choices;

    /// A way to record it.
    ///
    /// @param tracepoint that the kernel must have; null when its types do not say
    /// @param programs names of the BPF programs
    /// @param target what the first of them is attached to
    /// @param lacks what is missing this way, for people; "" when nothing is
    record Choice(String tracepoint, List<String> programs, String target, String lacks) {}

    EventHook(String word, String records, List<Choice> choices) {
        this.word = word;
        this.records = records;
        this.choices = choices;
    }

    /// Its name for `--no-hook`.
    public String word() {
        return word;
    }

    /// What it records, in words for people.
    public String records() {
        return records;
    }

    /// The ways to record it, best first.
    List<Choice> choices() {
        return choices;
    }
}
