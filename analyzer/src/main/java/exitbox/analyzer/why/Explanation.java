package exitbox.analyzer.why;

import java.util.List;

/// All that is known of why a process died: what the page says, and what JSON has.
///
/// @param self the process that died
/// @param program what it ran; null when not known
/// @param killer who sent the fatal signal; null when nobody did or that is not known
/// @param killerAncestry who started the killer
/// @param relay from whom the killer had the signal; null when it sent it of its own
/// @param ancestry who started the process itself
/// @param received signals of the minute before its end, oldest first
/// @param oom null unless the OOM killer chose it
/// @param fault the row of `signals` of the fault that killed it; [Fact#NONE] when there was none
/// @param leader the row of `thread_exits` of its main thread, when that ended before the process
/// @param minute its kin that died in the minutes around
/// @param gone what was recorded of the time that is looked at, and cannot be read any more
/// @param severalHosts whether a name of a host is worth saying
record Explanation(Death death, Party self, Program program, Party parent, Party killer, Ancestry killerAncestry, Relay relay,
        Ancestry ancestry,
        List<Received> received, Oom oom, Fact fault, Fact leader, Children children, Fellow.Minute minute, Watch watch,
        Gone gone, boolean severalHosts) {

    private static final long CASCADE_NS = 1_000_000_000L;

    /// Whether it is not known what the process itself ran.
    boolean isProgramUnknown() {
        return (program == null || program.line() == null) && !self.isKthread();
    }

    /// Whether it is not known what the sender ran, who is another process.
    boolean isKillersProgramUnknown() {
        return isUnknown(killer, death);
    }

    static boolean isUnknown(Party killer, Death death) {
        return killer != null && !"self".equals(death.cause()) && !killer.isKthread()
                && (killer.program() == null || killer.program().line() == null);
    }

    /// The signal that killed it, as it was sent; null when its row is not in the recording.
    Received doom() {
        for (Received signal : received.reversed()) {
            if (signal.dooms() && death.signal() != null && signal.signal() == death.signal()) {
                return signal;
            }
        }
        return null;
    }

    /// The last signal it got and lived on with that asks a process to end: what an exit soon after may be the answer to. Null
    /// when there was none.
    Received request() {
        return asked(List.of("ignored", "lost"));
    }

    /// SIGTERM, or another request to end, that SIGKILL followed, heard or not; null when it was not so.
    Received escalated() {
        return death.signal() != null && death.signal() == 9 && "user".equals(death.cause()) ? asked(List.of("lost")) : null;
    }

    /// How long after [#escalated] the fatal signal was sent; null when there was none.
    Long escalatedAfterNs() {
        Received asked = escalated();
        return asked == null ? null : sentNs() - asked.bootNs();
    }

    /// When the fatal signal was sent, as near as it is known.
    private long sentNs() {
        return death.row().number("killer_boot_ns", doom() == null ? death.bootNs() : doom().bootNs());
    }

    private Received asked(List<String> otherThan) {
        for (Received signal : received.reversed()) {
            long n = signal.signal();
            boolean asks = n == 1 || n == 2 || n == 3 || n == 15;
            if (asks && !signal.dooms() && !otherThan.contains(signal.fate())) {
                return signal;
            }
        }
        return null;
    }

    /// Those of its kin that died in one go with it: not more than a second between one and the next. In their order.
    List<Fellow> cascade() {
        List<Fellow> all = minute.fellows();
        int next = 0;
        while (next < all.size() && all.get(next).bootNs() <= death.bootNs()) {
            next++;
        }
        int from = next;
        for (long later = death.bootNs(); from > 0 && later - all.get(from - 1).bootNs() <= CASCADE_NS; from--) {
            later = all.get(from - 1).bootNs();
        }
        int end = next;
        for (long earlier = death.bootNs(); end < all.size() && all.get(end).bootNs() - earlier <= CASCADE_NS; end++) {
            earlier = all.get(end).bootNs();
        }
        return all.subList(from, end);
    }

    /// Whether it was the first of a cascade.
    boolean isFirst() {
        return !cascade().isEmpty() && cascade().getFirst().bootNs() > death.bootNs();
    }

    /// Who was, when that was another one; null when there was no cascade, too.
    Fellow first() {
        return cascade().isEmpty() || isFirst() ? null : cascade().getFirst();
    }
}
