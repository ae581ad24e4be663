package exitbox.analyzer.command;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Prints what makes a shell complete this program's words.
@Command(name = "completion", description = "Prints the completion script for bash and zsh.", footer = {
    "", "  source <(exitbox completion)          # for this shell; put it into ~/.bashrc to keep it"})
final class CompletionCommand implements Callable<Integer> {
    private final Context context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private final Common common = new Common();

    CompletionCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        context.out().plain(AutoComplete.bash("exitbox", spec.root().commandLine())).flush();
        return 0;
    }
}
