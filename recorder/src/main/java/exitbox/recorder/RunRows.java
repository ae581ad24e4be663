package exitbox.recorder;

import exitbox.recorder.kernel.Counters;
import exitbox.recorder.kernel.Probe;
import exitbox.schemas.contract.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The rows in `runs` that tell of a run.
///
/// @param id the run's UUID
/// @param options the command line as it was given
/// @param filters those options that leave deaths out
record RunRows(String id, String version, Host host, List<String> options, List<String> filters) {

    Map<String, Object> start(Probe probe) {
        return began("start", probe);
    }

    /// Another recorder goes on with a run whose programs stayed at work.
    Map<String, Object> takeover(Probe probe) {
        return began("takeover", probe);
    }

    private Map<String, Object> began(String event, Probe probe) {
        Map<String, Object> row = common(event);
        row.put("options", options);
        row.put("filters", filters);
        row.put("kernel", host.kernel());
        row.put("machine", host.machine());
        row.put("cpus", (long) probe.counters().cpus());
        row.put("hooks", probe.hooks());
        row.put("hooks_missing",
                probe.missing().entrySet().stream().map(entry -> entry.getKey().word() + ": " + entry.getValue()).toList());
        row.put("libbpf", probe.libbpfVersion());
        row.put("java", Runtime.version().toString());
        row.put("ring_bytes", probe.deaths().bytes());
        row.put("events_ring_bytes", probe.eventsRing().bytes());
        return row;
    }

    /// With the kernel's counters, which stand still by now: what was seen is written, filtered or lost.
    Map<String, Object> stop(String reason, Counters counters) {
        Map<String, Object> row = common("stop");
        row.put("reason", reason);
        List<Object> tables = new ArrayList<>();
        List<Object> cpus = new ArrayList<>();
        List<Object> seen = new ArrayList<>();
        List<Object> filtered = new ArrayList<>();
        List<Object> lost = new ArrayList<>();
        for (Table table : Table.values()) {
            for (int cpu = 0; cpu < counters.cpus(); cpu++) {
                if (counters.seen(cpu, table.number()) > 0) {
                    tables.add(table.sqlName());
                    cpus.add((long) cpu);
                    seen.add(counters.seen(cpu, table.number()));
                    filtered.add(counters.filtered(cpu, table.number()));
                    lost.add(counters.lost(cpu, table.number()));
                }
            }
        }
        row.put("counter_tables", tables);
        row.put("counter_cpus", cpus);
        row.put("counter_seen", seen);
        row.put("counter_filtered", filtered);
        row.put("counter_lost", lost);
        return row;
    }

    private Map<String, Object> common(String event) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("event", event);
        row.put("run_id", id);
        row.put("pid", ProcessHandle.current().pid());
        row.put("version", version);
        return row;
    }
}
