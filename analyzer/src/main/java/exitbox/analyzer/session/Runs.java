package exitbox.analyzer.session;

import exitbox.analyzer.Failure;
import exitbox.analyzer.filter.Scope;
import exitbox.analyzer.filter.Window;
import exitbox.schemas.contract.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The runs of the recorder, as their rows in `runs` tell them.
final class Runs {
    private static final Pattern BACK = Pattern.compile("-[1-9]\\d{0,5}");
    private static final Pattern ID = Pattern.compile("[0-9A-Za-z][0-9A-Za-z-]*");

    /// A run: what it wrote stands from its start row to its stop row, by seq.
    ///
    /// @param end when it stopped; without a stop when its last row was written, or when the next one began where that is
    ///     not known; null while it is the last and has no stop
    /// @param filters the options that left deaths out, in one line
    record Run(String host, String boot, String id, long firstSeq, long lastSeq, Instant start, Instant end, boolean stopped,
            String filters) {
        Run until(long seq, Instant at, boolean byStop) {
            return new Run(host, boot, id, firstSeq, seq, start, at, byStop, filters);
        }

        Scope.Rows rows() {
            return new Scope.Rows(host, firstSeq, lastSeq, start, end);
        }
    }

    private Runs() {}

    /// All runs of the hosts wanted, by host, in their order.
    static List<Run> of(Session session, String table, String gaps, List<String> hosts) {
        String where = hosts.isEmpty() ? "" : " WHERE run.host IN (" + String.join(", ", hosts.stream().map(Session::quote).toList()) + ")";
        List<Run> runs = new ArrayList<>();
        String sql =
                "SELECT run.host, event, epoch_us(ts), array_to_string(filters, ' '), seq, coalesce(run_id, ''), boot_id, last_us FROM "
                        + table + " AS run"
                        + " LEFT JOIN (SELECT host, detail, min(epoch_us(ts) - (boot_ns - first_boot_ns) // 1000) AS last_us FROM " + gaps
                        + " WHERE cause = 'unclean_end' GROUP BY ALL) AS crash"
                        + " ON crash.host = run.host AND starts_with(detail, 'run ' || run_id || ' ')" + where + " ORDER BY run.host, seq";
        try (Rows rows = session.query(sql, false)) {
            while (rows.next()) {
                String host = rows.textAt(0);
                Instant at = Window.ofMicros(rows.isNull(2) ? 0 : rows.longAt(2));
                long seq = rows.longAt(4);
                Run last = runs.isEmpty() || !runs.getLast().host.equals(host) ? null : runs.getLast();
                boolean open = last != null && last.lastSeq == Long.MAX_VALUE;
                if ("takeover".equals(rows.textAt(1)) && open && last.id.equals(rows.textAt(5))) {
                    continue; // the same run: its programs stayed at work
                }
                if ("stop".equals(rows.textAt(1))) {
                    if (open) {
                        runs.set(runs.size() - 1, last.until(seq, at, true));
                    }
                    continue;
                }
                if (open) {
                    runs.set(runs.size() - 1, last.until(seq - 1, last.end == null ? at : last.end, false));
                }
                runs.add(new Run(host, rows.textAt(6), rows.textAt(5), seq, Long.MAX_VALUE, at,
                        rows.isNull(7) ? null : Window.ofMicros(rows.longAt(7)), false,
                        rows.isNull(3) ? "" : rows.textAt(3)));
            }
        }
        return runs;
    }

    /// The runs that a word of `--run` means: of each host the nth from the end, or the one whose id begins so.
    static List<Run> choose(String word, List<Run> all) {
        if (all.isEmpty()) {
            throw Failure.usage("--run " + word + ": the recording does not tell of any run — choose by time: --since, --until");
        }
        if (BACK.matcher(word).matches()) {
            int back = Integer.parseInt(word.substring(1));
            Map<String, List<Run>> byHost = new LinkedHashMap<>();
            all.forEach(run -> byHost.computeIfAbsent(run.host, _ -> new ArrayList<>()).add(run));
            List<Run> chosen = new ArrayList<>();
            int most = 0;
            for (List<Run> runs : byHost.values()) {
                most = Math.max(most, runs.size());
                if (back <= runs.size()) {
                    chosen.add(runs.get(runs.size() - back));
                }
            }
            if (chosen.isEmpty()) {
                throw Failure.usage("--run " + word + ": there "
                        + (most == 1 ? "is one run: -1" : "are " + most + " runs: -1, the latest, to -" + most));
            }
            return chosen;
        }
        List<Run> chosen = all.stream().filter(run -> ID.matcher(word).matches() && run.id.startsWith(word)).toList();
        if (chosen.isEmpty()) {
            throw Failure.usage(
                    "--run " + word + ": no such run — -1 is the latest; their ids shows: exitbox sql \"SELECT ts, event, run_id FROM "
                            + Table.RUNS.sqlName() + "\"");
        }
        if (chosen.stream().map(Run::id).distinct().count() > 1) {
            throw Failure.usage("--run " + word + ": " + chosen.size() + " runs begin so — give more of the id");
        }
        return chosen;
    }
}
