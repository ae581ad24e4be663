package exitbox.analyzer.command;

import exitbox.analyzer.Console;
import exitbox.analyzer.Failure;
import exitbox.analyzer.Notices;
import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.recording.Folder;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.text.Timestamps;
import exitbox.analyzer.who.Who;
import exitbox.analyzer.why.Choice;
import exitbox.analyzer.why.Explainer;
import exitbox.analyzer.why.Inquest;
import exitbox.analyzer.why.Invocation;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Explains a death.
@Command(name = "why", description = "Explains a death: who or what killed it, what it was doing, what died with it, and how sure that is.",
        footer = {
            "", "  exitbox why                          the latest death by a signal",
            "  exitbox why nginx                    the latest failure of nginx",
            "  exitbox why --at 03:12               what died in that minute",
            "  exitbox why -p 4242 --json | jq .killer.program.cmdline", "",
            "WHO is a PID, a name, a program or script, a systemd unit, a container's id,",
            "or part of a command line: the narrowest meaning that the recording has.",
            "Without WHO it is the latest death by a signal (other than SIGPIPE), and when",
            "there is none, the latest with a code other than 0. With WHO it is the latest",
            "failure, else the latest. With --at it is the nearest; 03:12 is that minute.",
            "Status 1: no such death; then it is said who was alive, or which names are near."})
final class WhyCommand implements Callable<Integer> {
    private static final int OTHERS = 20;
    private static final int OTHERS_UNASKED = 5;
    private static final int NARROWEST = 60;
    private static final int WIDEST = 100;
    private static final int USUAL = 80;

    private final Context context;

    @Parameters(arity = "0..*", paramLabel = "WHO", description = "Who died; several words are a part of a command line.")
    private List<String> who = List.of();

    @Option(names = "--at", paramLabel = "TIME", description = "When, as for --since: 03:12, 03:12:00.5, \"2026-11-20 03:12\", -15m.")
    private String at;

    @Option(names = "--json", description = "One JSON object with the same facts.")
    private boolean json;

    @Mixin
    private final RecordingOption recording = new RecordingOption();

    @Mixin
    private final Filters filters = new Filters();

    @Mixin
    private final Common common = new Common();

    WhyCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (filters.newestFirst()) {
            throw Failure.usage("-r: why explains the newest death anyway — leave it out");
        }
        Who asked = who.isEmpty() ? null : Who.of(String.join(" ", who));
        Console console = context.console();
        Notices notices = context.notices(common);
        Path folder = Folder.find(recording.folder(), console);
        context.showProgress();
        try (Reading reading = Reading.open(console, context.duckDb(), folder, filters, notices, null)) {
            reading.provide(Explainer.SOURCES, false);
            Window moment = at == null ? null : Choice.meant(at, reading.moment("--at", at));
            boolean chosen = filters.choosesProcesses();
            int others = filters.limit() != null ? (int) Math.min(OTHERS, filters.limit() - 1)
                    : asked == null && !chosen ? OTHERS_UNASKED : OTHERS;
            Invocation invocation =
                    new Invocation(recording.folder(), reading.hosts().size() > 1, filters.utc(), new Timestamps(reading.zone()));
            int width = context.screenWidth() == 0 ? USUAL : Math.clamp(context.screenWidth(), NARROWEST, WIDEST);
            int[] status = {0};
            if (!json) {
                context.inPages(common);
            }
            reading.answer(context.out(), () -> status[0] = new Inquest(reading, invocation).answer(
                    new Inquest.Question(asked, chosen, moment, at, others), new Inquest.Form(json, context.paint(common), width),
                    context.out(), notices));
            boolean damaged = reading.noteFiles();
            notices.flush();
            return damaged ? Failure.DAMAGED : status[0];
        }
    }
}
