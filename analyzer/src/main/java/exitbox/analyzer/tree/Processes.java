package exitbox.analyzer.tree;

import exitbox.analyzer.recording.Boots;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.session.Session;
import exitbox.schemas.contract.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Every process of a recording with its life and its parent, numbered by when it began: a table `_node` of the session.
/// Parents that nothing else tells of are in it too. A process that lost its parent keeps the one that it had first.
final class Processes {
    /// What has to be provided first.
    static final Set<String> SOURCES = Set.of("exits", "execs", "forks", "tasks", "_reason", "_by_whom");

    private static final String IDENTITY = "host, boot_id, pid, start_boot_ns";

    private Processes() {}

    static void make(Reading reading) {
        Session session = reading.session();
        session.execute("CREATE OR REPLACE TEMP TABLE _life AS " + lives(reading));
        // Where the parent's start is not known, it is the one of that PID who lived when the child told of it.
        session.execute("CREATE OR REPLACE TEMP TABLE _link AS SELECT life.* EXCLUDE (first_parent, told_ns),"
                + " coalesce(first_parent, CASE WHEN (parent.end_ns IS NULL OR parent.end_ns >= told_ns) AND parent.pid <> life.pid THEN"
                + " parent.start_boot_ns END) AS parent_start FROM _life AS life ASOF LEFT JOIN (SELECT " + IDENTITY
                + ", end_ns FROM _life WHERE start_boot_ns IS NOT NULL) AS parent ON parent.host = life.host AND parent.boot_id = life.boot_id"
                + " AND parent.pid = life.ppid AND life.told_ns >= parent.start_boot_ns");
        String unknown = "SELECT host, boot_id, ppid AS pid, parent_start AS start_boot_ns, false AS known, any_value(parent_comm) AS comm"
                + " FROM _link AS child WHERE ppid > 0 AND NOT EXISTS (SELECT 1 FROM _link WHERE "
                + same("_link", "child", "ppid", "parent_start")
                + ") GROUP BY ALL";
        session.execute("CREATE OR REPLACE TEMP TABLE _numbered AS SELECT (row_number() OVER (ORDER BY host, list_position(["
                + String.join(", ", reading.boots().stream().map(Boots.Boot::id).map(Session::quote).toList())
                + "], boot_id), start_boot_ns NULLS FIRST, pid) - 1)::INTEGER AS idx, (dense_rank() OVER (ORDER BY comm, what))::INTEGER AS alike,"
                + " lead(start_boot_ns) OVER (PARTITION BY host, boot_id, pid ORDER BY start_boot_ns) AS next_start, *"
                + " FROM (SELECT *, true AS known FROM _link UNION ALL BY NAME " + unknown + ")");
        session.execute("CREATE OR REPLACE TEMP TABLE _node AS SELECT child.*, parent.idx AS parent_idx,"
                + " parent.start_boot_ns > child.start_boot_ns AS older_than_parent FROM _numbered AS child LEFT JOIN _numbered AS parent ON "
                + same("parent", "child", "ppid", "parent_start"));
    }

    private static String same(String parent, String child, String pid, String start) {
        return parent + ".host = " + child + ".host AND " + parent + ".boot_id = " + child + ".boot_id AND " + parent + ".pid = " + child
                + "."
                + pid + " AND " + parent + ".start_boot_ns IS NOT DISTINCT FROM " + child + "." + start;
    }

    private static String lives(Reading reading) {
        String common = IDENTITY + ", ppid, parent_start_boot_ns AS parent_start, parent_comm, comm, boot_ns, epoch_us(ts) AS us";
        String facts =
                "SELECT " + common + ", NULL AS cmdline, NULL AS end_ns, NULL AS what, NULL AS status FROM " + reading.whole(Table.FORKS)
                        + " WHERE tid = pid UNION ALL SELECT " + common + ", cmdline, NULL, NULL, NULL FROM " + reading.whole(Table.EXECS)
                        + " WHERE coalesce(ret, 0) >= 0 UNION ALL SELECT " + common.replace("parent_comm", "NULL")
                        + ", cmdline, NULL, NULL, NULL FROM "
                        + reading.whole(Table.TASKS) + " UNION ALL SELECT " + common + ", NULL, boot_ns,"
                        + " coalesce(_reason(signal, code, core_dumped), 'died') || CASE WHEN signal IS NOT NULL AND"
                        + " cause IS DISTINCT FROM 'fault' THEN _by_whom(cause, killer_pid, killer_comm) ELSE '' END, status FROM "
                        + reading.whole(Table.EXITS);
        return "SELECT " + IDENTITY
                + ", arg_min(ppid, boot_ns) AS ppid, arg_min(parent_start, boot_ns) FILTER (ppid IS NOT NULL) AS first_parent,"
                + " arg_min(parent_comm, boot_ns) AS parent_comm, min(boot_ns) FILTER (ppid IS NOT NULL) AS told_ns, arg_max(comm, boot_ns) AS comm,"
                + " arg_max(cmdline, boot_ns) AS cmdline, min(us - (boot_ns - start_boot_ns) // 1000) AS began_us, max(end_ns) AS end_ns,"
                + " max(us) FILTER (end_ns IS NOT NULL) AS ended_us, any_value(what) AS what, any_value(status) AS status FROM (" + facts
                + ") GROUP BY ALL";
    }

    /// What became of a process, in SQL over `_node`: NULL while it may be alive, else how it ended.
    static String outcome(Reading reading) {
        Map<String, String> last = new HashMap<>();
        reading.boots().forEach(boot -> last.put(boot.host(), boot.id()));
        List<String> quoted = new ArrayList<>(last.values().stream().map(Session::quote).toList());
        return "CASE WHEN NOT known THEN 'not in this recording' WHEN what IS NOT NULL THEN what WHEN next_start IS NOT NULL"
                + (quoted.isEmpty() ? "" : " OR boot_id NOT IN (" + String.join(", ", quoted) + ")") + " THEN 'its end was not seen' END";
    }

    /// Reads who is whose child, and who is asked for.
    static Forest forest(Reading reading, String wanted) {
        Session session = reading.session();
        int count;
        try (Rows rows = session.query("SELECT count(*) FROM _node", false)) {
            rows.next();
            count = (int) rows.longAt(0);
        }
        Forest forest = new Forest(count);
        try (Rows rows = session.query("SELECT idx, parent_idx, alike, (" + wanted + ")::INTEGER FROM _node AS node", false)) {
            while (rows.next()) {
                forest.put((int) rows.longAt(0), (int) rows.longOr(1, -1), (int) rows.longAt(2), rows.longOr(3, 0) != 0);
            }
        }
        return forest;
    }
}
