package exitbox.analyzer.command;

import exitbox.analyzer.Console;
import exitbox.analyzer.recording.Summary;
import exitbox.analyzer.text.TextOut;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;

/// The program without a command: examples, and what it would read.
@Command(name = "exitbox", versionProvider = Exitbox.Version.class, description = "The black box for the processes of a Linux machine.",
        synopsisSubcommandLabel = "COMMAND", footer = {"", "More on a command: exitbox help COMMAND"})
public final class Exitbox implements Callable<Integer> {
    private static final int NARROWEST = 72;
    private static final int WIDEST = 110;

    static final List<String> COMMANDS =
            List.of("record", "snoop", "why", "replay", "timeline", "tree", "top", "sql", "view", "info", "schema", "verify", "seal-key",
                    "recover", "compact", "completion", "install", "help");

    /// Those that read a recording.
    private static final Set<String> READERS = Set.of("why", "replay", "timeline", "tree", "top", "sql", "view", "info");

    private static final String SNOOP = "snoop";
    private static final String VERIFY = "verify";

    private final Context context;

    @Option(names = {"-V", "--version"}, versionHelp = true, description = "Shows the version.")
    private boolean version;

    @Mixin
    private final Common common = new Common();

    private Exitbox(Context context) {
        this.context = context;
    }

    /// The command line, ready to parse. When its first word is a command it has that one only: the others
    /// would cost each start some 10 ms.
    public static CommandLine commandLine(Context context, String firstWord) {
        CommandLine line = new CommandLine(new Exitbox(context));
        for (String name : READERS.contains(firstWord) || firstWord.equals(SNOOP) || firstWord.equals(VERIFY) ? List.of(firstWord)
                : COMMANDS) {
            line.addSubcommand(name, command(name, context));
        }
        if (READERS.contains(firstWord)) {
            context.duckDb().start();
        }
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpWidth(Math.clamp(context.console().width(), NARROWEST, WIDEST));
        line.setUsageHelpLongOptionsMaxWidth(30);
        line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        line.setOverwrittenOptionsAllowed(true);
        if (line.getSubcommands().get(SNOOP) instanceof CommandLine snoop) {
            // exitsnoop's users shorten words.
            snoop.setAbbreviatedOptionsAllowed(true);
        }
        line.getCommandSpec().usageMessage().synopsisHeading("usage: ");
        for (CommandLine command : line.getSubcommands().values()) {
            UsageMessageSpec usage = command.getCommandSpec().usageMessage();
            usage.synopsisHeading("usage: ").abbreviateSynopsis(true).sortOptions(false).optionListHeading("%n");
        }
        if (line.getSubcommands().get("info") instanceof CommandLine info) {
            InfoCommand.hideWhatItRefuses(info.getCommandSpec());
        }
        return line;
    }

    // No table of constructors: the JVM (25.0.3) dies writing an AOT cache of a method reference to a class it leaves out.
    private static Object command(String name, Context context) {
        return switch (name) {
            case SNOOP -> new SnoopCommand(context);
            case "why" -> new WhyCommand(context);
            case "replay" -> new ReplayCommand(context);
            case "timeline" -> new TimelineCommand(context);
            case "tree" -> new TreeCommand(context);
            case "top" -> new TopCommand(context);
            case "sql" -> new SqlCommand(context);
            case "view" -> new ViewCommand(context);
            case "info" -> new InfoCommand(context);
            case "schema" -> new SchemaCommand(context);
            case VERIFY -> new VerifyCommand(context);
            case "seal-key" -> new SealKeyCommand(context);
            case "recover" -> new RecoverCommand(context);
            case "compact" -> new CompactCommand(context);
            case "completion" -> new CompletionCommand(context);
            case "install" -> new InstallStub();
            case "help" -> new HelpCommand(context);
            default -> new RecordStub();
        };
    }

    @Override
    public Integer call() {
        Console console = context.console();
        TextOut out = context.out();
        out.plain("exitbox: who died on this machine, when, and how").line().line();
        example(out, "sudo exitbox record --duration 10s", "record every process death for ten seconds");
        example(out, "exitbox why nginx", "who or what killed it, and how sure that is");
        example(out, "exitbox replay --since -15m", "who died in the last quarter of an hour");
        example(out, "exitbox sql \"SELECT comm, count(*) FROM crashes GROUP BY ALL\"", "any question, in SQL");
        example(out, "exitbox info", "what the recording holds, and what is missing from it");
        out.line();
        out.safe(Summary.headline(console)).line();
        out.plain("All commands: exitbox --help").line();
        out.flush();
        return 0;
    }

    private static void example(TextOut out, String command, String what) {
        out.plain("  ").plain(command).padTo(63).plain("  ").plain(what).line();
    }

    /// The version as the build wrote it into the jar.
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            Package jar = Exitbox.class.getPackage();
            String version = jar.getImplementationVersion();
            return new String[]{"exitbox " + (version == null ? "(not packaged)" : version)};
        }
    }
}
