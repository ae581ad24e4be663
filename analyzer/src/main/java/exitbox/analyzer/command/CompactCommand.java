package exitbox.analyzer.command;

import exitbox.analyzer.copy.Compaction;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.verify.Work;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Makes few segments of many, in a copy.
@Command(name = "compact", description = "Makes a copy of a recording with few files of many.", footer = {"",
    "All rows in their order; one file for each table, boot and day, up to 256 MiB. The copy's catalog names the files it was made of"
            + " with their sha256. The recording itself is left as it is: delete it when exitbox verify finds nothing in the copy.",
    "", "  exitbox compact -d night --to night-compact", "",
    "Exit status: 0 done; 2 DIR is not new; 65 damaged, or not sealed to its end: exitbox recover first; 66 no recording there; 73 DIR"
            + " cannot be made; 77 it may not be read."})
final class CompactCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    private final CopyOptions copy = new CopyOptions();

    @Mixin
    private final Common common = new Common();

    CompactCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Path from = copy.from(context.console());
        Work work = new Work(context.duckDb()::isCancelled);
        context.showProgress(work::percent);
        Compaction.Result result = Compaction.run(from, copy.to(context.console()), work);
        context.out().safe(copy.name()).plain(": ").plain(Counts.of(result.segmentsBefore(), "segment")).plain(" became ")
                .plain(Counts.text(result.segmentsAfter())).plain(", ").plain(Counts.of(result.rows(), "row")).line();
        context.out().flush();
        return 0;
    }
}
