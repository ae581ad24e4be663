package exitbox.analyzer;

import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.text.Escape;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The processes of a boot that a story has told of, so that later rows need not repeat what is known.
///
/// A process is known from its row in `forks` (it begins then, with its parent's name, user and cgroup), `execs` or `tasks` on.
/// Rows about it (`pid`) have its start, parent, name, user and cgroup unless they say otherwise; those that name it as
/// parent, killer, sender, trigger or creator its start and name. A fork with a pid that is known is another process.
final class Lives {
    private static final List<String> REMEMBERED =
            List.of("start_boot_ns", "start_mono_ns", "ppid", "parent_start_boot_ns", "comm", "uid", "loginuid", "cgroup");
    private static final List<String> ROLES = List.of("killer_", "sender_", "trigger_", "current_");

    private final Map<Object, Map<String, Object>> known = new HashMap<>();

    void complete(Table table, Map<String, Object> row, long bootNs, long monoNs) {
        TableContract contract = Contract.get().table(table);
        if (table == Table.FORKS) {
            begin(row, bootNs, monoNs);
        }
        if (table == Table.TASKS && row.get("start_boot_ns") instanceof Long start) {
            row.putIfAbsent("start_mono_ns", start - (bootNs - monoNs));
        }
        Map<String, Object> life = life(row);
        if (table == Table.EXECS) {
            exec(contract, row, life);
        }
        REMEMBERED.forEach(name -> fill(contract, row, name, life.get(name)));
        fill(contract, row, "tid", row.get("pid"));
        fill(contract, row, "last_comm", row.get("comm"));
        parent(contract, row);
        for (String role : ROLES) {
            sender(contract, row, role);
        }
        switch (table) {
            case FORKS -> {
                fill(contract, row, "creator_pid", row.get("ppid"));
                fill(contract, row, "creator_tid", row.get("creator_pid"));
            }
            case EXECS -> fill(contract, row, "ret", 0L);
            case SIGNALS -> {
                fill(contract, row, "result", 0L);
                fill(contract, row, "thread_directed", false);
                fill(contract, row, "blocked", false);
                fill(contract, row, "dooms", false);
            }
            case TASKS -> fill(contract, row, "kthread", false);
            default -> {
            }
        }
        if (table == Table.FORKS || table == Table.TASKS || table == Table.EXECS && Long.valueOf(0).equals(row.get("ret"))) {
            Map<String, Object> now = known.computeIfAbsent(row.get("pid"), _ -> new LinkedHashMap<>());
            REMEMBERED.stream().filter(row::containsKey).forEach(name -> now.put(name, row.get(name)));
        }
    }

    private Map<String, Object> life(Map<String, Object> row) {
        Map<String, Object> life = known.getOrDefault(row.get("pid"), Map.of());
        Object start = row.get("start_boot_ns");
        return start == null || start.equals(life.get("start_boot_ns")) ? life : Map.of();
    }

    private void begin(Map<String, Object> row, long bootNs, long monoNs) {
        Map<String, Object> life = new LinkedHashMap<>();
        life.put("start_boot_ns", bootNs);
        life.put("start_mono_ns", monoNs);
        Map<String, Object> parent = known.getOrDefault(row.get("ppid"), Map.of());
        for (String inherited : List.of("comm", "uid", "loginuid", "cgroup")) {
            if (parent.containsKey(inherited)) {
                life.put(inherited, parent.get(inherited));
            }
        }
        known.put(row.get("pid"), life);
    }

    private static void exec(TableContract contract, Map<String, Object> row, Map<String, Object> life) {
        fill(contract, row, "old_comm", life.get("comm"));
        Object program = row.get("filename");
        if (program == null && row.get("argv") instanceof List<?> argv && !argv.isEmpty()) {
            program = argv.getFirst();
        }
        if (program instanceof String path) {
            String name = path.substring(path.lastIndexOf('/') + 1);
            fill(contract, row, "comm", name.substring(0, Math.min(15, name.length())));
        }
    }

    private void parent(TableContract contract, Map<String, Object> row) {
        Map<String, Object> life = known.getOrDefault(row.get("ppid"), Map.of());
        fill(contract, row, "parent_start_boot_ns", life.get("start_boot_ns"));
        fill(contract, row, "parent_comm", life.get("comm"));
    }

    private void sender(TableContract contract, Map<String, Object> row, String role) {
        Object pid = row.get(role + "pid");
        if (pid != null) {
            fill(contract, row, role + "tid", pid);
            Map<String, Object> life = known.getOrDefault(pid, Map.of());
            List.of("start_boot_ns", "comm", "uid", "loginuid").forEach(name -> fill(contract, row, role + name, life.get(name)));
        }
    }

    private static void fill(TableContract contract, Map<String, Object> row, String name, Object value) {
        if (value != null && contract.indexOf(name) >= 0 && row.putIfAbsent(name, value) == null && value instanceof String text
                && contract.indexOf(name + "_raw") >= 0) {
            row.put(name + "_raw", Escape.escape(Escape.unescape(text)));
        }
    }
}
