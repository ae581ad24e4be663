package exitbox.analyzer.command;

import exitbox.analyzer.Failure;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Stands in the list of commands for bin/install, which bin/exitbox starts for `install` and `uninstall`.
@Command(name = "install", description = "Places the program and its service on this machine; uninstall takes them away (as root).")
final class InstallStub implements Callable<Integer> {
    @Parameters(hidden = true, arity = "0..*")
    private List<String> ignored;

    @Override
    public Integer call() {
        throw Failure.usage("install: is another program, which bin/exitbox starts — run: bin/exitbox install");
    }
}
