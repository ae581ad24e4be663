package exitbox.analyzer.command;

import exitbox.analyzer.Console;
import picocli.CommandLine.Option;

/// Options that every command has.
final class Common {
    /// When to use colours.
    enum Colour {
        auto, always, never
    }

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this text.")
    private boolean help;

    @Option(names = "--color", paramLabel = "WHEN", description = "Colours: auto (on a terminal, unless NO_COLOR is set), always, never.")
    private Colour colour = Colour.auto;

    @Option(names = "--no-pager", description = "Never shows long answers through $PAGER (less, if that is not set).")
    private boolean noPager;

    @Option(names = "--debug", description = "Prints a stack trace when something fails.")
    private boolean debug;

    boolean mayPage() {
        return !noPager;
    }

    boolean colours(Console console, boolean terminal) {
        return switch (colour) {
            case always -> true;
            case never -> false;
            case auto -> terminal && console.environment().getOrDefault("NO_COLOR", "").isEmpty()
                    && !"dumb".equals(console.environment().get("TERM"));
        };
    }
}
