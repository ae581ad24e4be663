package exitbox.analyzer.why;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Who started a process, and who that one, up to the machine's first process.
///
/// @param parties the nearest first
/// @param end why it goes no further
record Ancestry(List<Party> parties, End end) {
    private static final int MOST = 64;

    /// Where a line of ancestors ends.
    enum End {
        /// With the first process, or the kernel.
        INIT,
        /// The recording knows no more.
        UNKNOWN,
        /// Somebody would be his own ancestor, or younger than his child: the recording contradicts itself.
        CONTRADICTION,
        /// There are more than anybody wants to see.
        CUT
    }

    static final Ancestry NONE = new Ancestry(List.of(), End.UNKNOWN);

    /// Each as it was when it started the one before.
    static Ancestry of(ProcessId id, Lives lives) {
        if (id == null) {
            return NONE;
        }
        List<Party> parties = new ArrayList<>();
        Set<ProcessId> seen = new HashSet<>(Set.of(id));
        ProcessId child = id;
        while (parties.size() < MOST) {
            Life life = lives.of(child);
            ProcessId parent = life.parent();
            if (parent == null) {
                return new Ancestry(parties, child.pid() <= 2 ? End.INIT : End.UNKNOWN);
            }
            if (parent.pid() == 0) {
                return new Ancestry(parties, End.INIT);
            }
            boolean younger = parent.isSure() && child.isSure() && parent.startBootNs() > child.startBootNs();
            if (younger || !seen.add(parent)) {
                return new Ancestry(parties, End.CONTRADICTION);
            }
            long born = child.isSure() ? child.startBootNs() : life.beginning().number("boot_ns", 0);
            parties.add(Party.of(parent, born, lives, life.beginning().text("parent_comm"), null, null));
            child = parent;
        }
        return new Ancestry(parties, End.CUT);
    }
}
