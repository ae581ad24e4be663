package exitbox.recorder;

import exitbox.recorder.kernel.EventHook;
import exitbox.recorder.kernel.Probe;
import exitbox.recorder.kernel.ProbeOptions;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Set;

/// `record --check`: attaches all that is asked for, says what the kernel made of it, and records nothing.
final class Check {
    private Check() {}

    /// 0 when all that was asked for can be recorded, else 1. Throws as a recorder would that cannot see deaths.
    static int run(ProbeOptions options, Host host, PrintStream out) {
        try (Probe probe = Probe.arm(options)) {
            out.printf(Locale.ROOT, "kernel %s (%s), libbpf %s%n", host.kernel(), host.machine(), probe.libbpfVersion());
            line(out, "deaths", "yes", probe.hook().target() + " (" + probe.hook().word() + "): " + probe.hookReason());
            Set<EventHook> asked = options.events().hooks();
            for (EventHook hook : EventHook.values()) {
                String target = probe.target(hook);
                String why = probe.missing().get(hook);
                if (!asked.contains(hook)) {
                    line(out, hook.records(), "off", "");
                } else if (target == null) {
                    line(out, hook.records(), "NO", why);
                } else {
                    line(out, hook.records(), "yes", target + (why == null ? "" : "; " + why));
                }
            }
            return probe.missing().isEmpty() ? 0 : 1;
        }
    }

    private static void line(PrintStream out, String what, String verdict, String detail) {
        out.println(String.format(Locale.ROOT, "%-22s  %-3s  %s", what, verdict, detail).stripTrailing());
    }
}
