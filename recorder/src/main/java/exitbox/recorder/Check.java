package exitbox.recorder;

import exitbox.recorder.kernel.Arming;
import exitbox.recorder.kernel.Capabilities;
import exitbox.recorder.kernel.Clock;
import exitbox.recorder.kernel.EventHook;
import exitbox.recorder.kernel.KernelException;
import exitbox.recorder.kernel.Pins;
import exitbox.recorder.kernel.Probe;
import exitbox.recorder.kernel.ProbeOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// `record --check`: what this machine offers to a recorder with these options, a line each, and what to do about what it
/// does not. Loads and attaches what would be, for a moment; records nothing and makes nothing.
final class Check {
    private static final int MISSING = 1;

    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

    private final PrintStream out;
    private int status;

    private Check(PrintStream out) {
        this.out = out;
    }

    /// Where it would record.
    ///
    /// @param pinned whether it would pin
    record Place(Path dir, KeepFree keepFree, Path pinRoot, boolean pinned) {}

    /// 0 when all that was asked for can be had; 77 and 70 as a recorder would end, without rights or where BPF is refused;
    /// 1 when something else is missing.
    static int run(ProbeOptions options, Host host, Place place, PrintStream out) throws IOException {
        Check check = new Check(out);
        boolean kernel = check.holds("kernel", Arming::requireKernel, host.kernel() + " (" + host.machine() + "), which tells its types");
        boolean libbpf = check.holds("libbpf", Arming::requireLibBpf, null);
        List<String> missing = Capabilities.missing();
        String needed = String.join(" and ", missing);
        check.line("capabilities", missing.isEmpty(), missing.isEmpty() ? "enough for BPF"
                : needed + (missing.size() > 1 ? " are" : " is") + " missing — run as root (sudo), or grant " + needed,
                Failure.NOT_PRIVILEGED);
        if (kernel && libbpf && missing.isEmpty()) {
            check.events(options);
        } else {
            check.out.println(row("deaths", "?", "not tried"));
        }
        check.clock();
        check.folder(place, host);
        check.pins(place, host);
        return check.status;
    }

    private interface Requirement {
        /// What there is, or null; throws when it is not as it should be.
        String check();
    }

    private boolean holds(String what, Requirement requirement, String detail) {
        try {
            String found = requirement.check();
            line(what, true, detail == null ? found : detail, 0);
            return true;
        } catch (KernelException e) {
            line(what, false, e.getMessage(), e.exitStatus());
            return false;
        }
    }

    private void events(ProbeOptions options) {
        try (Probe probe = Arming.arm(options)) {
            line("deaths", true, probe.hook().target() + " (" + probe.hook().word() + "): " + probe.hookReason(), 0);
            for (EventHook hook : EventHook.values()) {
                String target = probe.target(hook);
                String why = probe.missing().get(hook);
                if (!options.events().hooks().contains(hook)) {
                    out.println(row(hook.records(), "off", EventHook.DEFAULT.contains(hook) ? "left out by --no-hook" : ""));
                } else {
                    line(hook.records(), target != null, target == null ? why : target + arguments(hook, options)
                            + (why == null ? "" : "; " + why), MISSING);
                    status = status == 0 && why != null ? MISSING : status;
                }
            }
            line("rings", true, Quantity.words(probe.deaths().bytes()) + " for deaths, " + Quantity.words(probe.eventsRing().bytes())
                    + " for all else, of memory that stays", 0);
        } catch (KernelException e) {
            line("deaths", false, e.getMessage(), e.exitStatus());
        }
    }

    private static String arguments(EventHook hook, ProbeOptions options) {
        boolean told = hook == EventHook.EXEC || hook == EventHook.FAILED_EXEC || hook == EventHook.TASKS;
        return told && options.events().maxArgsBytes() == 0 ? ", without arguments (--max-args-bytes 0)" : "";
    }

    private void clock() {
        line("clock", true, "wall time is known to " + new Clock().pair().errorNs() + " ns" + (Clock.isSynchronized() ? ""
                : "; nobody keeps it right: times of several machines will not agree — run a time service, such as systemd-timesyncd"), 0);
    }

    private void folder(Place place, Host host) throws IOException {
        Path there = place.dir().toAbsolutePath();
        boolean exists = Files.exists(there);
        while (there.getParent() != null && !Files.exists(there)) {
            there = there.getParent();
        }
        String problem = !Files.isDirectory(there) ? there + " is no folder — choose another with -d"
                : !Files.isWritable(there) ? there + " is not writable — choose another with -d"
                : Ground.problem(place.dir(), host.name());
        line("folder", problem == null, place.dir() + (exists ? "" : ", to be made") + (problem == null ? "" : ": " + problem), MISSING);
        Room room = new Room(place.dir(), place.keepFree());
        boolean spare = room.spare() >= 0;
        line("disk", spare, spare ? Quantity.words(room.spare()) + " to write on " + room.type()
                + (IN_MEMORY.contains(room.type()) ? ", which a reboot empties" : "")
                : room.lack() + " — make room there, or leave less with --keep-free", MISSING);
    }

    private void pins(Place place, Host host) {
        Pins pins = Pins.of(place.pinRoot(), place.dir(), host.name());
        try {
            pins.require();
            line("pins", true, place.pinRoot() + (pins.stand() ? ": a run is left there, which the next start goes on with" : ""), 0);
        } catch (KernelException e) {
            // Without --pin it is no lack, and good to know.
            if (place.pinned()) {
                line("pins", false, e.getMessage(), MISSING);
            } else {
                out.println(row("pins", "off", e.getMessage()));
            }
        }
    }

    /// @param otherwise the exit status for it; without a right nothing else matters, and without BPF little
    private void line(String what, boolean is, String detail, int otherwise) {
        out.println(row(what, is ? "yes" : "NO", detail));
        if (!is) {
            status = Math.max(status, otherwise);
        }
    }

    private static String row(String what, String verdict, String detail) {
        return String.format(Locale.ROOT, "%-22s  %-3s  %s", what, verdict, detail).stripTrailing();
    }
}
