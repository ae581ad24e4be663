package exitbox.recorder.kernel;

import java.util.ArrayList;
import java.util.List;

/// What the running kernel's own types say about where a death can be seen. Version numbers say nothing:
/// distributions carry changes back and forth.
///
/// @param exitParameters parameters of btf_trace_sched_process_exit's prototype: 3 when it has `group_dead`, else 2
/// @param taskstatsExit whether there is a function taskstats_exit to hang on
public record KernelBtf(boolean present, int exitParameters, boolean taskstatsExit) {

    static final String GROUP_DEAD_REASON = "sched_process_exit has group_dead";

    /// Reads the kernel's BTF (a few milliseconds, unprivileged).
    public static KernelBtf read() {
        LibBpf.require();
        try (Btf btf = Btf.ofKernel()) {
            if (btf == null) {
                return new KernelBtf(false, 0, false);
            }
            int parameters = parameters(btf);
            // Looked for only when it matters: a search that finds nothing goes through 100,000 types.
            boolean taskstats = parameters != 3 && btf.find("taskstats_exit", Btf.FUNC) > 0;
            return new KernelBtf(true, parameters, taskstats);
        }
    }

    private static int parameters(Btf btf) {
        int typedef = btf.find("btf_trace_sched_process_exit", Btf.TYPEDEF);
        if (typedef < 0) {
            return 0;
        }
        Btf.Type pointer = btf.type(btf.type(typedef).sizeOrType());
        Btf.Type prototype = pointer.kind() == Btf.PTR ? btf.type(pointer.sizeOrType()) : pointer;
        return prototype.kind() == Btf.FUNC_PROTO ? prototype.count() : 0;
    }

    /// Whether the kernel has this tracepoint. Reads its types again: for when something was refused.
    static boolean hasTracepoint(String name) {
        try (Btf btf = Btf.ofKernel()) {
            return btf != null && btf.find("btf_trace_" + name, Btf.TYPEDEF) > 0;
        }
    }

    /// The hooks worth trying, best first.
    public List<ExitHook> candidates() {
        List<ExitHook> hooks = new ArrayList<>();
        if (exitParameters == 3) {
            hooks.add(ExitHook.GROUP_DEAD);
        }
        if (taskstatsExit) {
            hooks.add(ExitHook.TASKSTATS);
        }
        hooks.add(ExitHook.LIVE);
        return hooks;
    }

    /// Why [#candidates] begins as it does, in words.
    public String reason() {
        if (!present) {
            return "the kernel has no BTF (/sys/kernel/btf/vmlinux)";
        }
        if (exitParameters == 3) {
            return GROUP_DEAD_REASON;
        }
        String without = "sched_process_exit has no group_dead";
        return without + (taskstatsExit ? ", taskstats_exit exists" : ", no taskstats_exit");
    }
}
