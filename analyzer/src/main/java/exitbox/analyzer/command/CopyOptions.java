package exitbox.analyzer.command;

import exitbox.analyzer.Console;
import exitbox.analyzer.recording.Folder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Which recording is copied, and where to.
final class CopyOptions {
    @Option(names = "--to", paramLabel = "DIR", required = true, description = "The copy: a folder that does not exist, or is empty.")
    private List<String> to = new ArrayList<>();

    @Mixin
    private final RecordingOption recording = new RecordingOption();

    Path from(Console console) {
        return Folder.find(recording.folder(), console);
    }

    Path to(Console console) {
        return console.resolve(name());
    }

    /// The copy, as it was typed.
    String name() {
        return RecordingOption.one("--to", to);
    }
}
