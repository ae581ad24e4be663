package exitbox.recorder;

import exitbox.schemas.catalog.Access;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Options in a file (`--config`): lines `name=value`, where a name is a long option's, and lines that begin with `#`.
/// An option of the command line replaces the file's. What is wrong is said with file and line.
final class Configuration {
    // What a file cannot say: which file it is, and what makes no recording of the machine.
    private static final Set<String> OF_THE_COMMAND_LINE = Set.of("config", "check", "help", "unpin", "tree", "user");

    private final Path file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private record Entry(int line, String value) {}

    private Configuration(Path file) {
        this.file = file;
    }

    static Configuration read(Path file) {
        Configuration configuration = new Configuration(file);
        List<String> lines;
        try {
            lines = Files.readAllLines(Access.file(file));
        } catch (CharacterCodingException e) {
            throw new Failure(Failure.USAGE, "--config " + file + ": not UTF-8 — save it as that", e);
        } catch (IOException e) {
            throw new Failure(Failure.USAGE, "--config " + file + ": " + Failure.reason(e) + " — name a file of options that can be read",
                    e);
        }
        for (int i = 0; i < lines.size(); i++) {
            // Some editors begin a file with a mark that nobody sees.
            String line = (i == 0 ? lines.get(i).replaceFirst("^\ufeff", "") : lines.get(i)).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                configuration.add(i + 1, line);
            }
        }
        configuration.check();
        return configuration;
    }

    private void add(int number, String line) {
        int equals = line.indexOf('=');
        if (equals < 0) {
            throw wrong(number, line + ": not name=value", null);
        }
        String name = line.substring(0, equals).strip();
        Entry before = entries.put(name, new Entry(number, line.substring(equals + 1).strip()));
        if (before != null) {
            throw wrong(number, name + ": stands in line " + before.line() + " already", null);
        }
    }

    /// Each line by itself, as if it were the only option.
    private void check() {
        CommandLine parser = new CommandLine(new RecordCommand());
        entries.forEach((name, entry) -> {
            OptionSpec option = parser.getCommandSpec().findOption("--" + name);
            if (option == null || option.hidden()) {
                throw wrong(entry.line(), "unknown option " + name + meant(parser, name), null);
            }
            if (OF_THE_COMMAND_LINE.contains(name)) {
                throw wrong(entry.line(), name + ": only for the command line", null);
            }
            if (entry.value().isEmpty()) {
                throw wrong(entry.line(), name + ": no value", null);
            }
            try {
                parser.parseArgs(argument(name, entry));
            } catch (ParameterException e) {
                throw wrong(entry.line(), e.getMessage().replaceFirst("^Invalid value for option '--" + name + "'.*?: ", name + ": "), e);
            }
        });
    }

    private static String meant(CommandLine parser, String name) {
        List<String> names = new UnmatchedArgumentException(parser, List.of("--" + name)).getSuggestions().stream()
                .filter(option -> option.startsWith("--")).map(option -> option.substring(2)).toList();
        return names.isEmpty() ? "" : " — did you mean " + String.join(" or ", names) + "?";
    }

    /// The file's options as arguments, those left out that the command line has.
    List<String> arguments(ParseResult commandLine) {
        List<String> arguments = new ArrayList<>();
        entries.forEach((name, entry) -> {
            boolean undone = name.equals("pin") && commandLine.hasMatchedOption("--unpin");
            if (!undone && !commandLine.hasMatchedOption("--" + name)) {
                arguments.add(argument(name, entry));
            }
        });
        return arguments;
    }

    private static String argument(String name, Entry entry) {
        return "--" + name + "=" + entry.value();
    }

    /// A message about an option, with the line that it comes from; as it is when it is not about one of the file's.
    String located(String message, ParseResult commandLine) {
        for (String word : message.split("[ :,]+")) {
            Entry entry = word.startsWith("--") && !commandLine.hasMatchedOption(word) ? entries.get(word.substring(2)) : null;
            if (entry != null) {
                return file + ":" + entry.line() + ": " + message;
            }
        }
        return message;
    }

    private Failure wrong(int line, String what, Throwable cause) {
        return new Failure(Failure.USAGE, file + ":" + line + ": " + what, cause);
    }
}
