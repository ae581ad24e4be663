package exitbox.analyzer.command;

import picocli.CommandLine.Option;

/// Which recording is read.
final class RecordingOption {
    @Option(names = {"-d", "--dir"}, paramLabel = "DIR",
            description = "The recording; else $EXITBOX_DIR, exitbox-recording here, or /var/lib/exitbox, the first there is.")
    private String folder;

    String folder() {
        return folder;
    }
}
