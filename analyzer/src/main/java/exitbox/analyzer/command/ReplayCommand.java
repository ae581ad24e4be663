package exitbox.analyzer.command;

import exitbox.analyzer.Console;
import exitbox.analyzer.Failure;
import exitbox.analyzer.Notices;
import exitbox.analyzer.dialect.OptionSet;
import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.recording.Folder;
import exitbox.analyzer.replay.Dialect;
import exitbox.analyzer.replay.Explanation;
import exitbox.analyzer.replay.Order;
import exitbox.analyzer.replay.ToolDialect;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.text.Nearest;
import exitbox.analyzer.text.Paint;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Shows events in the order they happened.
@Command(name = "replay", description = "Shows who died, when, and how: a line per death, in the order of time.", footer = {
    "",
    "  exitbox replay --since 03:10 --until 03:14",
    "  exitbox replay -x --comm 'java|postgres'",
    "  exitbox replay --as json --signal KILL | jq .comm",
    "  exitbox replay --as exitsnoop -t -x --since -1h",
    "",
    "--as TOOL prints what that tool would have printed, its errors included;",
    "--explain names them. Behind TOOL stand TOOL's own options, in place of those",
    "above of the same letter:",
    "  exitsnoop          (bcc's) -t --utc --label L -x -p PID --per-thread",
    "  exitsnoop-libbpf   (libbpf-tools') -t -x -p PID -T -c CGROUP",
    "  exitsnoop-eunomia  (its tutorial's) none"})
final class ReplayCommand implements Callable<Integer> {
    private final Context context;

    @Option(names = "--as", paramLabel = "FORM", preprocessor = ToolArguments.class,
            description = "text; json: an object per line, with all that is known; or a tool, see below.")
    private String as;

    @Option(names = "--explain", description = "With a tool: says on stderr where it is wrong, and why.")
    private boolean explain;

    @Option(names = "--json", description = "Short for --as json.")
    private boolean json;

    @Mixin
    private final RecordingOption recording = new RecordingOption();

    @Mixin
    private final Filters filters = new Filters();

    @Mixin
    private final Common common = new Common();

    private List<String> toolWords = List.of();

    ReplayCommand(Context context) {
        this.context = context;
    }

    /// What was found of the tool's own options behind `--as TOOL`.
    void toolWords(List<String> words) {
        toolWords = words;
    }

    @Override
    public Integer call() {
        Dialect dialect = dialect();
        Console console = context.console();
        Notices notices = context.notices(common);
        try (Reading reading = Reading.open(console, context.duckDb(), Folder.find(recording.folder(), console), filters, notices, null)) {
            reading.provide(dialect.sources(), false);
            String sql = dialect.query(reading) + Order.by(reading, filters.newestFirst())
                    + (filters.limit() == null || explain ? "" : " LIMIT " + filters.limit());
            long[] lines = {0};
            reading.answer(context.out(), () -> {
                try (Rows rows = reading.session().query(sql, true)) {
                    Paint paint = context.paint(common);
                    lines[0] = dialect.write(rows, context.out(), reading.zone(), paint);
                }
            });
            context.out().flush();
            reading.noteOrder();
            boolean damaged = reading.noteLimits();
            if (lines[0] == 0) {
                notices.say(nothing(dialect));
            }
            notices.flush();
            return damaged ? Failure.DAMAGED : lines[0] == 0 ? Failure.NOTHING_FOUND : 0;
        }
    }

    private String nothing(Dialect dialect) {
        if (dialect instanceof ToolDialect) {
            return as + " would have printed nothing — what there is shows: exitbox info";
        }
        return filters.choose()
                ? "no death matches — what there is shows: exitbox info"
                : "no deaths in this recording";
    }

    private Dialect dialect() {
        if (json && as != null && !as.equals("json")) {
            throw Failure.usage("--json and --as " + as + ": are two forms — choose one");
        }
        String name = json ? "json" : as == null ? "text" : as.toLowerCase(Locale.ROOT);
        OptionSet options = OptionSet.of(name);
        if (options != null) {
            Explanation explanation = explain ? new Explanation(context.err(), context.console().outIsTerminal()) : null;
            return new ToolDialect(name, options.parse(toolWords), explanation, filters.limit(), context.console().clock().instant());
        }
        if (explain) {
            throw Failure.usage("--explain: says where a tool is wrong — give one: --as exitsnoop --explain");
        }
        Dialect dialect = Dialect.of(name);
        if (dialect == null) {
            String near = Nearest.to(name, Dialect.names());
            throw Failure.usage("--as " + as + ": no such form — " + (near == null ? "there are " + String.join(", ", Dialect.names())
                    : "did you mean " + near + "?"));
        }
        return dialect;
    }
}
