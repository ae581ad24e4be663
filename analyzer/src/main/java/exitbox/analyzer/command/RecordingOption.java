package exitbox.analyzer.command;

import exitbox.analyzer.Failure;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/// Which recording is read.
final class RecordingOption {
    // All that were given: of several the last one would be read, and the person not know.
    @Option(names = {"-d", "--dir"}, paramLabel = "DIR",
            description = "The recording; else $EXITBOX_DIR, exitbox-recording here, or /var/lib/exitbox, the first there is.")
    private List<String> folders = new ArrayList<>();

    /// Null when none was given; a [Failure] when that is no one folder.
    String folder() {
        return folders.isEmpty() ? null : one("-d", folders);
    }

    /// The only folder that was given for an option; an empty name would be the folder one stands in.
    static String one(String option, List<String> given) {
        if (given.size() > 1) {
            throw Failure.usage(option + ": there is one only, and " + String.join(" and ", given) + " were given — leave out all but one");
        }
        if (given.getFirst().isEmpty()) {
            throw Failure.usage(option + ": the folder's name is empty");
        }
        return given.getFirst();
    }
}
