package exitbox.analyzer.command;

import exitbox.analyzer.Console;
import exitbox.analyzer.Failure;
import exitbox.analyzer.Notices;
import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.recording.Evidence;
import exitbox.analyzer.recording.Folder;
import exitbox.analyzer.recording.Summary;
import exitbox.analyzer.recording.Unsealed;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.session.Session;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.Paint.Tone;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.catalog.Deletion;
import exitbox.schemas.contract.Table;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/// Shows what a recording holds, and what is missing from it.
@Command(name = "info", description = "Shows what the recording holds: hosts, times, rows, files, sizes, losses.", footer = {"",
    "--json has more: losses by their cause (rows of gaps, events as far as they were counted, and how many gaps have no count), how often"
            + " and how far the clock was set or the machine suspended (clock_steps), and what was deleted on request (deletions)."})
final class InfoCommand implements Callable<Integer> {
    private static final long MANY_FILES = 5_000;

    private final Context context;

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    @Mixin
    private final RecordingOption recording = new RecordingOption();

    @Mixin
    private final Filters filters = new Filters();

    @Mixin
    private final Common common = new Common();

    InfoCommand(Context context) {
        this.context = context;
    }

    /// The filters that it takes only to say that it refuses them.
    static void hideWhatItRefuses(CommandSpec spec) {
        for (ArgSpec option : spec.mixins().get("filters").args()) {
            OptionSpec listed = (OptionSpec) option;
            if (!listed.longestName().equals("--host") && !listed.longestName().equals("--utc")) {
                spec.remove(listed);
                spec.addOption(OptionSpec.builder(listed).hidden(true).build());
            }
        }
    }

    @Override
    public Integer call() {
        if (filters.choosesProcesses() || filters.since() != null || filters.until() != null || filters.run() != null
                || filters.limit() != null || filters.newestFirst()) {
            throw Failure.usage("info tells of a whole recording: only --host and --utc narrow it — to count what you filter: exitbox sql");
        }
        Console console = context.console();
        Notices notices = context.notices(common);
        context.showProgress();
        Path folder = Folder.find(recording.folder(), console);
        try (Reading reading = Reading.open(console, context.duckDb(), folder, filters, notices, null)) {
            reading.provide(Set.of(), false);
            for (Table table : Table.values()) {
                // Asking for the files is what finds those that are missing or changed.
                reading.evidence().files(table, null, null);
            }
            if (filters.hosts().isEmpty() && reading.evidence().isEmpty()) {
                throw Folder.nothingIn(folder);
            }
            Summary summary = Summary.of(reading.evidence(), reading.unsealed());
            ZoneId zone = filters.utc() ? ZoneOffset.UTC : console.zone();
            context.inPages(common);
            if (json) {
                printJson(summary, reading);
            } else {
                print(summary, reading, zone);
            }
            context.out().flush();
            boolean damaged = reading.noteLimits();
            long files = summary.sealed().values().stream().mapToLong(Summary.Segments::files).sum();
            if (files > MANY_FILES) {
                notices.note(Counts.of(files, "segment") + ": exitbox compact --to DIR makes a copy of few, which answers sooner");
            }
            notices.flush();
            return damaged ? Failure.DAMAGED : summary.hosts().isEmpty() && !filters.hosts().isEmpty() ? Failure.NOTHING_FOUND : 0;
        }
    }

    private void print(Summary summary, Reading reading, ZoneId zone) {
        TextOut out = context.out();
        Paint paint = context.paint(common);
        fact(out, paint, "recording", summary.evidence().folder() + (reading.isLive() ? " (being recorded)" : ""));
        fact(out, paint, summary.hosts().size() == 1 ? "host" : "hosts",
                summary.hosts().isEmpty() ? "none" : String.join(", ", summary.hosts()));
        fact(out, paint, "boots", Integer.toString(reading.boots().size()));
        fact(out, paint, "span", summary.span(zone));
        long files = summary.sealed().values().stream().mapToLong(Summary.Segments::files).sum();
        long bytes = summary.sealed().values().stream().mapToLong(Summary.Segments::bytes).sum();
        fact(out, paint, "sealed", Counts.of(files, "segment") + ", " + Counts.bytes(bytes));
        Unsealed open = summary.unsealed();
        fact(out, paint, "not sealed", open.spools() == 0 ? "nothing"
                : Counts.of(open.totalRows(), "row") + " in " + Counts.of(open.spools(), "spool") + ", " + Counts.bytes(open.bytes()));
        fact(out, paint, "losses", losses(summary));
        if (summary.rows(Table.RUNS) > 0) {
            // As tp_btf/sched_process_exec (exec); the word will do here.
            factIfAny(out, paint, "hooks",
                    reading.latestHooks(false).stream().map(hook -> hook.replaceFirst("^.* \\((.*)\\)$", "$1")).toList());
            factIfAny(out, paint, "missing", reading.latestHooks(true));
            factIfAny(out, paint, "options", reading.latestOptions());
        }
        out.line();
        paint.begin(out, Tone.STRONG);
        out.plain("TABLE").padTo(14);
        for (String heading : List.of("ROWS", "NOT SEALED", "SEGMENTS", "SIZE")) {
            right(out, heading);
        }
        paint.end(out);
        out.line();
        for (Table table : Table.values()) {
            if (summary.rows(table) > 0) {
                Summary.Segments sealed = summary.sealed().getOrDefault(table, new Summary.Segments(0, 0, 0));
                out.plain(table.sqlName()).padTo(14);
                right(out, Counts.text(summary.rows(table)));
                right(out, Counts.text(open.rows().getOrDefault(table, 0L)));
                right(out, Counts.text(sealed.files()));
                right(out, Counts.bytes(sealed.bytes()));
                out.line();
            }
        }
    }

    private static String losses(Summary summary) {
        if (summary.lostNothing()) {
            return "none known";
        }
        return summary.lostUncounted() ? summary.lost() == 0 ? "some, not counted" : "at least " + Counts.of(summary.lost(), "event")
                : Counts.of(summary.lost(), "event");
    }

    private static void fact(TextOut out, Paint paint, String name, String value) {
        paint.begin(out, Tone.FAINT);
        out.plain(name);
        paint.end(out);
        out.padTo(12).safe(value).line();
    }

    private static void factIfAny(TextOut out, Paint paint, String name, List<String> values) {
        if (!values.isEmpty()) {
            fact(out, paint, name, String.join(", ", values));
        }
    }

    private static void right(TextOut out, String text) {
        out.repeat(' ', 13 - text.length()).plain(text);
    }

    private static void texts(TextOut out, String name, List<String> values) {
        out.plain(",").json(name).plain(":[");
        String comma = "";
        for (String value : values) {
            out.plain(comma).json(value);
            comma = ",";
        }
        out.plain("]");
    }

    /// Known losses by cause: how many rows of gaps, and of how many events; `uncounted` of them do not say.
    private void losses(Reading reading) {
        list("losses", reading,
                "SELECT coalesce(cause, 'unknown'), count(*), coalesce(sum(count), 0)::BIGINT, count(*) - count(count) FROM "
                        + reading.whole(Table.GAPS) + hosts() + " GROUP BY 1 ORDER BY 1",
                (out, row) -> out.plain("{\"cause\":").json(row.textAt(0)).plain(",\"gaps\":").number(row.longAt(1)).plain(",\"events\":")
                        .number(row.longAt(2)).plain(",\"uncounted\":").number(row.longAt(3)).plain('}'));
    }

    /// Jumps of the wall clock by kind: how many, and how far the farthest was.
    private void clockSteps(Reading reading) {
        list("clock_steps", reading,
                "SELECT coalesce(kind, 'unknown'), count(*), CASE WHEN -min(step_ns) >= max(step_ns) THEN min(step_ns) ELSE max(step_ns) END FROM "
                        + reading.whole(Table.CLOCK_STEPS)
                        + hosts() + " GROUP BY 1 ORDER BY 1",
                (out, row) -> out.plain("{\"kind\":").json(row.textAt(0)).plain(",\"steps\":").number(row.longAt(1))
                        .plain(",\"farthest_ns\":").number(row.longOr(2, 0)).plain('}'));
    }

    private void list(String name, Reading reading, String sql, BiConsumer<TextOut, Rows> element) {
        TextOut out = context.out();
        out.plain(',').json(name).plain(":[");
        String comma = "";
        try (Rows rows = reading.session().query(sql, false)) {
            while (rows.next()) {
                out.plain(comma);
                element.accept(out, rows);
                comma = ",";
            }
        }
        out.plain(']');
    }

    private String hosts() {
        return filters.hosts().isEmpty() ? ""
                : " WHERE host IN (" + String.join(", ", filters.hosts().stream().map(Session::quote).toList()) + ")";
    }

    /// What was deleted because somebody asked for that, by what they asked.
    private void deletions(Reading reading) {
        TextOut out = context.out();
        Map<String, List<Deletion>> reasons = reading.evidence().deletions().stream()
                .collect(Collectors.groupingBy(Deletion::why, TreeMap::new, Collectors.toList()));
        out.plain(",\"deletions\":[");
        String comma = "";
        for (Map.Entry<String, List<Deletion>> reason : reasons.entrySet()) {
            List<Deletion> deletions = reason.getValue();
            out.plain(comma).plain("{\"why\":").json(reason.getKey());
            out.plain(",\"files\":").number(deletions.stream().mapToLong(deletion -> deletion.paths().size()).sum());
            out.plain(",\"rows\":").number(deletions.stream().mapToLong(Deletion::rows).sum());
            out.plain(",\"bytes\":").number(deletions.stream().mapToLong(Deletion::bytes).sum());
            long first = deletions.stream().mapToLong(Deletion::firstMicros).min().orElseThrow();
            long last = deletions.stream().mapToLong(Deletion::lastMicros).max().orElseThrow();
            out.plain(",\"first_ts\":").json(Window.ofMicros(first).toString());
            out.plain(",\"last_ts\":").json(Window.ofMicros(last).toString()).plain('}');
            comma = ",";
        }
        out.plain(']');
    }

    private void printJson(Summary summary, Reading reading) {
        TextOut out = context.out();
        out.plain("{\"recording\":").json(summary.evidence().folder().toString());
        out.plain(",\"live\":").plain(reading.isLive() ? "true" : "false");
        out.plain(",\"hosts\":[");
        String comma = "";
        for (String host : summary.hosts()) {
            out.plain(comma).json(host);
            comma = ",";
        }
        out.plain("],\"boots\":").number(reading.boots().size());
        if (!summary.isEmpty()) {
            out.plain(",\"first_ts\":").json(Window.ofMicros(summary.firstMicros()).toString());
            out.plain(",\"last_ts\":").json(Window.ofMicros(summary.lastMicros()).toString());
        }
        if (summary.rows(Table.RUNS) > 0) {
            texts(out, "hooks", reading.latestHooks(false));
            texts(out, "hooks_missing", reading.latestHooks(true));
            texts(out, "options", reading.latestOptions());
        }
        out.plain(",\"lost\":").number(summary.lost()).plain(",\"lost_uncounted\":").plain(summary.lostUncounted() ? "true" : "false");
        losses(reading);
        clockSteps(reading);
        deletions(reading);
        out.plain(",\"spools\":").number(summary.unsealed().spools()).plain(",\"spool_bytes\":").number(summary.unsealed().bytes());
        out.plain(",\"tables\":[");
        comma = "";
        for (Table table : Table.values()) {
            if (summary.rows(table) > 0) {
                Summary.Segments sealed = summary.sealed().getOrDefault(table, new Summary.Segments(0, 0, 0));
                out.plain(comma).plain("{\"table\":").json(table.sqlName()).plain(",\"rows\":").number(summary.rows(table));
                out.plain(",\"unsealed_rows\":").number(summary.unsealed().rows().getOrDefault(table, 0L));
                out.plain(",\"segments\":").number(sealed.files()).plain(",\"bytes\":").number(sealed.bytes()).plain('}');
                comma = ",";
            }
        }
        out.plain("]}").line();
    }
}
