package exitbox.recorder;

import java.util.List;

/// A run for a command: `record -- COMMAND`.
final class CommandRun {
    private CommandRun() {}

    /// Records while the command lives and returns its exit status. When the recording ends earlier, by its time or by a
    /// fault, waits for the command all the same, and passes signals on to it.
    ///
    /// @param line the recorder's command line
    /// @param words how many words of it, at its end, are the command's
    static int run(RecordCommand options, List<String> line, int words, Log log) {
        Command command = Command.ofThisProcess(words, options.user);
        CommandScope scope = new CommandScope(command, log);
        int own;
        try {
            own = new Recorder(options, line, scope, log).run();
        } catch (RuntimeException e) {
            if (!scope.started()) {
                throw e;
            }
            log.error(e instanceof Failure ? e.getMessage() : "cannot go on: " + e);
            scope.ended();
            own = Failure.OWN;
        }
        int status = scope.await();
        if (own == 0) {
            return status;
        }
        log.error("not all is recorded, so the exit status is " + Failure.OWN + "; that of " + command.name() + " was " + status);
        return Failure.OWN;
    }
}
