package exitbox.analyzer.why;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What somebody with experience would say to it: conventions and habits, which may be wrong here, and are marked as hints.
final class Hints {
    private static final int SIGNALLED = 128;
    private static final long SOON_NS = 1_000_000_000L;
    private static final Map<String,
            String> KNOWN_SENDERS = Map.of("systemd-oomd", "it kills when memory gets short, before the kernel has to",
                    "earlyoom", "it kills when memory gets short, before the kernel has to", "oomd", "it kills when memory gets short",
                    "timeout", "it ends what takes longer than it was told to wait");

    /// @param command what shows more; null for none
    record Hint(String text, String command) {
    }

    private Hints() {}

    static List<Hint> of(Explanation why, Invocation invocation) {
        List<Hint> hints = new ArrayList<>();
        if (why.death().signal() == null) {
            code(why, hints, invocation);
        } else {
            sender(why, hints);
            behind(why, hints, invocation);
        }
        return hints;
    }

    private static void code(Explanation why, List<Hint> hints, Invocation invocation) {
        long code = why.death().code() == null ? 0 : why.death().code();
        Children.Dead child = why.children().dead();
        boolean passed = false;
        if (code != 0 && child != null && why.death().bootNs() - child.row().number("boot_ns", 0) < SOON_NS) {
            passed = child.row().number("code", -1) == code
                    || child.row().has("signal") && child.row().number("signal") + SIGNALLED == code;
            if (passed) {
                hints.add(new Hint("its child " + Names.process(child.party()) + " " + Names.ended(child.row()) + " "
                        + Names.span(why.death().bootNs() - child.row().number("boot_ns", 0))
                        + " before, and scripts pass that on:", invocation.why(child.row())));
            }
        }
        if (code == 124 && "timeout".equals(why.self().comm())) {
            add(hints, "timeout says 124 when what it ran took too long, and was ended.");
        } else if (code == 126) {
            add(hints, "by a shell's convention, 126 says: the command was found, but cannot be run.");
        } else if (code == 127) {
            add(hints, "by a shell's convention, 127 says: command not found.");
        } else if (code > SIGNALLED && code <= SIGNALLED + 64 && !passed) {
            boolean asked = why.request() != null && why.request().signal() + SIGNALLED == code;
            add(hints, "by convention, " + code + " is 128 + " + (code - SIGNALLED) + ", " + Names.signal(code - SIGNALLED)
                    + (asked ? ": a program that handles that signal, and ends, says so."
                            : ": what a shell says of a command that was killed so,"
                                    + " and a program that ended at that signal."));
        }
    }

    private static void sender(Explanation why, List<Hint> hints) {
        Party killer = why.killer();
        if (killer == null || killer.comm() == null || !"user".equals(why.death().cause())) {
            return;
        }
        String known = KNOWN_SENDERS.get(killer.comm());
        if (known != null) {
            add(hints, killer.comm() + ": " + known + ".");
        } else if (killer.id().pid() == 1 && killer.comm().equals("systemd") && why.death().row().has("unit")) {
            hints.add(new Hint("systemd ends processes so when it stops their unit; who wanted that, its journal says:",
                    "journalctl -u " + Invocation.word(why.death().row().text("unit"))));
        }
    }

    private static void add(List<Hint> hints, String text) {
        hints.add(new Hint(text, null));
    }

    /// Where the sender's own end is the question to ask next.
    private static void behind(Explanation why, List<Hint> hints, Invocation invocation) {
        String cause = why.death().cause();
        if (why.killer() != null && why.killer().life().exit() != Fact.NONE && ("parent_death".equals(cause) || "kernel".equals(cause))) {
            hints.add(new Hint("so the question is why " + Names.process(why.killer()) + " ended:",
                    invocation.why(why.killer().life().exit())));
        } else if (cause == null && why.death().signal() == 9) {
            add(hints, "SIGKILL of unknown origin is often the OOM killer's: dmesg may have its words.");
        }
    }
}
