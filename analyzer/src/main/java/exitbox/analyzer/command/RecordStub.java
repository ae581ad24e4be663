package exitbox.analyzer.command;

import exitbox.analyzer.Failure;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Stands in the list of commands for the recorder, which is a program of its own: bin/exitbox starts it for `record`.
@Command(name = "record", description = "Records every process death of this machine (as root).")
final class RecordStub implements Callable<Integer> {
    @Parameters(hidden = true, arity = "0..*")
    private List<String> ignored;

    @Override
    public Integer call() {
        throw Failure.usage("record: is another program, which bin/exitbox starts — run: bin/exitbox record");
    }
}
