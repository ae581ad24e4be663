package exitbox.analyzer.command;

import exitbox.analyzer.copy.Recovery;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.verify.Work;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Saves what can be saved of a damaged recording, into a copy.
@Command(name = "recover", description = "Makes a sound copy of a damaged recording, or of one whose recorder died.", footer = {"",
    "What a dead recorder left is sealed, as its next start would. Files that are what was sealed are copied, moved or exchanged ones to"
            + " their places; of damaged ones the parts whose checksums hold. The copy's gaps say how many rows of which table are missing;"
            + " its folder damaged/ has the files that could not be saved whole. The recording itself is left as it is.",
    "", "  exitbox recover -d night --to night-sound && exitbox verify -d night-sound", "",
    "Exit status: 0 done, and standard error says what is lost; 2 DIR is not new; 65 it cannot be read at all; 66 no recording there; 73"
            + " DIR cannot be made; 77 it may not be read."})
final class RecoverCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    private final CopyOptions copy = new CopyOptions();

    @Mixin
    private final Common common = new Common();

    RecoverCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Path from = copy.from(context.console());
        Work work = new Work(context.duckDb()::isCancelled);
        Recovery.Result result = Recovery.run(from, copy.to(context.console()), work);
        context.out().safe(copy.name()).plain(": ").plain(Counts.of(result.segments(), "segment")).plain(" as sealed, ")
                .plain(Counts.of(result.spools(), "spool")).plain(" sealed; ").plain(Counts.of(result.lostRows(), "row")).plain(" lost, ")
                .plain(Counts.of(result.aside(), "file")).plain(" set aside").line();
        context.out().flush();
        result.notes().forEach(note -> context.err().plain("note: ").safe(note).line());
        context.err().flush();
        return 0;
    }
}
