package exitbox.analyzer.why;

import exitbox.schemas.contract.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// The lives of processes of one boot, each looked up once; those that are asked for together cost one query.
final class Lives {
    private static final int EXECS = 8;
    // A chain of forks without a program of their own.
    private static final int FORKS = 16;
    // How far the row of a fork may be off the beginning that it tells of.
    private static final long EARLY_NS = 1_000_000_000L;
    private static final long LATE_NS = 10_000_000_000L;
    private static final String COLUMNS =
            "host, seq, boot_ns, epoch_us(ts) AS us, pid, start_boot_ns, ppid, parent_start_boot_ns, comm, uid, cgroup";
    private static final String PROGRAM = "exe, cwd, cmdline, argv_truncated, loginuid";

    private final Recorded recorded;
    private final long untilBootNs;
    private final Map<ProcessId, Life> known = new HashMap<>();

    /// @param untilBootNs the moment that is looked at: what ran later does not count
    Lives(Recorded recorded, long untilBootNs) {
        this.recorded = recorded;
        this.untilBootNs = untilBootNs;
    }

    Life of(ProcessId id) {
        meet(List.of(id));
        return known.get(id);
    }

    /// Looks up those that are not known yet. Null, and those who cannot be told from others, stay unknown.
    void meet(Collection<ProcessId> ids) {
        Set<ProcessId> wanted = new LinkedHashSet<>();
        for (ProcessId id : ids) {
            if (id != null && !id.isSure()) {
                known.putIfAbsent(id, Life.unknown(id));
            } else if (id != null && !known.containsKey(id)) {
                wanted.add(id);
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        ProcessId any = wanted.iterator().next();
        String which = any.sameBoot() + " AND pid IN (" + String.join(", ", wanted.stream().map(id -> Long.toString(id.pid())).toList())
                + ") AND (" + String.join(" OR ", wanted.stream().map(id -> id.named("pid", "start_boot_ns")).toList()) + ")";
        long first = wanted.stream().mapToLong(ProcessId::startBootNs).min().orElseThrow();
        long last = wanted.stream().mapToLong(ProcessId::startBootNs).max().orElseThrow();
        Map<ProcessId, List<Fact>> rows = new HashMap<>();
        for (Fact row : recorded.ask(query(any, which, first - EARLY_NS, last + LATE_NS))) {
            rows.computeIfAbsent(any.other(row.number("pid"), row.number("start_boot_ns")), _ -> new ArrayList<>()).add(row);
        }
        wanted.forEach(id -> known.put(id, life(id, rows.getOrDefault(id, List.of()))));
    }

    // Times narrow what is read: a file, and each part of one, has the events of some minutes.
    private String query(ProcessId any, String identities, long since, long begun) {
        String which = identities + " AND boot_ns >= " + since;
        String latest = "row_number() OVER (PARTITION BY pid, start_boot_ns ORDER BY boot_ns DESC) <= ";
        return "SELECT 'forks' AS source, " + COLUMNS + ", parent_comm, creator_pid FROM " + recorded.all(Table.FORKS, any, since, begun)
                + " WHERE " + which
                + " AND boot_ns <= " + begun + " AND tid = pid UNION ALL BY NAME (SELECT 'execs' AS source, " + COLUMNS + ", " + PROGRAM
                + ", parent_comm, filename, old_comm FROM "
                + recorded.all(Table.EXECS, any, since, untilBootNs) + " WHERE " + which + " AND coalesce(ret, 0) >= 0 AND boot_ns <= "
                + untilBootNs + " QUALIFY "
                + latest + EXECS + ") UNION ALL BY NAME (SELECT 'tasks' AS source, " + COLUMNS + ", " + PROGRAM + ", kthread FROM "
                + recorded.all(Table.TASKS, any, since, untilBootNs + Explainer.MINUTE_NS) + " WHERE " + which
                // What a snapshot saw a moment later ran before: a program that began while the recorder looked on is in execs.
                + " QUALIFY row_number() OVER (PARTITION BY pid, start_boot_ns ORDER BY boot_ns <= " + untilBootNs
                + " DESC, abs(boot_ns - " + untilBootNs + ")) = 1) UNION ALL BY NAME SELECT 'exits' AS source, " + COLUMNS
                + ", parent_comm, loginuid, status, code, signal, _reason(signal, code, core_dumped) AS reason, cause, kthread FROM "
                + recorded.all(Table.EXITS, any, since, Long.MAX_VALUE) + " WHERE " + which + " ORDER BY boot_ns DESC, seq DESC";
    }

    private static Life life(ProcessId id, List<Fact> rows) {
        Map<String, Fact> single = new HashMap<>();
        List<Fact> execs = new ArrayList<>();
        for (Fact row : rows) {
            if (row.text("source").equals("execs")) {
                execs.add(row);
            } else {
                single.putIfAbsent(row.text("source"), row);
            }
        }
        return new Life(id, single.getOrDefault("forks", Fact.NONE), execs, single.getOrDefault("tasks", Fact.NONE),
                single.getOrDefault("exits", Fact.NONE));
    }

    /// What a process ran at a moment: its last exec, what a snapshot saw, or what the process ran that forked it. Null
    /// when the recording does not say.
    Program program(ProcessId id, long bootNs) {
        ProcessId at = id;
        long moment = bootNs;
        for (int forks = 0; at != null && forks < FORKS; forks++) {
            Life life = of(at);
            Program own = life.ownProgram(moment);
            if (own != null) {
                return forks == 0 ? own : own.asInherited();
            }
            // Whoever called fork, where that is the parent: of another only the PID is known.
            Fact fork = life.fork();
            boolean byParent = Objects.equals(fork.number("creator_pid"), fork.number("ppid")) || !fork.has("creator_pid");
            moment = fork.number("boot_ns", 0);
            at = fork == Fact.NONE || !byParent ? null : life.parent();
        }
        return null;
    }
}
