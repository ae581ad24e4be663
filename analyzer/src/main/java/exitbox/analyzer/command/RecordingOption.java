package exitbox.analyzer.command;

import picocli.CommandLine.Option;

/// Which recording is read.
final class RecordingOption {
    @Option(names = {"-d", "--dir"}, paramLabel = "DIR",
            description = "The recording; else the first of $EXITBOX_DIR, ./exitbox-recording, /var/lib/exitbox that exists.")
    private String folder;

    String folder() {
        return folder;
    }
}
