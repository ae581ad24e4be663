package exitbox.analyzer.why;

import exitbox.analyzer.text.Counts;
import exitbox.schemas.contract.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/// Events that are known to be lost. A recorder tells of them by table and CPU, each second anew; a person is told once.
record Losses(List<Loss> all) {
    private static final long SECOND_NS = 1_000_000_000L;
    // Who wants to know each of more stretches asks the table gaps.
    private static final int CLAUSES = 3;
    private static final String RING_FULL = "ring_full";
    private static final String DISK_FULL = "disk_full";

    /// What was lost of a table by one cause in a stretch of time, on all CPUs.
    ///
    /// @param table null when it may be any
    /// @param count how many are counted
    /// @param uncounted whether there are more, nobody knows how many
    record Loss(String cause, String table, long count, boolean uncounted, long firstNs, long lastNs, long firstUs, long lastUs) {
    }

    /// Losses by one cause, of tables that may differ, without a pause.
    private record Stretch(String cause, List<Loss> losses) {
        /// Whether one that does not begin before these belongs to them.
        boolean touches(Loss loss) {
            return losses.stream().anyMatch(other -> loss.firstNs <= other.lastNs + SECOND_NS);
        }
    }

    /// The losses that touch a stretch of a death's boot. What lies not more than a second apart is one loss, but where one is near
    /// the death: of that only the near part is.
    static Losses of(Death death, long sinceBootNs, Recorded recorded) {
        long minute = death.bootNs() - Explainer.MINUTE_NS;
        String alike = "(PARTITION BY cause, table_name, near";
        List<Fact> rows = recorded.ask("SELECT coalesce(cause, '') AS cause, table_name, coalesce(sum(count), 0)::BIGINT AS count,"
                + " count(*) FILTER (count IS NULL) AS uncounted, min(first_ns) AS first_ns, max(last_ns) AS last_ns,"
                + " min(first_us) AS first_us, max(last_us) AS last_us FROM (SELECT *, sum(news) OVER " + alike
                + " ORDER BY first_ns, seq) AS stretch FROM (SELECT *, (first_ns > " + SECOND_NS + " + coalesce(max(last_ns) OVER " + alike
                + " ORDER BY first_ns, seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), first_ns))::INTEGER AS news FROM"
                + " (SELECT *, last_ns >= " + minute + " AS near, epoch_us(ts) - (boot_ns - first_ns) // 1000 AS first_us,"
                + " epoch_us(ts) - (boot_ns - last_ns) // 1000 AS last_us FROM (SELECT *, coalesce(first_boot_ns, boot_ns) AS first_ns,"
                + " coalesce(last_boot_ns, boot_ns) AS last_ns FROM " + recorded.all(Table.GAPS) + ") WHERE " + death.id().sameBoot()
                + " AND last_ns >= " + Math.min(sinceBootNs, minute) + " AND first_ns <= " + (death.bootNs() + SECOND_NS)
                + "))) GROUP BY cause, table_name, near, stretch ORDER BY last_ns DESC, first_ns, table_name LIMIT " + Recorded.MOST);
        return new Losses(rows.stream().map(row -> new Loss(row.text("cause"), row.text("table_name"), row.number("count"),
                row.is("uncounted"), row.number("first_ns"), row.number("last_ns"), row.number("first_us", 0), row.number("last_us", 0)))
                .toList());
    }

    /// Those that touch a stretch of time and may have hit one of these tables.
    Losses of(long sinceBootNs, long untilBootNs, Table... tables) {
        List<String> names = List.of(tables).stream().map(Table::sqlName).toList();
        return new Losses(all.stream().filter(loss -> loss.lastNs >= sinceBootNs && loss.firstNs <= untilBootNs
                && (loss.table == null || names.contains(loss.table))).toList());
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /// What would help another time; null when nothing is known to.
    String remedy() {
        return has(RING_FULL) ? "A larger ring buffer loses less: record --ring-size, --events-ring-size."
                : has(DISK_FULL) ? "With room on the disk nothing is lost: record --keep-size, --keep, --on-full drop-oldest." : null;
    }

    private boolean has(String cause) {
        return all.stream().anyMatch(loss -> loss.cause.equals(cause));
    }

    /// As a part of a sentence: `12 execs and 3 forks were lost from … to …`.
    ///
    /// @param at how a time is said, microseconds since 1970
    String said(LongFunction<String> at) {
        List<Stretch> stretches = stretches();
        return stretches.size() > CLAUSES ? said(all, " in " + stretches.size() + " stretches", at)
                : stretches.stream().map(stretch -> said(stretch.losses, "", at)
                        + (stretch.cause.equals(DISK_FULL) ? ", for want of room on the disk" : "")).collect(Collectors.joining("; "));
    }

    private List<Stretch> stretches() {
        List<Stretch> stretches = new ArrayList<>();
        Map<String, Stretch> latest = new HashMap<>();
        for (Loss loss : all.stream().sorted(Comparator.comparing(Loss::firstNs)).toList()) {
            Stretch stretch = latest.get(loss.cause);
            if (stretch == null || !stretch.touches(loss)) {
                stretch = new Stretch(loss.cause, new ArrayList<>());
                stretches.add(stretch);
                latest.put(loss.cause, stretch);
            }
            stretch.losses.add(loss);
        }
        return stretches;
    }

    private static String said(List<Loss> losses, String howOften, LongFunction<String> at) {
        Map<String, Long> byTable = new TreeMap<>();
        losses.stream().filter(loss -> loss.count > 0)
                .forEach(loss -> byTable.merge(loss.table == null ? "events" : loss.table, loss.count, Long::sum));
        boolean uncounted = losses.stream().anyMatch(Loss::uncounted);
        List<String> counts = byTable.entrySet().stream()
                .map(lost -> Counts.of(lost.getValue(), lost.getKey().substring(0, lost.getKey().length() - 1))).toList();
        String what = counts.isEmpty() ? "an unknown number of events"
                : (uncounted ? "at least " : "") + (counts.size() == 1 ? counts.getFirst()
                        : String.join(", ", counts.subList(0, counts.size() - 1)) + " and " + counts.getLast());
        boolean one = byTable.values().stream().mapToLong(Long::longValue).sum() == 1 && !uncounted;
        long first = losses.stream().mapToLong(Loss::firstUs).min().orElseThrow();
        long last = losses.stream().mapToLong(Loss::lastUs).max().orElseThrow();
        return what + (one ? " was lost" : " were lost") + howOften
                + (first == last ? " at " + at.apply(first) : " from " + at.apply(first) + " to " + at.apply(last));
    }
}
