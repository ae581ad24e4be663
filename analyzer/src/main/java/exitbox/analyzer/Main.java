package exitbox.analyzer;

import exitbox.analyzer.command.Context;
import exitbox.analyzer.command.Exitbox;
import exitbox.analyzer.dialect.OptionSet;
import exitbox.analyzer.session.QueryFailure;
import exitbox.analyzer.terminal.Pages;
import exitbox.analyzer.text.Nearest;
import exitbox.analyzer.text.TextOut;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// The program's entry, the only one that prints errors.
public final class Main {
    private static final int CANCEL_TRIES = 40;
    private static final long CANCEL_MILLIS = 50;

    private Main() {}

    public static void main(String[] args) {
        Context context = new Context(Console.ofProcess());
        CompletableFuture<Integer> ended = new CompletableFuture<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupted(context, ended), "interrupted"));
        int status = run(context, args);
        ended.complete(status);
        System.exit(status);
    }

    /// Runs the program and returns its exit status.
    public static int run(String... args) {
        return run(Console.ofProcess(), args);
    }

    /// Runs the program in other surroundings than the process's own, as tests do.
    static int run(Console console, String... args) {
        return run(new Context(console), args);
    }

    private static int run(Context context, String... args) {
        boolean debug = Arrays.asList(args).contains("--debug");
        try {
            int status = execute(Exitbox.commandLine(context, args.length == 0 ? "" : args[0]), context, args);
            context.settle();
            return status;
        } catch (UncheckedIOException e) {
            if (context.duckDb().isCancelled()) {
                return cancelled(context);
            }
            if (readerLeft(e)) {
                return 0;
            }
            return failed(context, new Failure(Failure.CANNOT_WRITE, "cannot write: " + e.getCause().getMessage(), e), debug);
        } catch (Exception | OutOfMemoryError | LinkageError e) {
            return context.duckDb().isCancelled() ? cancelled(context) : failed(context, e, debug);
        }
    }

    private static int cancelled(Context context) {
        context.abandon();
        return Cancelled.STATUS;
    }

    /// Ctrl-C, or another signal that ends the JVM: what runs is cancelled and gets the time to leave everything in order.
    private static void interrupted(Context context, CompletableFuture<Integer> ended) {
        for (int i = 0; i < CANCEL_TRIES && !ended.isDone(); i++) {
            // More than once: a query that has not quite begun does not notice.
            context.cancel();
            try {
                ended.get(CANCEL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException _) {
                // Still on its way.
            } catch (InterruptedException | ExecutionException _) {
                return;
            }
        }
        if (!ended.isDone()) {
            context.abandon();
        }
    }

    // Not CommandLine.execute: it prints what its handlers throw.
    private static int execute(CommandLine line, Context context, String... args) throws Exception {
        try {
            ParseResult parsed = line.parseArgs(args);
            StringWriter help = new StringWriter();
            line.setOut(new PrintWriter(help, true));
            line.getSubcommands().values().forEach(command -> command.setOut(new PrintWriter(help, true)));
            Integer helped = CommandLine.executeHelpRequest(parsed);
            if (helped != null) {
                context.out().plain(help.toString());
                return helped;
            }
            while (parsed.hasSubcommand()) {
                parsed = parsed.subcommand();
            }
            return (Integer) ((Callable<?>) parsed.commandSpec().userObject()).call();
        } catch (ParameterException e) {
            throw Failure.usage(meant(e));
        }
    }

    private static int failed(Context context, Throwable e, boolean debug) {
        try {
            context.settle();
        } catch (UncheckedIOException _) {
            // The answer cannot be written; why it failed still can be said.
        }
        int status = switch (e) {
            case Failure failure -> failure.status();
            case QueryFailure _ -> Failure.USAGE;
            default -> Failure.SOFTWARE;
        };
        String message = switch (e) {
            case Failure failure -> failure.getMessage();
            case QueryFailure failure -> failure.getMessage();
            case OutOfMemoryError _ -> "out of memory — narrow the window with --since and --until";
            default -> "exitbox failed: " + e + " — a mistake in exitbox" + (debug ? "" : "; the same with --debug says where");
        };
        TextOut err = context.err();
        try {
            for (String row : message.lines().toList()) {
                err.safe(row).line();
            }
            if (debug) {
                StringWriter trace = new StringWriter();
                e.printStackTrace(new PrintWriter(trace));
                for (String row : trace.toString().lines().toList()) {
                    err.safe(row.replace("\t", "    ")).line();
                }
            }
            err.flush();
        } catch (UncheckedIOException _) {
            // Nobody listens: the status says it.
        }
        return status;
    }

    private static boolean readerLeft(UncheckedIOException e) {
        String message = String.valueOf(e.getCause().getMessage());
        return e.getCause() instanceof Pages.Left || message.contains("Broken pipe") || message.contains("Connection reset");
    }

    private static String wanted(OptionSpec option) {
        Object[] words = option.type().isEnum() ? option.type().getEnumConstants() : null;
        return words == null ? "a whole number" : String.join(", ", Arrays.stream(words).map(Object::toString).toList());
    }

    /// What picocli has against the arguments, as a sentence that says what may have been meant.
    private static String meant(ParameterException e) {
        CommandLine command = e.getCommandLine();
        String help = "see: " + (command.getParent() == null ? "exitbox --help" : "exitbox help " + command.getCommandName());
        if (e instanceof MissingParameterException missing && missing.getMissing().getFirst() instanceof OptionSpec option) {
            return option.longestName() + " " + option.paramLabel() + " is missing — " + help;
        }
        if (e.getArgSpec() instanceof OptionSpec option) {
            String name = option.longestName();
            return name + " " + e.getValue() + ": " + (option.type() == String.class ? e.getMessage() : "wants " + wanted(option)) + " — "
                    + help;
        }
        if (!(e instanceof UnmatchedArgumentException unmatched) || unmatched.getUnmatched().isEmpty()) {
            return e.getMessage().lines().findFirst().orElse("") + " — " + help;
        }
        String qualified = command.getCommandSpec().qualifiedName();
        String typed = unmatched.getUnmatched().getFirst();
        boolean option = typed.startsWith("-");
        List<String> words = new ArrayList<>();
        if (option) {
            command.getCommandSpec().options().forEach(spec -> words.addAll(Arrays.asList(spec.names())));
        } else {
            words.addAll(command.getSubcommands().keySet());
        }
        String bare = option && typed.contains("=") ? typed.substring(0, typed.indexOf('=')) : typed;
        List<String> tools = command.getCommandName().equals("replay") ? OptionSet.toolsWith(bare) : List.of();
        if (!tools.isEmpty()) {
            return bare + ": is an option of " + String.join(", ", tools) + " — write it behind the tool: --as " + tools.getFirst() + " "
                    + bare;
        }
        String near = Nearest.to(bare, words);
        String what = option ? "no such option of " + qualified : command.getParent() == null ? "no such command"
                : qualified + " takes no such argument";
        return bare + ": " + what + " — " + (near == null ? help : "did you mean " + near + "?");
    }
}
