package exitbox.analyzer.command;

import exitbox.analyzer.Failure;
import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.session.Gate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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

    @Mixin
    private final AnswerOptions answer = new AnswerOptions();

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
        return answer.answer(context, recording, filters, common, reading -> {
            Gate.Query names = reading.session().check(text);
            if (names.listsTables()) {
                reading.provide(names.tables(), true);
            } else {
                reading.provide(names.tables(), names.asked());
            }
            return AnswerOptions.Query.asWritten(text, filters.limit());
        });
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
