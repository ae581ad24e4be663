package exitbox.analyzer.why;

import exitbox.schemas.contract.Table;
import java.util.ArrayList;
import java.util.List;

/// The children a process had: how many, the last ones, and of those that died before it the one that may be why.
///
/// @param last those that began last, newest first
/// @param dead that one: with the same status, else the last; null when none died before it
record Children(long total, List<Party> last, Dead dead) {
    private static final int MOST = 4;

    /// A child's death.
    record Dead(Fact row, Party party) {
    }

    static Children of(Death death, Recorded recorded, Lives lives) {
        if (!death.id().isSure()) {
            return new Children(0, List.of(), null);
        }
        String of = " WHERE " + death.id().sameBoot() + " AND ";
        long since = death.id().startBootNs();
        long until = death.bootNs();
        // A child whose status is the process's own, if there is one, says the most.
        long code = death.code() == null || death.code() == 0 ? -1 : death.code();
        String parent = death.id().named("ppid", "parent_start_boot_ns");
        List<Fact> begun = recorded.ask("SELECT *, count(*) OVER () AS total FROM (SELECT host, boot_id, pid, start_boot_ns FROM "
                + recorded.all(Table.FORKS, death.id(), since, until) + of + parent
                + " AND tid = pid UNION SELECT host, boot_id, pid, start_boot_ns FROM "
                + recorded.all(Table.EXITS, death.id(), since, until) + of + parent + ") ORDER BY start_boot_ns DESC LIMIT " + MOST);
        Fact dead = begun.isEmpty() ? Fact.NONE
                : recorded.one("SELECT *, epoch_us(ts) AS us, _reason(signal, code, core_dumped) AS reason FROM "
                        + recorded.all(Table.EXITS, death.id(), since, until) + of + parent + " AND boot_ns <= " + death.bootNs()
                        + " ORDER BY coalesce(code = " + code + " OR signal + 128 = " + code + ", false) DESC, boot_ns DESC LIMIT 1");
        List<ProcessId> ids = new ArrayList<>(begun.stream().map(row -> ProcessId.of(row, "pid", "start_boot_ns")).toList());
        ids.add(ProcessId.of(dead, "pid", "start_boot_ns"));
        lives.meet(ids);
        List<Party> last = begun.stream()
                .map(row -> Party.of(ProcessId.of(row, "pid", "start_boot_ns"), death.bootNs(), lives, null, null, null)).toList();
        Dead telling = dead == Fact.NONE ? null
                : new Dead(dead, Party.of(ids.getLast(), dead.number("boot_ns", 0), lives, dead.text("comm"), dead.number("uid"), null));
        return new Children(begun.isEmpty() ? 0 : begun.getFirst().number("total"), last, telling);
    }
}
