package exitbox.analyzer.command;

import exitbox.analyzer.Console;
import exitbox.analyzer.Failure;
import exitbox.analyzer.Notices;
import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.recording.Folder;
import exitbox.analyzer.replay.Dialect;
import exitbox.analyzer.replay.Order;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.text.Paint;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Shows events in the order they happened.
@Command(name = "replay", description = "Shows who died, when, and how: a line per death, in the order of time.", footer = {
    "",
    "  exitbox replay --since 03:10 --until 03:14",
    "  exitbox replay -x --comm 'java|postgres'",
    "  exitbox replay --as json --signal KILL | jq .comm"})
final class ReplayCommand implements Callable<Integer> {
    private final Context context;

    @Option(names = "--as", paramLabel = "FORM", description = "text, or json: an object per line, with all that is known.")
    private String as;

    @Option(names = "--json", description = "Short for --as json.")
    private boolean json;

    @Mixin
    private final RecordingOption recording = new RecordingOption();

    @Mixin
    private final Filters filters = new Filters();

    @Mixin
    private final Common common = new Common();

    ReplayCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Dialect dialect = dialect();
        Console console = context.console();
        Notices notices = context.notices(common);
        try (Reading reading = Reading.open(console, context.duckDb(), Folder.find(recording.folder(), console), filters, notices, null)) {
            reading.provide(Set.of("deaths"), false);
            String sql = dialect.query(reading) + Order.by(reading, filters.newestFirst())
                    + (filters.limit() == null ? "" : " LIMIT " + filters.limit());
            long[] lines = {0};
            reading.answer(context.out(), () -> {
                try (Rows rows = reading.session().query(sql, true)) {
                    Paint paint = context.paint(common);
                    lines[0] = dialect.write(rows, context.out(), reading.zone(), paint);
                }
            });
            context.out().flush();
            boolean damaged = reading.noteLimits();
            if (lines[0] == 0) {
                notices.say(nothing());
            }
            notices.flush();
            return damaged ? Failure.DAMAGED : lines[0] == 0 ? Failure.NOTHING_FOUND : 0;
        }
    }

    private String nothing() {
        return filters.choosesProcesses() || filters.since() != null || filters.until() != null || !filters.hosts().isEmpty()
                ? "no death matches — what there is shows: exitbox info"
                : "no deaths in this recording";
    }

    private Dialect dialect() {
        if (json && as != null && !as.equals("json")) {
            throw Failure.usage("--json and --as " + as + ": are two forms — choose one");
        }
        String name = json ? "json" : as == null ? "text" : as.toLowerCase(Locale.ROOT);
        Dialect dialect = Dialect.of(name);
        if (dialect == null) {
            throw Failure.usage("--as " + as + ": no such form — there are " + String.join(", ", Dialect.names()));
        }
        return dialect;
    }
}
