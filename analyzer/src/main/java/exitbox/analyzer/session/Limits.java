package exitbox.analyzer.session;

import exitbox.analyzer.Notices;
import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.session.Runs.Run;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.Timestamps;
import exitbox.schemas.catalog.Deletion;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// What an answer over a window could not see, from the recording's own rows: losses (`gaps`), what the
/// recorder was told to leave out, when it began late and when it was not there (`runs`), and where
/// the clock misleads (`clock_steps`).
final class Limits {
    private static final int PAUSES_NAMED = 3;
    // Whose records have a ring beside that of deaths.
    private static final Set<String> EVENTS = Set.of("execs", "forks", "signals", "runqs");

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
        noteVouchers();
        noteDeletions(deletion -> touches(deletion, reading.span()));
        if (has(Table.GAPS)) {
            noteLosses();
        }
        if (has(Table.RUNS)) {
            noteRuns();
        }
        if (has(Table.CLOCK_STEPS)) {
            new ClockSteps(reading).note(notices, hosts());
        }
    }

    private void noteVouchers() {
        reading.evidence().sealed().stream().mapToLong(SealedSpool::schemaVersion).max().ifPresent(newest -> {
            if (newest > Contract.SCHEMA_VERSION) {
                notices.note("some of it was written by a newer exitbox (schema " + newest + ", this one knows " + Contract.SCHEMA_VERSION
                        + "): what that added is not shown — use the newer one");
            }
        });
        reading.evidence().vouching().ifPresent(notices::note);
    }

    /// Notes those deletions that are wanted, together what was deleted for one reason.
    void noteDeletions(Predicate<Deletion> wanted) {
        Map<String, Deleted> deleted = new LinkedHashMap<>();
        for (Deletion deletion : reading.evidence().deletions()) {
            if (wanted.test(deletion)) {
                deleted.merge(on(deletion.host()) + "deleted by " + deletion.why(),
                        new Deleted(deletion.rows(), deletion.firstMicros(), deletion.lastMicros()), Deleted::and);
            }
        }
        deleted.forEach((why, what) -> notices.note(why + ": " + Counts.of(what.rows, "row") + ", "
                + times.brief(Window.ofMicros(what.firstMicros), " to ", Window.ofMicros(what.lastMicros))));
    }

    /// Whether rows of a window were deleted, or may have been.
    static boolean touches(Deletion deletion, Window window) {
        return window.touches(Window.ofMicros(deletion.firstMicros()), Window.ofMicros(deletion.lastMicros()));
    }

    private record Deleted(long rows, long firstMicros, long lastMicros) {
        Deleted and(Deleted other) {
            return new Deleted(rows + other.rows, Math.min(firstMicros, other.firstMicros), Math.max(lastMicros, other.lastMicros));
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
                "SELECT host, cause, table_name, coalesce(sum(count), 0)::BIGINT, count(*) FILTER (WHERE count IS NULL), min(first_us), max(last_us)"
                        + " FROM (SELECT *, " + first + " AS first_us, " + last + " AS last_us FROM " + reading.whole(Table.GAPS) + hosts()
                        + ")"
                        + within("last_us", "first_us") + " GROUP BY ALL ORDER BY host, min(first_us), cause, table_name";
        Map<String, Loss> losses = new LinkedHashMap<>();
        try (Rows rows = reading.session().query(sql, false)) {
            while (rows.next()) {
                String cause = rows.isNull(1) ? "" : rows.textAt(1);
                Loss loss = losses.computeIfAbsent(rows.textAt(0) + '\n' + cause, _ -> new Loss(on(rows.textAt(0)), cause));
                loss.add(rows.isNull(2) ? null : rows.textAt(2), rows.longAt(3), rows.longAt(4) > 0, rows.longAt(5), rows.longAt(6));
            }
        }
        losses.values().forEach(loss -> notices.note(loss.sentence()));
    }

    /// What a host lost by one cause.
    private final class Loss {
        private final String host;
        private final String cause;
        private final LinkedHashMap<String, Long> byTable = new LinkedHashMap<>();
        private long count;
        private boolean uncounted;
        private long first = Long.MAX_VALUE;
        private long last = Long.MIN_VALUE;

        Loss(String host, String cause) {
            this.host = host;
            this.cause = cause;
        }

        void add(String table, long lost, boolean someUncounted, long firstMicros, long lastMicros) {
            if (table != null && lost > 0) {
                byTable.merge(table, lost, Long::sum);
            }
            count += lost;
            uncounted |= someUncounted;
            first = Math.min(first, firstMicros);
            last = Math.max(last, lastMicros);
        }

        /// The options that make the rings larger that those tables come through.
        private String rings() {
            List<String> options = new ArrayList<>();
            if (byTable.keySet().stream().anyMatch(table -> !EVENTS.contains(table))) {
                options.add("--ring-size");
            }
            if (byTable.keySet().stream().anyMatch(EVENTS::contains)) {
                options.add("--events-ring-size");
            }
            return options.isEmpty() ? "--ring-size" : String.join(", ", options);
        }

        String sentence() {
            boolean deaths = byTable.size() == 1 && byTable.getOrDefault("exits", 0L) == count;
            String one = deaths ? "death" : "event";
            String what = uncounted ? count == 0 ? "an unknown number of events" : "at least " + Counts.of(count, one)
                    : Counts.of(count, one);
            String when = first == last ? "at " + times.brief(Window.ofMicros(first))
                    : "between " + times.brief(Window.ofMicros(first), " and ", Window.ofMicros(last));
            String tables = byTable.isEmpty() || deaths ? "" : byTable.size() == 1 ? " of " + byTable.firstEntry().getKey()
                    : " (" + String.join(", ",
                            byTable.entrySet().stream().map(lost -> lost.getKey() + " " + Counts.text(lost.getValue())).toList()) + ")";
            return host + what + tables + " " + when + (count == 1 && !uncounted ? " is" : " are") + " missing: " + switch (cause) {
                case "ring_full" -> "the kernel's ring buffer was full (record " + rings() + ")";
                case "follow_full" -> "there were more descendants than the recorder follows at once";
                case "recursion" -> "the hook was running already";
                case "disk_full" -> "there was no room on the disk (record --on-full)";
                case "removed" -> "the open spool was taken away";
                case "undecodable" -> count == 1 ? "the record made no sense" : "the records made no sense";
                case "damaged" -> "the spool was damaged";
                case "unrecovered" -> "exitbox recover could not save them";
                case "unclean_end" -> "the recorder ended without a stop";
                default -> cause;
            };
        }
    }

    private void noteRuns() {
        List<String> pauses = new ArrayList<>();
        Run before = null;
        List<Run> runs = reading.runs();
        for (Run run : runs) {
            boolean first = before == null || !before.host().equals(run.host());
            if (first) {
                lastRun(before);
                noteBeginning(run.host(), runs);
            } else if (before.stopped() && !reading.choosesRun() && reading.span().touches(before.end(), run.start())) {
                pauses.add(times.brief(before.end(), " to ", run.start()) + (reading.hosts().size() > 1 ? " (" + run.host() + ")" : ""));
            }
            if (!run.filters().isEmpty() && reading.span().touches(run.start(), run.end())) {
                notices.note(on(run.host()) + "recorded with " + run.filters() + ": other deaths are not in the recording");
            }
            before = run;
        }
        lastRun(before);
        if (!pauses.isEmpty()) {
            String named = String.join(", ", pauses.subList(0, Math.min(PAUSES_NAMED, pauses.size())));
            int more = pauses.size() - PAUSES_NAMED;
            notices.note("nothing was recorded from " + named + (more > 0 ? ", and in " + more + " more pauses" : ""));
        }
    }

    private void noteBeginning(String host, List<Run> runs) {
        Instant since = reading.span().since();
        Instant begin = runs.stream().filter(run -> run.host().equals(host)).map(Run::start).min(Comparator.naturalOrder())
                .orElseThrow();
        if (since != null && since.isBefore(begin)) {
            notices.note("the recording" + of(host) + " begins at " + times.brief(begin) + ": what was before is not in it");
        }
    }

    private void lastRun(Run run) {
        if (run == null || reading.isLive() || reading.hosts().size() > 1) {
            return;
        }
        Instant last = reading.lastEvent();
        if (last == null) {
            return;
        }
        if (!run.stopped() && (reading.span().until() == null || reading.span().until().isAfter(last))) {
            notices.note("the recording ends at " + times.brief(last) + " without a stop: what happened then is not in it");
        } else if (run.stopped() && reading.span().since() != null && reading.span().since().isAfter(last)) {
            notices.note("the recording ends at " + times.brief(last) + ": what was later is not in it");
        }
    }

    /// The host before a sentence that is about it alone, when there are several.
    private String on(String host) {
        return reading.hosts().size() > 1 ? host + ": " : "";
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
        if (reading.span().since() != null) {
            all.add(last + " >= " + Window.micros(reading.span().since()));
        }
        if (reading.span().until() != null) {
            all.add(first + " < " + Window.micros(reading.span().until()));
        }
        return all.isEmpty() ? "" : " WHERE " + String.join(" AND ", all);
    }
}
