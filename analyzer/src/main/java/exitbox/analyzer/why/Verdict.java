package exitbox.analyzer.why;

import exitbox.analyzer.filter.Window;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.Timestamps;

/// The first sentence of the page: what died, when, of what, and who or what did it. One for every cause of the contract.
final class Verdict {
    private static final long NULL_PAGE = 65_536;

    private final Explanation why;
    private final Death death;
    private final Timestamps times;

    private Verdict(Explanation why, Timestamps times) {
        this.times = times;
        this.why = why;
        this.death = why.death();
    }

    static String of(Explanation why, Timestamps times) {
        Verdict verdict = new Verdict(why, times);
        String when = why.death().micros() == null ? "" : " at " + times.brief(Window.ofMicros(why.death().micros())) + " ("
                + times.zoneName() + ")";
        String where = why.severalHosts() ? " on " + why.death().id().host() : "";
        if (why.self().isKthread()) {
            return Names.process(why.self()) + ", a thread of the kernel's own, ended" + where + when + ".";
        }
        return Names.process(why.self()) + " " + Names.ended(why.death().row()) + where + when + verdict.because() + ".";
    }

    private String because() {
        if (death.row().text("reason") == null) {
            return "";
        }
        if (death.signal() == null) {
            return byItself();
        }
        String cause = death.cause();
        if (cause == null) {
            return ": who or what sent the signal cannot be told, since " + Doubts.of(why, times).unknown();
        }
        if (death.signal() == 13 && !cause.equals("user")) {
            return ": it wrote into a pipe or socket from which nobody reads any more";
        }
        return switch (cause) {
            case "user" -> user();
            case "self" -> death.signal() == 6 ? ": it aborted itself, as programs do when a check of their own fails"
                    : ": it sent that signal to itself";
            case "parent_death" -> ": its parent" + (why.killer() == null ? "" : ", " + Names.sender(why.killer()) + ",")
                    + " ended, and it had asked to be killed then";
            case "fault" -> ": " + fault();
            case "oom" -> ": " + memory();
            case "seccomp" -> ": it made a system call that its seccomp filter forbids";
            case "rlimit" -> death.signal() == 25 ? ": it wrote more into a file than it was allowed to (ulimit -f)"
                    : ": it had used up the CPU time that it was allowed (ulimit -t)";
            case "timer" -> ": its own alarm clock ran out (alarm or a timer), and it had no handler for that";
            case "tty" -> ": " + terminal();
            case "kernel" -> ": " + kernel();
            default -> "";
        };
    }

    private String byItself() {
        Received request = why.request();
        if (request != null) {
            return ": it ended by itself, " + Names.span(death.bootNs() - request.bootNs()) + " after it got "
                    + Names.signal(request.signal())
                    + (request.sender() == null ? "" : " from " + Names.sender(request.sender()));
        }
        return death.isFailure() ? ": nobody killed it, it ended by itself" : ": it ended by itself, and calls that a success";
    }

    private String user() {
        if (why.killer() == null) {
            return ": another process sent it, which one is not known";
        }
        Received asked = why.escalated();
        Relay relay = why.relay();
        return ": " + kin(why.killer()) + Names.sender(why.killer()) + " sent it"
                + (asked == null ? "" : ", " + Names.span(why.escalatedAfterNs()) + " after " + Names.signal(asked.signal())
                        + (asked.fate().equals("ignored") ? ", which it ignored" : ""))
                + (relay == null ? "" : ", " + Names.span(relay.heldNs(death)) + " after it had got " + Names.signal(death.signal())
                        + " itself, from " + Names.sender(relay.sender()));
    }

    private String kin(Party killer) {
        return killer.id().equals(death.parent()) && killer.id().pid() != 1 ? "its parent "
                : death.id().equals(killer.life().parent()) ? "its child " : "";
    }

    private String fault() {
        Long address = death.row().number("fault_addr");
        String at = address == null ? "" : " at 0x" + Long.toHexString(address);
        String it = why.fault() == Fact.NONE || why.fault().number("tid", death.id().pid()) == death.id().pid() ? "it"
                : "its thread " + why.fault().text("comm");
        return switch (death.signal().intValue()) {
            case 11 -> it + " touched memory that is not its own" + at
                    + (address != null && address >= 0 && address < NULL_PAGE ? ", by a null pointer most likely" : "");
            case 7 -> it + " touched memory that could not be given to it" + at + ", as when a mapped file has become shorter";
            case 8 -> it + " calculated what cannot be calculated, such as a division by zero";
            case 4 -> it + " came to an instruction that this CPU does not know" + at;
            case 5 -> it + " came to a breakpoint with no debugger behind it" + at;
            default -> "the CPU could not go on" + at;
        };
    }

    private String memory() {
        Oom oom = why.oom();
        String chosen = ", and the OOM killer chose it";
        if (oom == null || !oom.row().has("memcg")) {
            return "memory ran out" + chosen;
        }
        chosen += oom.residentBytes() == null ? "" : ", which had " + Counts.bytes(oom.residentBytes());
        return oom.row().is("memcg") ? "its memory cgroup had reached its limit" + chosen
                : "the machine had no memory left" + chosen;
    }

    private String terminal() {
        String tty = death.row().text("tty") == null ? "" : " " + death.row().text("tty");
        return switch (death.signal().intValue()) {
            case 1 -> "its terminal" + tty + " was closed or hung up";
            case 2 -> "somebody pressed Ctrl-C on its terminal" + tty;
            case 3 -> "somebody pressed Ctrl-\\ on its terminal" + tty;
            default -> "its terminal" + tty + " sent that";
        };
    }

    private String kernel() {
        if (why.killer() != null) {
            return "the first process of its PID namespace, " + Names.sender(why.killer())
                    + ", ended, and that ends all others in it: the end of a container";
        }
        return "the kernel sent it";
    }
}
