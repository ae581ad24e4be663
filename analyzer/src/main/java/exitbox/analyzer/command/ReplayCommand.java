package exitbox.analyzer.command;

import exitbox.analyzer.Console;
import exitbox.analyzer.Failure;
import exitbox.analyzer.Notices;
import exitbox.analyzer.dialect.EventTool;
import exitbox.analyzer.dialect.ExitTool;
import exitbox.analyzer.dialect.OptionSet;
import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.live.Form;
import exitbox.analyzer.live.JsonForm;
import exitbox.analyzer.live.TableForm;
import exitbox.analyzer.live.TextForm;
import exitbox.analyzer.recording.Folder;
import exitbox.analyzer.replay.Dialect;
import exitbox.analyzer.replay.EventDialect;
import exitbox.analyzer.replay.EventJsonDialect;
import exitbox.analyzer.replay.EventTextDialect;
import exitbox.analyzer.replay.EventToolDialect;
import exitbox.analyzer.replay.Explanation;
import exitbox.analyzer.replay.Order;
import exitbox.analyzer.replay.TextDialect;
import exitbox.analyzer.replay.ToolDialect;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.text.Nearest;
import exitbox.analyzer.text.Paint;
import exitbox.schemas.contract.Table;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.List;
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
    "  exitbox replay --as json --signal KILL | jq .comm",
    "  exitbox replay --table signals,ooms --since -1h",
    "  exitbox replay --as exitsnoop -t -x --since -1h",
    "",
    "--as TOOL prints what that tool would have printed, its errors included;",
    "--explain names them. Behind TOOL stand TOOL's own options, in place of those",
    "above of the same letter:",
    "  exitsnoop          (bcc's) -t --utc --label L -x -p PID --per-thread",
    "  exitsnoop-libbpf   (libbpf-tools') -t -x -p PID -T -c CGROUP",
    "  exitsnoop-eunomia  (its tutorial's) none",
    "  execsnoop          (bcc's) -T -t -x -u UID -q -n RE -l RE -U -C -M -P PID",
    "                     --max-args N",
    "  execsnoop-libbpf   (libbpf-tools') -T -t -x -u UID -q -n NAME -U -c CGROUP",
    "                     --max-args N",
    "  runqslower         [-p PID] [-t TID] [-c COMM] [-P] [min_us]",
    "  sigsnoop           -x -k -n -p PID -s SIG"})
final class ReplayCommand implements Callable<Integer> {
    private final Context context;

    @Option(names = "--as", paramLabel = "FORM", preprocessor = ToolArguments.class, completionCandidates = Forms.class,
            description = "text; json: an object per line, with all that is known; or a tool, see below.")
    private String as;

    @Option(names = "--table", paramLabel = "TABLE", split = ",", completionCandidates = TableNames.Candidates.class,
            description = "Rows of other tables than exits: execs, forks, signals and so on, or all; as text or json.")
    private List<String> tables = List.of();

    @Option(names = "--explain", description = "With a tool: says on stderr where it is wrong, and why.")
    private boolean explain;

    @Option(names = "--json", description = "Short for --as json.")
    private boolean json;

    @Option(names = "--follow", description = "Goes on with what is recorded from now on, until Ctrl-C or the recorder stops.")
    private boolean follow;

    @Mixin
    private final RecordingOption recording = new RecordingOption();

    @Mixin
    private final Filters filters = new Filters();

    @Mixin
    private final Common common = new Common();

    private List<String> toolWords = List.of();

    /// For the completion of a shell.
    static final class Forms implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Dialect.names().iterator();
        }
    }

    ReplayCommand(Context context) {
        this.context = context;
    }

    /// What was found of the tool's own options behind `--as TOOL`.
    void toolWords(List<String> words) {
        toolWords = words;
    }

    @Override
    public Integer call() {
        Console console = context.console();
        Notices notices = context.notices(common);
        Dialect dialect = dialect(notices);
        if (follow) {
            checkFollow();
        }
        Path folder = Folder.find(recording.folder(), console);
        context.showProgress();
        if (!follow) {
            return status(replay(dialect, folder, notices, null), 0, dialect, notices);
        }
        try (Following following = Following.hold(console, folder, filters, followed())) {
            Answer answer = replay(dialect, folder, notices, following);
            long more = goOn(following, answer, dialect, folder, notices);
            return following.wasAsked() && !answer.damaged() ? 0 : status(answer, more, dialect, notices);
        }
    }

    /// @param whole whether nobody left its pages before the end
    private record Answer(long lines, boolean whole, boolean damaged, Set<String> hosts, ZoneId zone) {
    }

    /// @param following is told what it has to go on behind; null when nothing follows
    private Answer replay(Dialect dialect, Path folder, Notices notices, Following following) {
        try (Reading reading = Reading.open(context.console(), context.duckDb(), folder, filters, notices, null)) {
            reading.provide(dialect.sources(), dialect.asked());
            if (following != null) {
                following.from(reading);
            }
            if (filters.limit() != null && dialect.sources().equals(Set.of("deaths"))) {
                reading.keepFirst(Table.EXITS, Order.by(reading, filters.newestFirst()), filters.limit());
            }
            String sql = dialect.query(reading) + Order.by(reading, filters.newestFirst())
                    + (filters.limit() == null || dialect.limitsItself() ? "" : " LIMIT " + filters.limit());
            if (!explain && !follow) {
                context.inPages(common);
            }
            long[] lines = {0};
            boolean whole = reading.answer(context.out(), () -> {
                try (Rows rows = reading.session().query(sql, true)) {
                    Paint paint = context.paint(common);
                    lines[0] = dialect.write(rows, context.out(), reading.zone(), paint);
                }
            });
            context.out().flush();
            reading.noteOrder();
            boolean damaged = reading.noteLimits();
            return new Answer(lines[0], whole, damaged, reading.hosts(), reading.zone());
        }
    }

    private int status(Answer answer, long more, Dialect dialect, Notices notices) {
        boolean none = answer.lines() + more == 0 && answer.whole();
        if (none) {
            notices.say(nothing(dialect));
        }
        notices.flush();
        return answer.damaged() ? Failure.DAMAGED : none ? Failure.NOTHING_FOUND : 0;
    }

    private String formName() {
        return json ? "json" : as == null ? "text" : as.toLowerCase(Locale.ROOT);
    }

    private void checkFollow() {
        if (explain) {
            throw Failure.usage("--explain: needs to know what came later — leave out --follow");
        }
        OptionSet tool = OptionSet.of(formName());
        if (EventTool.names().contains(formName())) {
            throw Failure.usage("--follow: has no lines of " + formName() + " — leave it out, or choose: --table");
        }
        Following.check(filters, followed(), tool != null && tool.parse(toolWords).cgroup() != null);
    }

    /// The tables whose rows are followed.
    private Set<Table> followed() {
        return OptionSet.of(formName()) != null ? Set.of(Table.EXITS, Table.THREAD_EXITS)
                : tables.isEmpty() ? Set.of(Table.EXITS) : TableNames.of(tables);
    }

    /// Shows what comes behind the answer; returns how many lines there were.
    private long goOn(Following following, Answer answer, Dialect dialect, Path folder, Notices notices) {
        long most = filters.limit() == null ? Long.MAX_VALUE : filters.limit() - answer.lines();
        if (most <= 0) {
            return 0;
        }
        if (!following.isLive()) {
            notices.say("nothing to follow: no recorder is at work here" + (filters.until() == null ? "" : ", or the window is over"));
            return 0;
        }
        notices.flush();
        if (dialect instanceof EventDialect events) {
            try (TableForm form = new TableForm(followed(), events, answer.hosts(), folder, answer.zone(), context.paint(common))) {
                return goOn(following, form, answer, most, notices);
            }
        }
        Form form = switch (formName()) {
            case "text" -> new TextForm(answer.hosts(), answer.zone(), context.paint(common), context.screenWidth());
            case "json" -> new JsonForm(context.out(), answer.zone());
            case String name -> Form.of(ExitTool.of(name, OptionSet.of(name).parse(toolWords), answer.zone()));
        };
        return goOn(following, form, answer, most, notices);
    }

    private long goOn(Following following, Form form, Answer answer, long most, Notices notices) {
        // A tool's headline stands there already.
        if (answer.lines() == 0 && OptionSet.of(formName()) == null) {
            form.header(context.out(), 0);
            context.out().flush();
        }
        return following.run(form, most, context.out(), notices);
    }

    private String nothing(Dialect dialect) {
        if (OptionSet.of(formName()) != null) {
            return as + " would have printed nothing — what there is shows: exitbox info";
        }
        if (!tables.isEmpty()) {
            return "no row matches — what there is shows: exitbox info";
        }
        return filters.choose()
                ? "no death matches — what there is shows: exitbox info"
                : "no deaths in this recording";
    }

    private Dialect dialect(Notices notices) {
        if (json && as != null && !as.equals("json")) {
            throw Failure.usage("--json and --as " + as + ": are two forms — choose one");
        }
        String name = formName();
        OptionSet options = OptionSet.of(name);
        if (options != null && !tables.isEmpty()) {
            throw Failure.usage("--table and --as " + as + ": a tool shows events of its own kind — leave out one of them");
        }
        if (EventTool.names().contains(name)) {
            ZoneId zone = filters.utc() ? ZoneOffset.UTC : context.console().zone();
            return new EventToolDialect(EventTool.of(name, options.given(toolWords), zone), explain ? context.err() : null,
                    context.console().outIsTerminal(), notices, filters.limit());
        }
        if (options != null) {
            Explanation explanation = explain ? new Explanation(context.err(), context.console().outIsTerminal()) : null;
            return new ToolDialect(name, options.parse(toolWords), explanation, filters.limit(), context.console().clock().instant());
        }
        if (explain) {
            throw Failure.usage("--explain: says where a tool is wrong — give one: --as exitsnoop --explain");
        }
        Dialect dialect = Dialect.of(name, context.screenWidth());
        if (dialect != null && !tables.isEmpty()) {
            Set<Table> chosen = TableNames.of(tables);
            return chosen.equals(Set.of(Table.EXITS)) ? dialect
                    : dialect instanceof TextDialect ? new EventTextDialect(chosen, context.screenWidth(), "")
                    : new EventJsonDialect(chosen, "");
        }
        if (dialect == null) {
            String near = Nearest.to(name, Dialect.names());
            throw Failure.usage("--as " + as + ": no such form — " + (near == null ? "there are " + String.join(", ", Dialect.names())
                    : "did you mean " + near + "?"));
        }
        return dialect;
    }
}
