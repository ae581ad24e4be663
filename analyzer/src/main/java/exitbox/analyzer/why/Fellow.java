package exitbox.analyzer.why;

import exitbox.analyzer.session.Session;
import exitbox.schemas.contract.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Another death of the same minute that has something to do with this one.
///
/// @param ties what they share: sender, cgroup, parent; or that it was its parent or child
record Fellow(Fact row, List<String> ties) {
    private static final int MOST = 50;
    private static final List<String> TIES = List.of("sender", "parent", "child", "sibling", "cgroup");

    /// The minute around a death: who else of its kin died, and how many others.
    ///
    /// @param fellows in the order of their deaths
    /// @param total how many there are, those beyond the list included
    /// @param deaths all other deaths of that time, whoever they were
    /// @param failures of those, all that did not exit with 0
    /// @param failedKin how many of the kin did not exit with 0
    record Minute(List<Fellow> fellows, long total, long deaths, long failures, long failedKin) {
        static final Minute EMPTY = new Minute(List.of(), 0, 0, 0, 0);
    }

    static Minute around(Death death, Recorded recorded) {
        ProcessId id = death.id();
        String time = " FROM " + recorded.all(Table.EXITS, id, death.bootNs() - Explainer.MINUTE_NS, death.bootNs() + Explainer.MINUTE_NS)
                + " WHERE " + id.sameBoot() + " AND boot_ns BETWEEN "
                + (death.bootNs() - Explainer.MINUTE_NS) + " AND " + (death.bootNs() + Explainer.MINUTE_NS) + " AND seq <> " + death.seq();
        // Where everybody is, or where people work, a common cgroup says nothing of those that ended well.
        String cgroup = death.row().text("cgroup");
        boolean telling = cgroup != null && !cgroup.equals("/");
        ProcessId killer = death.killer();
        ProcessId parent = death.parent();
        String ties = tie(killer, "killer_pid", "killer_start_boot_ns") + " AND status <> 0 AS sender, "
                + tie(parent, "pid", "start_boot_ns") + " AS parent, "
                + tie(id, "ppid", "parent_start_boot_ns") + " AND status <> 0 AS child, "
                + (parent != null && parent.pid() > 2 ? tie(parent, "ppid", "parent_start_boot_ns") : "false")
                + " AND status <> 0 AS sibling, "
                + (telling ? "coalesce(cgroup = " + Session.quote(cgroup) + ", false)" : "false")
                + " AND status <> 0 AS cgroup, "
                + (killer == null ? "false" : killer.named("pid", "start_boot_ns")) + " AS killer";
        String kin = "(sender OR parent OR child OR sibling OR cgroup) AND NOT (killer AND status = 0)";
        Fact all = recorded.one("SELECT count(*) AS deaths, count(*) FILTER (status <> 0) AS failures, count(*) FILTER (" + kin
                + ") AS total, count(*) FILTER ((" + kin + ") AND status <> 0) AS failed FROM (SELECT status, " + ties + time + ")");
        if (all.number("deaths", 0) == 0) {
            return Minute.EMPTY;
        }
        // The nearest first, and only then what is told of them: a storm has very many.
        List<Fact> rows = new ArrayList<>(recorded.ask("SELECT *, epoch_us(ts) AS us, _reason(signal, code, core_dumped) AS reason FROM"
                + " (SELECT * FROM (SELECT seq, ts, boot_ns, host, boot_id, pid, start_boot_ns, comm, uid, status, code, signal, core_dumped,"
                + " cause, " + ties + time + ") WHERE " + kin + " ORDER BY abs(boot_ns - " + death.bootNs() + "), seq LIMIT " + MOST
                + ")"));
        rows.sort(Comparator.comparing((Fact row) -> row.number("boot_ns", 0)).thenComparing(row -> row.number("seq", 0)));
        List<Fellow> fellows = rows.stream().map(row -> new Fellow(row, TIES.stream().filter(row::is).toList())).toList();
        return new Minute(fellows, all.number("total"), all.number("deaths"), all.number("failures"), all.number("failed"));
    }

    private static String tie(ProcessId id, String pid, String start) {
        return id == null || !id.isSure() ? "false" : "coalesce(" + id.named(pid, start) + ", false)";
    }

    long bootNs() {
        return row.number("boot_ns", 0);
    }
}
