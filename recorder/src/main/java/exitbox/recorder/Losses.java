package exitbox.recorder;

import exitbox.recorder.kernel.Counters;
import exitbox.schemas.contract.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Turns the growth of the kernel's loss counters into rows of `gaps`, one per CPU and table.
final class Losses {
    private final int cpus;
    private final long[] reported;
    private long lastReadBootNs;

    Losses(Counters start, long nowBootNs) {
        this.cpus = start.cpus();
        this.reported = new long[cpus * Counters.TABLES];
        this.lastReadBootNs = nowBootNs;
    }

    /// Rows for what was lost since the last call. `epoch` is the loss epoch that the kernel stamps losses with now:
    /// a first loss of an older one was reported before.
    List<Map<String, Object>> since(Counters counters, long epoch, long nowBootNs) {
        List<Map<String, Object>> gaps = new ArrayList<>();
        for (Table table : Table.values()) {
            int number = table.number();
            for (int cpu = 0; cpu < cpus; cpu++) {
                long lost = counters.lost(cpu, number);
                long before = reported[cpu * Counters.TABLES + number];
                if (lost == before) {
                    continue;
                }
                reported[cpu * Counters.TABLES + number] = lost;
                Map<String, Object> gap = new LinkedHashMap<>();
                gap.put("cpu", (long) cpu);
                gap.put("table_name", table.sqlName());
                gap.put("count", lost - before);
                gap.put("first_boot_ns", counters.epoch(cpu, number) == epoch ? counters.firstLostBootNs(cpu, number) : lastReadBootNs);
                gap.put("last_boot_ns", counters.lastLostBootNs(cpu, number));
                gap.put("cause", "ring_full");
                gaps.add(gap);
            }
        }
        lastReadBootNs = nowBootNs;
        return gaps;
    }
}
