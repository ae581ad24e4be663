package exitbox.recorder.kernel;

/// The places in the kernel where a process's death can be seen, best first. One is used at a time.
public enum ExitHook {

    /// The tracepoint itself says that the whole process is dead (kernels that have upstream's 3e816361e94a).
    GROUP_DEAD("group_dead", "exit_group_dead", "tp_btf/sched_process_exit"),

    /// Called at the same place with the same knowledge, on older kernels.
    TASKSTATS("taskstats", "exit_taskstats", "fentry/taskstats_exit"),

    /// No thread is left alive: two threads can both see that, so the reader keeps a process's last record.
    LIVE("live", "exit_live", "tp_btf/sched_process_exit");

    private final String word;
    private final String program;
    private final String target;

    ExitHook(String word, String program, String target) {
        this.word = word;
        this.program = program;
        this.target = target;
    }

    /// The hook of this name; throws when there is none.
    static ExitHook of(String word) {
        for (ExitHook hook : values()) {
            if (hook.word.equals(word)) {
                return hook;
            }
        }
        throw new IllegalArgumentException("no exit hook " + word);
    }

    /// Its name for `--exit-hook`.
    public String word() {
        return word;
    }

    /// The BPF program's name in the object.
    public String program() {
        return program;
    }

    /// What it is attached to.
    public String target() {
        return target;
    }

    /// Whether one death can give more than one record.
    public boolean coalesce() {
        return this == LIVE;
    }
}
