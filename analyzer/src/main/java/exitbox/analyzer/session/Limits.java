package exitbox.analyzer.session;

import exitbox.analyzer.Notices;
import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.Timestamps;
import exitbox.schemas.contract.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What an answer over a window could not see, from the recording's own rows: losses (`gaps`), what the
/// recorder was told to leave out, when it began late and when it was not there (`runs`).
final class Limits {
    private static final int PAUSES_NAMED = 3;

    private final Reading reading;
    private final Filters filters;
    private final Notices notices;
    private final Timestamps times;

    Limits(Reading reading, Filters filters, Notices notices) {
        this.reading = reading;
        this.filters = filters;
        this.notices = notices;
        this.times = new Timestamps(reading.zone());
    }

    void note() {
        if (has(Table.GAPS)) {
            noteLosses();
        }
        if (has(Table.RUNS)) {
            noteRuns();
        }
    }

    private boolean has(Table table) {
        return reading.unsealed().rows().getOrDefault(table, 0L) > 0 || !reading.evidence().files(table, null, null).isEmpty();
    }

    private void noteLosses() {
        // A gap's row stands where the loss was noticed; the loss itself may lie before.
        String first = "epoch_us(ts) - (boot_ns - coalesce(first_boot_ns, boot_ns)) // 1000";
        String last = "epoch_us(ts) - (boot_ns - coalesce(last_boot_ns, boot_ns)) // 1000";
        String sql =
                "SELECT cause, table_name, coalesce(sum(count), 0)::BIGINT, count(*) FILTER (WHERE count IS NULL), min(first_us), max(last_us)"
                        + " FROM (SELECT *, " + first + " AS first_us, " + last + " AS last_us FROM " + reading.whole(Table.GAPS) + hosts()
                        + ")"
                        + within("last_us", "first_us") + " GROUP BY ALL ORDER BY min(first_us), cause, table_name";
        Map<String, Loss> losses = new LinkedHashMap<>();
        try (Rows rows = reading.session().query(sql, false)) {
            while (rows.next()) {
                Loss loss = losses.computeIfAbsent(rows.isNull(0) ? "" : rows.textAt(0), _ -> new Loss());
                loss.add(rows.isNull(1) ? null : rows.textAt(1), rows.longAt(2), rows.longAt(3) > 0, rows.longAt(4), rows.longAt(5));
            }
        }
        losses.forEach((cause, loss) -> notices.note(loss.sentence(cause)));
    }

    /// What was lost by one cause.
    private final class Loss {
        private final List<String> byTable = new ArrayList<>();
        private long count;
        private boolean uncounted;
        private long first = Long.MAX_VALUE;
        private long last = Long.MIN_VALUE;

        void add(String table, long lost, boolean someUncounted, long firstMicros, long lastMicros) {
            if (table != null && lost > 0) {
                byTable.add(table + " " + Counts.text(lost));
            }
            count += lost;
            uncounted |= someUncounted;
            first = Math.min(first, firstMicros);
            last = Math.max(last, lastMicros);
        }

        String sentence(String cause) {
            String what = uncounted ? count == 0 ? "an unknown number of events" : "at least " + Counts.of(count, "event")
                    : Counts.of(count, "event");
            String when = first == last ? "at " + at(first) : "between " + at(first) + " and " + at(last);
            String tables = byTable.isEmpty() ? "" : " (" + String.join(", ", byTable) + ")";
            return what + tables + " " + when + (count == 1 && !uncounted ? " is" : " are") + " missing: " + switch (cause) {
                case "ring_full" -> "the ring was full";
                case "undecodable" -> "the records made no sense";
                case "damaged" -> "the spool was damaged";
                case "unclean_end" -> "the recorder ended without a stop";
                default -> cause;
            };
        }
    }

    private void noteRuns() {
        String sql = "SELECT host, event, epoch_us(ts), array_to_string(filters, ' '), reason FROM " + reading.whole(Table.RUNS) + hosts()
                + " ORDER BY host, ts, seq";
        Window window = reading.window();
        String host = null;
        Instant stopped = null;
        String lastFilters = null;
        List<String> pauses = new ArrayList<>();
        try (Rows rows = reading.session().query(sql, false)) {
            while (rows.next()) {
                Instant at = Window.ofMicros(rows.longAt(2));
                boolean stop = "stop".equals(rows.textAt(1));
                boolean firstOfHost = !rows.textAt(0).equals(host);
                if (firstOfHost) {
                    host = rows.textAt(0);
                    stopped = null;
                    if (window.since() != null && window.since().isBefore(at)) {
                        notices.note("the recording" + of(host) + " begins at " + times.brief(at) + ": what was before is not in it");
                    }
                } else if (!stop && stopped != null && window.touches(stopped, at)) {
                    pauses.add("from " + times.brief(stopped) + " to " + times.brief(at) + of(host));
                }
                stopped = stop ? at : null;
                String left = rows.isNull(3) ? "" : rows.textAt(3);
                if (!stop && !left.isEmpty() && !left.equals(lastFilters) && (window.until() == null || at.isBefore(window.until()))) {
                    notices.note("recorded" + of(host) + " with " + left + ": other deaths are not in the recording");
                    lastFilters = left;
                }
            }
        }
        if (!pauses.isEmpty()) {
            String named = String.join(", ", pauses.subList(0, Math.min(PAUSES_NAMED, pauses.size())));
            notices.note("nothing was recorded " + named
                    + (pauses.size() > PAUSES_NAMED ? " and in " + (pauses.size() - PAUSES_NAMED) + " more pauses" : ""));
        }
    }

    private String of(String host) {
        return reading.hosts().size() > 1 ? " of " + host : "";
    }

    private String hosts() {
        return filters.hosts().isEmpty() ? ""
                : " WHERE host IN (" + String.join(", ", filters.hosts().stream().map(Session::quote).toList()) + ")";
    }

    private String within(String last, String first) {
        List<String> all = new ArrayList<>();
        if (reading.window().since() != null) {
            all.add(last + " >= " + Window.micros(reading.window().since()));
        }
        if (reading.window().until() != null) {
            all.add(first + " < " + Window.micros(reading.window().until()));
        }
        return all.isEmpty() ? "" : " WHERE " + String.join(" AND ", all);
    }

    private String at(long micros) {
        return times.brief(Window.ofMicros(micros));
    }
}
