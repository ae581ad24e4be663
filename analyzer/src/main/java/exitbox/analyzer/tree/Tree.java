package exitbox.analyzer.tree;

import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.format.Answer;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;
import exitbox.analyzer.tree.Forest.Line;
import exitbox.analyzer.who.Who;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The processes of a recording by who began whom.
public final class Tree {
    /// What has to be provided first.
    public static final Set<String> SOURCES = Processes.SOURCES;

    private static final String IDENTITY = "host, boot_id, pid, start_boot_ns";

    private final Reading reading;
    private final Forest forest;
    private final boolean chosen;

    /// @param who those whose ancestors and descendants are wanted, found already; null for all
    /// @param at when the processes lived that are wanted; null for the whole window
    public Tree(Reading reading, Filters filters, Who who, Instant at) {
        this.reading = reading;
        Processes.make(reading);
        List<String> all = new ArrayList<>(List.of("known"));
        Window span = reading.span();
        if (at != null) {
            long micros = Window.micros(at);
            all.add("began_us <= " + micros + " AND coalesce(ended_us > " + micros
                    + ", true) AND (ended_us IS NOT NULL OR next_start IS NULL)");
            List<String> boots = reading.boots().stream().filter(boot -> boot.touches(new Window(at, at.plusNanos(1_000))))
                    .map(boot -> "'" + boot.id().replace("'", "''") + "'").toList();
            all.add(boots.isEmpty() ? "false" : "boot_id IN (" + String.join(", ", boots) + ")");
        }
        if (span.since() != null) {
            all.add("coalesce(ended_us >= " + Window.micros(span.since()) + ", true)");
        }
        if (span.until() != null) {
            all.add("coalesce(began_us < " + Window.micros(span.until()) + ", true)");
        }
        if (who != null) {
            all.add(Who.condition("node"));
        }
        if (filters.choosesProcesses()) {
            List<String> tables = filters.choosesDeaths() ? List.of("exits") : List.of("exits", "execs", "forks", "tasks");
            all.add("EXISTS (SELECT 1 FROM ("
                    + String.join(" UNION ALL ", tables.stream().map(table -> "SELECT " + IDENTITY + " FROM " + table)
                            .toList())
                    + ") AS chosen WHERE chosen.host = node.host AND chosen.boot_id = node.boot_id AND chosen.pid = node.pid AND"
                    + " chosen.start_boot_ns IS NOT DISTINCT FROM node.start_boot_ns)");
        }
        chosen = who != null || filters.choosesProcesses();
        forest = Processes.forest(reading, String.join(" AND ", all));
        forest.choose(who != null);
    }

    /// How many processes are wanted, without those that lead to them.
    public int wanted() {
        return forest.wanted();
    }

    /// Draws the tree with at most so many lines; returns how many processes had no line left.
    public int draw(TextOut out, Paint paint, int screenWidth, int most, boolean each) {
        List<Line> lines = forest.lines(most, each);
        new TreeWriter(reading, forest, out, paint, screenWidth).write(lines, chosen);
        return forest.shown() - Forest.processes(lines);
    }

    /// Writes an object for each process, in the order of the tree; returns how many processes had no line left.
    public int json(TextOut out, int most) {
        List<Line> lines = forest.lines(most, true);
        reading.session()
                .execute("CREATE OR REPLACE TEMP TABLE _lines (place INTEGER, idx INTEGER, depth INTEGER, wanted BOOLEAN, circle BOOLEAN)");
        for (int from = 0; from < lines.size(); from += 1_000) {
            List<String> values = new ArrayList<>();
            for (int i = from; i < Math.min(lines.size(), from + 1_000); i++) {
                Line line = lines.get(i);
                values.add("(" + i + ", " + line.node() + ", " + line.depth() + ", " + forest.isWanted(line.node()) + ", " + line.circle()
                        + ")");
            }
            reading.session().execute("INSERT INTO _lines VALUES " + String.join(", ", values));
        }
        try (Rows rows = reading.session()
                .query("SELECT depth, host, boot_id, pid, start_boot_ns, ppid, parent_start AS parent_start_boot_ns,"
                        + " comm, cmdline, make_timestamptz(began_us) AS began_ts, make_timestamptz(ended_us) AS ended_ts,"
                        + " (ended_us - began_us) * 1000 AS age_ns, " + Processes.outcome(reading) + " AS outcome, status, wanted, known,"
                        + " CASE WHEN circle THEN true END AS circle, CASE WHEN older_than_parent THEN true END AS older_than_parent"
                        + " FROM _lines JOIN _node USING (idx) ORDER BY place", true)) {
            Answer.writeLines(rows, out, reading.zone());
        }
        return forest.shown() - Forest.processes(lines);
    }
}
