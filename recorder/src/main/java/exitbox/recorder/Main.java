package exitbox.recorder;

import exitbox.recorder.kernel.Arming;
import exitbox.recorder.kernel.KernelException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// The recorder's entry: parses `record …`, runs it, and is the only place that prints errors.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /// Runs the program and returns its exit status; see `exitbox record --help`.
    public static int run(String... args) {
        Arming.prepare();
        try (PrintStream err = Unhurried.over(System.err)) {
            return run(err, args);
        }
    }

    private static int run(PrintStream err, String... args) {
        RecordCommand options = new RecordCommand();
        CommandLine parser = new CommandLine(options);
        List<String> words = Arrays.asList(args).subList(args.length > 0 && args[0].equals("record") ? 1 : 0, args.length);
        // What stands behind is the command's, and may look like anything.
        int dashes = words.indexOf("--");
        boolean command = dashes >= 0;
        int ofCommand = command ? words.size() - dashes - 1 : 0;
        Configuration configuration = null;
        ParseResult given = null;
        Log log = new Log(err, Log.Format.of("text"));
        try {
            String[] own = words.subList(0, command ? dashes : words.size()).toArray(String[]::new);
            given = parser.parseArgs(own);
            if (options.help) {
                parser.usage(System.out);
                return 0;
            }
            if (options.ebpf) {
                System.out.print(Sources.text());
                return 0;
            }
            if (options.config != null) {
                configuration = Configuration.read(options.config);
                words = Stream.concat(configuration.arguments(given).stream(), words.stream()).toList();
                options = new RecordCommand();
                new CommandLine(options).parseArgs(words.subList(0, words.size() - (command ? ofCommand + 1 : 0)).toArray(String[]::new));
            }
            log = new Log(err, Log.Format.of(options.logFormat));
            options.checkTogether(command, ofCommand);
            if (command) {
                return CommandRun.run(options, words, ofCommand, log);
            }
            Scope scope = options.tree == null ? Scope.MACHINE : new TreeScope(options.tree);
            return new Recorder(options, words, scope, log).run();
        } catch (ParameterException e) {
            return fail(log, command ? Failure.OWN : Failure.USAGE, usage(e) + " — see exitbox record --help", e, options.debug);
        } catch (Failure e) {
            String message = configuration == null || e.status() != Failure.USAGE ? e.getMessage()
                    : configuration.located(e.getMessage(), given);
            return fail(log, command && !e.isCommands() ? Failure.OWN : e.status(), message, e, options.debug);
        } catch (KernelException e) {
            return fail(log, command ? Failure.OWN : e.exitStatus(), e.getMessage() + saved(e.log()), e, options.debug);
        } catch (RuntimeException | Error e) {
            return fail(log, command ? Failure.OWN : Failure.INTERNAL,
                    "cannot go on: " + e + " — this is a fault of exitbox: please report it (--debug shows where);"
                            + " what is spooled is sealed by the next start",
                    e, options.debug);
        }
    }

    private static String usage(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return e.getMessage();
        }
        String what = unmatched.getUnmatched().getFirst();
        List<String> meant = unmatched.getSuggestions();
        if (!unmatched.isUnknownOption()) {
            return "not understood: " + what + " (a command stands behind --)";
        }
        return "unknown option " + what + (meant.isEmpty() ? "" : " — did you mean " + String.join(" or ", meant) + "?");
    }

    private static int fail(Log log, int status, String message, Throwable e, boolean debug) {
        log.finish();
        log.error(message);
        if (debug) {
            e.printStackTrace();
        }
        return status;
    }

    /// The verifier's log is for the report, not for the screen: it goes into a file that the message names.
    private static String saved(String log) {
        if (log.isEmpty()) {
            return "";
        }
        try {
            Path file = Files.createTempFile("exitbox-bpf-", ".log");
            Files.writeString(file, log);
            return " (the kernel's words: " + file + ")";
        } catch (IOException e) {
            return "";
        }
    }
}
