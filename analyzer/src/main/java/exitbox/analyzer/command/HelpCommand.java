package exitbox.analyzer.command;

import exitbox.analyzer.Failure;
import exitbox.analyzer.text.Nearest;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Prints the help of a command, or of the program.
@Command(name = "help", description = "Shows what a command does and its options.")
final class HelpCommand implements Callable<Integer> {
    private final Context context;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "A command; without it, all are listed.")
    private String name;

    @Mixin
    private final Common common = new Common();

    HelpCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        CommandLine root = spec.parent().commandLine();
        CommandLine command = name == null ? root : root.getSubcommands().get(name);
        if (command == null) {
            String near = Nearest.to(name, root.getSubcommands().keySet());
            throw Failure.usage(name + ": no such command — " + (near == null ? "see: exitbox --help" : "did you mean " + near + "?"));
        }
        if (name != null && (name.equals("record") || name.equals("install"))) {
            throw Failure.usage(name + ": is another program — see: exitbox " + name + " --help");
        }
        context.inPages(common);
        context.out().plain(command.getUsageMessage()).flush();
        return 0;
    }
}
