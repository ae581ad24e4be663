package exitbox.analyzer.command;

import exitbox.analyzer.Console;
import exitbox.analyzer.Failure;
import exitbox.analyzer.Notices;
import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.format.Answer;
import exitbox.analyzer.format.ArrowFile;
import exitbox.analyzer.format.Format;
import exitbox.analyzer.format.ParquetFile;
import exitbox.analyzer.recording.Folder;
import exitbox.analyzer.session.Gate;
import exitbox.analyzer.session.QueryFailure;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Answers a query in DuckDB's SQL over the recording's tables and views.
@Command(name = "sql", description = "Answers a question in SQL (DuckDB's).", footer = {
    "", "Tables and views, with every column: exitbox schema", "",
    "  exitbox sql \"SELECT comm, count(*) FROM crashes GROUP BY ALL\"",
    "  exitbox sql --since -1h --format csv \"SELECT ts, pid FROM failures\"",
    "  exitbox sql -o last-night.parquet --file question.sql"})
final class SqlCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(arity = "0..1", paramLabel = "QUERY", description = "One SELECT; without it and --file, standard input is read.")
    private String query;

    @Option(names = "--file", paramLabel = "Q.sql", description = "Reads the query from a file.")
    private String file;

    @Option(names = "--format", paramLabel = "FORMAT",
            description = "table, csv, tsv, json, ndjson, markdown, parquet or arrow; else what the name of -o ends in, else table.")
    private String format;

    @Option(names = "--json", description = "Short for --format ndjson.")
    private boolean json;

    @Option(names = "-o", paramLabel = "FILE", description = "Writes to a file, under its name only when the answer is whole.")
    private String output;

    @Mixin
    private final RecordingOption recording = new RecordingOption();

    @Mixin
    private final Filters filters = new Filters();

    @Mixin
    private final Common common = new Common();

    SqlCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (filters.newestFirst()) {
            throw Failure.usage("-r: a query has an order of its own — write ORDER BY ts DESC");
        }
        String text = text();
        Format chosen = format();
        Console console = context.console();
        Path folder = Folder.find(recording.folder(), console);
        Notices notices = context.notices(common);
        try (Target target = target(chosen, folder);
                Reading reading = Reading.open(console, context.duckDb(), folder, filters, notices,
                        target == null ? null : target.path())) {
            Gate.Query names = reading.session().check(text);
            reading.provide(names.tables(), names.listsTables());
            try {
                reading.answer(context.out(), () -> answer(reading, text, chosen, target));
            } catch (QueryFailure e) {
                throw reading.better(e, text);
            }
            if (target != null) {
                target.commit();
            }
            context.out().flush();
            boolean damaged = reading.noteLimits();
            if ("weak".equals(console.environment().get("EXITBOX_SANDBOX"))) {
                notices.note("this ran with root's right to write, which could not be taken away here: run only queries you trust");
            }
            notices.flush();
            return damaged ? Failure.DAMAGED : 0;
        }
    }

    private void answer(Reading reading, String text, Format chosen, Target target) {
        switch (chosen) {
            case PARQUET -> {
                ParquetFile.write(reading.session(), text, filters.limit(), target.path());
                if (output == null) {
                    copyOut(target.path());
                }
            }
            case ARROW -> {
                if (target == null) {
                    ArrowFile.write(reading.session(), text, filters.limit(), context.console().out());
                } else {
                    intoFile(target, out -> ArrowFile.write(reading.session(), text, filters.limit(), out));
                }
            }
            default -> {
                try (Rows rows = reading.session().query(text, chosen.wantsJsonValues())) {
                    if (target == null) {
                        int width = context.console().outIsTerminal() ? context.console().width() : 0;
                        Answer.write(rows, chosen, context.out(), reading.zone(), context.paint(common), width, filters.limit());
                    } else {
                        intoFile(target, out -> {
                            try (TextOut lines = new TextOut(out)) {
                                Answer.write(rows, chosen, lines, reading.zone(), new Paint(false), 0, filters.limit());
                            }
                        });
                    }
                }
            }
        }
    }

    private interface Writing {
        void to(OutputStream out);
    }

    private static void intoFile(Target target, Writing writing) {
        try (OutputStream out = target.open()) {
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void copyOut(Path path) {
        try {
            Files.copy(path, context.console().out());
            context.console().out().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Parquet is written to a file even on its way to standard output: DuckDB writes files only.
    private Target target(Format chosen, Path folder) {
        if (output != null) {
            return Target.of(output, context.console(), folder);
        }
        if (chosen.isBinary() && context.console().outIsTerminal()) {
            throw Failure.usage("--format " + chosen.word() + ": is nothing to look at — add -o FILE");
        }
        return chosen == Format.PARQUET ? Target.ofNothing() : null;
    }

    private Format format() {
        if (format != null) {
            Format asked = Format.ofWord(format);
            if (asked == null) {
                throw Failure.usage("--format " + format + ": no such format — there are " + Format.words());
            }
            if (json && asked != Format.NDJSON) {
                throw Failure.usage("--json and --format " + format + ": are two formats — choose one");
            }
            return asked;
        }
        Format named = output == null ? null : Format.ofFileName(output);
        return json ? Format.NDJSON : named != null ? named : Format.TABLE;
    }

    private String text() {
        if (query != null && file != null) {
            throw Failure.usage("--file " + file + ": there is a query on the command line too — give one of them");
        }
        if (query != null) {
            return query;
        }
        try {
            if (file != null) {
                return Files.readString(context.console().resolve(file));
            }
            if (context.console().inIsTerminal()) {
                throw Failure.usage("no query — try: exitbox sql \"FROM deaths LIMIT 5\"; what can be asked shows: exitbox schema");
            }
            return new String(context.console().in().readAllBytes(), StandardCharsets.UTF_8);
        } catch (NoSuchFileException _) {
            throw Failure.usage("--file " + file + ": there is no such file");
        } catch (IOException e) {
            throw Failure.usage((file == null ? "standard input" : "--file " + file) + ": cannot be read: " + e.getMessage());
        }
    }
}
