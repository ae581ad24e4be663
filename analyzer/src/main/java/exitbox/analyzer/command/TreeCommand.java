package exitbox.analyzer.command;

import exitbox.analyzer.Failure;
import exitbox.analyzer.Notices;
import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.recording.Folder;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.Timestamps;
import exitbox.analyzer.tree.Tree;
import exitbox.analyzer.who.Who;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Shows who began whom.
@Command(name = "tree", description = "Shows the tree of processes: who began whom, when each ended, and how.", footer = {
    "",
    "  exitbox tree deploy.sh",
    "  exitbox tree --at 03:12",
    "  exitbox tree -x --since -15m",
    "  exitbox tree 4711 --json | jq .outcome",
    "",
    "WHO: a PID, a name, a script, part of a command line, a unit, a container's id;",
    "its ancestors are shown, and all it began. Where filters choose processes, these",
    "and their ancestors. Childless siblings of one name and fate share a line.",
    "A process whose parent died first stays where it began."})
final class TreeCommand implements Callable<Integer> {
    private static final int MOST = 1_000;

    private final Context context;

    @Parameters(arity = "0..*", paramLabel = "WHO", description = "Whose tree; several words are a part of a command line.")
    private List<String> who = List.of();

    @Option(names = "--at", paramLabel = "TIME", description = "Those who lived then, as for --since: 03:12, -15m.")
    private String at;

    @Option(names = "--each", description = "A line for each process, however alike they are.")
    private boolean each;

    @Option(names = "--json", description = "An object per process, in the order of the tree.")
    private boolean json;

    @Mixin
    private final RecordingOption recording = new RecordingOption();

    @Mixin
    private final Filters filters = new Filters();

    @Mixin
    private final Common common = new Common();

    TreeCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (filters.newestFirst()) {
            throw Failure.usage("-r: a tree has an order of its own — leave it out");
        }
        Who wanted = who.isEmpty() ? null : Who.of(String.join(" ", who));
        Notices notices = context.notices(common);
        context.showProgress();
        try (Reading reading =
                Reading.open(context.console(), context.duckDb(), Folder.find(recording.folder(), context.console()), filters,
                        notices, null)) {
            reading.provide(Tree.SOURCES, Set.of());
            Instant moment = at == null ? null : reading.moment("--at", at);
            if (moment != null) {
                Timestamps times = new Timestamps(reading.zone());
                notices.say("at: " + times.brief(moment) + " (" + times.zoneName() + ")");
            }
            if (!json) {
                context.inPages(common);
            }
            boolean[] none = {false};
            int[] left = {0};
            reading.answer(context.out(), () -> {
                if (wanted != null && wanted.find(reading, null).isNothing()) {
                    notices.note(wanted.nothing(reading));
                    none[0] = true;
                    return;
                }
                Tree tree = new Tree(reading, filters, wanted, moment);
                none[0] = tree.wanted() == 0;
                if (none[0]) {
                    notices.note((wanted == null ? "no process" : "no process that is called " + wanted.text())
                            + (moment != null ? " is known to have lived then"
                                    : " is known to have lived in that time or matches the filters")
                            + "; this recording is" + Who.span(reading).substring(1) + " — what there is shows: exitbox info");
                    return;
                }
                int most = filters.limit() == null ? MOST : (int) Math.min(filters.limit(), Integer.MAX_VALUE);
                left[0] = json ? tree.json(context.out(), most)
                        : tree.draw(context.out(), context.paint(common), context.screenWidth(), most, each);
            });
            context.out().flush();
            if (left[0] > 0) {
                notices.note("the tree ends here: " + Counts.of(left[0], "process")
                        + (left[0] == 1 ? " is" : " are")
                        + " left out — choose with WHO, --at or --since, or ask for more lines: -n 100000");
            }
            boolean damaged = reading.noteLimits();
            notices.flush();
            return damaged ? Failure.DAMAGED : none[0] ? Failure.NOTHING_FOUND : 0;
        }
    }
}
