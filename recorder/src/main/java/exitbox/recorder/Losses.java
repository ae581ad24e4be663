package exitbox.recorder;

import exitbox.recorder.kernel.Counters;
import exitbox.recorder.kernel.Tally;
import exitbox.schemas.contract.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Turns the growth of the kernel's loss counters into rows of `gaps`, one per CPU and table.
final class Losses {
    // Not a column: all that a row and those before it tell of, for a recorder that takes over.
    private static final String TOTAL = "lost_total";

    /// The cause of a gap of tasks.
    static final String INTERRUPTED = "interrupted";

    private final Tally tally;
    private final int cpus;
    // With those rows that are made and not yet written.
    private final long[] reported;
    private long notFollowed;
    private long lastReadBootNs;

    /// @param tally what earlier rows tell of
    Losses(Tally tally, int cpus, long nowBootNs) {
        this.tally = tally;
        this.cpus = cpus;
        this.reported = new long[cpus * Counters.TABLES];
        this.lastReadBootNs = nowBootNs;
        resume(List.of());
    }

    /// Makes good what a recorder had no time for that died between writing its rows and [#told].
    ///
    /// @param gaps the last rows of `gaps` that it wrote
    void resume(List<Map<String, Object>> gaps) {
        gaps.forEach(this::told);
        for (Table table : Table.values()) {
            for (int cpu = 0; cpu < cpus; cpu++) {
                reported[cpu * Counters.TABLES + table.number()] = tally.toldLost(cpu, table.number());
            }
        }
    }

    /// A row for processes that could not be followed since the last call, of all that were counted by now; null when there
    /// was none. To be called before [#since].
    Map<String, Object> notFollowed(long counted, long nowBootNs) {
        long more = counted - notFollowed;
        if (more == 0) {
            return null;
        }
        notFollowed = counted;
        Map<String, Object> gap = new LinkedHashMap<>();
        gap.put("first_boot_ns", lastReadBootNs);
        gap.put("last_boot_ns", nowBootNs);
        gap.put("cause", "follow_full");
        gap.put("detail", "no room to follow " + more
                + (more == 1 ? " more process, nor what it started" : " more processes, nor what they started"));
        return gap;
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
                Map<String, Object> gap = gap(cpu, table, lost - before,
                        counters.epoch(cpu, number) == epoch ? counters.firstLostBootNs(cpu, number) : lastReadBootNs,
                        counters.lastLostBootNs(cpu, number));
                gap.put("cause", "ring_full");
                gap.put(TOTAL, lost);
                gaps.add(gap);
            }
        }
        lastReadBootNs = nowBootNs;
        return gaps;
    }

    /// A row of `gaps` is written.
    void told(Map<String, Object> gap) {
        Table table = Table.ofName(String.valueOf(gap.get("table_name")));
        if (table == null || !(gap.get("cpu") instanceof Long number) || number < 0 || number >= cpus) {
            return;
        }
        int cpu = number.intValue();
        if (gap.get(TOTAL) instanceof Long total) {
            tally.toldLost(cpu, table.number(), Math.max(total, tally.toldLost(cpu, table.number())));
        } else if (gap.get(Unwritten.TOTAL) instanceof Long total) {
            tally.toldUnwritten(cpu, table.number(), Math.max(total, tally.toldUnwritten(cpu, table.number())));
        }
    }

    /// Rows for what another recorder had no room for, and counted, and told of no more.
    List<Map<String, Object>> ofShortage(long firstBootNs, long lastBootNs) {
        List<Map<String, Object>> gaps = new ArrayList<>();
        for (Table table : Table.values()) {
            for (int cpu = 0; cpu < cpus; cpu++) {
                long total = tally.unwritten(cpu, table.number());
                if (total > tally.toldUnwritten(cpu, table.number())) {
                    Map<String, Object> gap = gap(cpu, table, total - tally.toldUnwritten(cpu, table.number()), firstBootNs, lastBootNs);
                    gap.put("cause", "disk_full");
                    gap.put("detail", "the recorder had no room for them, and died before there was some");
                    gap.put(Unwritten.TOTAL, total);
                    gaps.add(gap);
                }
            }
        }
        return gaps;
    }

    private static Map<String, Object> gap(int cpu, Table table, long count, long firstBootNs, long lastBootNs) {
        Map<String, Object> gap = new LinkedHashMap<>();
        gap.put("cpu", (long) cpu);
        gap.put("table_name", table.sqlName());
        gap.put("count", count);
        gap.put("first_boot_ns", firstBootNs);
        gap.put("last_boot_ns", lastBootNs);
        return gap;
    }

    /// Rows for processes alive that the kernel told and that no spool has: a recorder died while it took a snapshot.
    ///
    /// @param told by CPU, how many of that snapshot are told already
    List<Map<String, Object>> ofSnapshot(Counters counters, Map<Integer, Long> told, long firstBootNs, long lastBootNs) {
        List<Map<String, Object>> gaps = new ArrayList<>();
        int table = Table.TASKS.number();
        for (int cpu = 0; cpu < cpus; cpu++) {
            long made = counters.seen(cpu, table) - counters.filtered(cpu, table) - counters.lost(cpu, table) - tally.toldTasks(cpu);
            long missing = made == 0 ? 0 : made - told.getOrDefault(cpu, 0L);
            if (missing > 0) {
                Map<String, Object> gap = gap(cpu, Table.TASKS, missing, firstBootNs, lastBootNs);
                gap.put("cause", INTERRUPTED);
                gap.put("detail", "the recorder ended while it read which processes are alive");
                gaps.add(gap);
            }
        }
        return gaps;
    }

    /// A snapshot is written whole, or what lacks is told.
    void snapshotTold(Counters counters) {
        int table = Table.TASKS.number();
        for (int cpu = 0; cpu < cpus; cpu++) {
            tally.toldTasks(cpu, counters.seen(cpu, table) - counters.filtered(cpu, table) - counters.lost(cpu, table));
        }
        tally.settle();
    }
}
