package exitbox.analyzer.command;

import exitbox.analyzer.Failure;
import exitbox.analyzer.Notices;
import exitbox.analyzer.filter.Durations;
import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.recording.Folder;
import exitbox.analyzer.replay.Dialect;
import exitbox.analyzer.replay.EventJsonDialect;
import exitbox.analyzer.replay.EventTextDialect;
import exitbox.analyzer.replay.Order;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.who.Who;
import exitbox.schemas.contract.Table;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Shows events of every kind in the order they happened.
@Command(name = "timeline", description = "Shows all that happened, in the order of time: execs, forks, signals, deaths, losses.",
        footer = {
            "",
            "  exitbox timeline --around 03:12",
            "  exitbox timeline --around 03:12:04.2 --span 2s --json | jq .table",
            "  exitbox timeline nginx --since -1h",
            "  exitbox timeline --table signals,exits,ooms --since 03:00",
            "",
            "WHO: a PID, a name, a script, part of a command line, a unit, a container's id.",
            "Heartbeats and snapshots of living processes are left out, unless --table says so."})
final class TimelineCommand implements Callable<Integer> {
    private static final Set<Table> USUAL = EnumSet.complementOf(EnumSet.of(Table.HEARTBEATS, Table.TASKS));

    private final Context context;

    @Parameters(arity = "0..*", paramLabel = "WHO",
            description = "Only what happened to these processes; several words are a part of a command line.")
    private List<String> who = List.of();

    @Option(names = "--around", paramLabel = "WHEN", description = "What happened shortly before and after.")
    private String around;

    @Option(names = "--span", paramLabel = "DURATION", defaultValue = "30s",
            description = "How long before and how long after: 30s unless given.")
    private String span;

    @Option(names = "--table", paramLabel = "TABLE", split = ",", completionCandidates = TableNames.Candidates.class,
            description = "Events of these kinds only: tables' names, or all.")
    private List<String> tables = List.of();

    @Option(names = "--json", description = "An object per line, with all that is known.")
    private boolean json;

    @Mixin
    private final RecordingOption recording = new RecordingOption();

    @Mixin
    private final Filters filters = new Filters();

    @Mixin
    private final Common common = new Common();

    TimelineCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Who wanted = who.isEmpty() ? null : Who.of(String.join(" ", who));
        Set<Table> chosen = tables.isEmpty() ? USUAL : TableNames.of(tables);
        Duration each = Durations.parse(span);
        if (each == null || each.isZero()) {
            throw Failure.usage("--span " + span + ": no such duration — try 30s, 5m or 1h");
        }
        if (around != null) {
            filters.around(around, each);
        }
        Notices notices = context.notices(common);
        context.showProgress();
        try (Reading reading =
                Reading.open(context.console(), context.duckDb(), Folder.find(recording.folder(), context.console()), filters,
                        notices, null)) {
            String condition = wanted == null ? "" : Who.condition("event");
            Dialect dialect = json ? new EventJsonDialect(chosen, condition)
                    : new EventTextDialect(chosen, context.screenWidth(), condition);
            Set<String> sources = new HashSet<>(dialect.sources());
            if (wanted != null) {
                sources.addAll(Who.SOURCES);
            }
            reading.provide(sources, dialect.asked());
            if (wanted != null && wanted.find(reading, null).isNothing()) {
                notices.say(wanted.nothing(reading));
                return end(reading, notices, true);
            }
            String sql = dialect.query(reading) + Order.by(reading, filters.newestFirst())
                    + (filters.limit() == null ? "" : " LIMIT " + filters.limit());
            context.inPages(common);
            long[] lines = {0};
            boolean whole = reading.answer(context.out(), () -> {
                try (Rows rows = reading.session().query(sql, true)) {
                    lines[0] = dialect.write(rows, context.out(), reading.zone(), context.paint(common));
                }
            });
            context.out().flush();
            boolean none = lines[0] == 0 && whole;
            if (none) {
                notices.say("nothing matches in this recording" + Who.span(reading) + " — what there is shows: exitbox info");
            }
            reading.noteOrder();
            return end(reading, notices, none);
        }
    }

    private static int end(Reading reading, Notices notices, boolean none) {
        boolean damaged = reading.noteLimits();
        notices.flush();
        return damaged ? Failure.DAMAGED : none ? Failure.NOTHING_FOUND : 0;
    }
}
