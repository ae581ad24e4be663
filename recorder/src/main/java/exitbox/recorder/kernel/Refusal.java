package exitbox.recorder.kernel;

import java.util.ArrayList;
import java.util.List;

/// What the kernel said no to while a hook was tried.
///
/// @param step `load` or `attach`
record Refusal(ExitHook hook, String step, int errno) {

    /// For example `exit_taskstats (fentry/taskstats_exit): attach refused with EPERM`.
    String words() {
        return hook.program() + " (" + hook.target() + "): " + step + " refused with " + Errno.name(errno);
    }

    /// The exception for when every hook was refused.
    static KernelException exception(List<Refusal> refusals, ProbeOptions options, String log) {
        Refusal last = refusals.getLast();
        boolean permission = last.errno == Errno.EPERM || last.errno == Errno.EACCES;
        List<String> missing = permission ? Capabilities.missing() : List.of();
        String what = "cannot " + last.step + " " + last.hook.program() + " (" + last.hook.target() + "): " + Errno.name(last.errno);
        if (!missing.isEmpty()) {
            return new KernelException(KernelException.NOT_PRIVILEGED, "cannot load the BPF programs: "
                    + Errno.name(last.errno) + " — run as root or grant " + String.join(" and ", missing), log);
        }
        List<String> earlier = new ArrayList<>();
        for (Refusal refusal : refusals.subList(0, refusals.size() - 1)) {
            earlier.add(refusal.words());
        }
        String because = switch (last.errno) {
            case Errno.EPERM -> " — the kernel forbids it although the capabilities are there: "
                    + (KernelVersion.running().isAtLeast(5, 11)
                            ? "a container's seccomp filter or user namespace, a lockdown or another security module"
                            : "before Linux 5.11 BPF maps count as locked memory: ulimit -l unlimited, or grant CAP_SYS_RESOURCE");
            case Errno.ENOMEM -> " — not enough memory for a ring of " + options.ringBytes() + " bytes: try a smaller --ring-size";
            default -> " — this kernel refuses the program";
        };
        return new KernelException(KernelException.BPF_REFUSED,
                what + because + (earlier.isEmpty() ? "" : "; before that, " + String.join("; ", earlier)), log);
    }
}
