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
import exitbox.analyzer.session.QueryFailure;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// In which form and where to an answer in rows is written, and the way there from a query: the same for all commands
/// that give one.
final class AnswerOptions {
    @Option(names = "--format", paramLabel = "FORMAT",
            description = "table, csv, tsv, json, ndjson, markdown, parquet or arrow; else what the name of -o ends in, else table.")
    private String format;

    @Option(names = "--json", description = "Short for --format ndjson.")
    private boolean json;

    @Option(names = "-o", paramLabel = "FILE", description = "Writes to a file, under its name only when the answer is whole."
            + " As root without sudo: use > FILE.")
    private String output;

    private long written = -1;

    /// A question that has become a query.
    ///
    /// @param sql one SELECT over tables and views that the reading has made
    /// @param limit the most rows to write; null for all
    /// @param limitIsOurs whether nobody asked for that limit, and its working is to be said
    /// @param readable whether forms for people have units by the columns' names
    record Query(String sql, Long limit, boolean limitIsOurs, boolean readable) {
        /// A query of a person's own, who gets what was asked for.
        static Query asWritten(String sql, Long limit) {
            return new Query(sql, limit, false, false);
        }
    }

    /// Makes the tables and views that a query needs.
    interface Question {
        Query ask(Reading reading);
    }

    /// The form that was asked for.
    Format format() {
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

    /// Opens the recording, asks, writes the answer and what it could not see; returns the exit status.
    int answer(Context context, RecordingOption recording, Filters filters, Common common, Question question) {
        Format chosen = format();
        Console console = context.console();
        Path folder = Folder.find(recording.folder(), console);
        Notices notices = context.notices(common);
        context.showProgress();
        try (Target target = target(console, chosen, folder);
                Reading reading = Reading.open(console, context.duckDb(), folder, filters, notices,
                        target == null ? null : target.path())) {
            Query query = question.ask(reading);
            if (target == null && !chosen.isBinary()) {
                context.inPages(common);
            }
            try {
                reading.answer(context.out(), () -> write(context, common, reading, query, chosen, target, notices));
            } catch (QueryFailure e) {
                throw reading.better(e, query.sql());
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

    private void write(Context context, Common common, Reading reading, Query query, Format chosen, Target target,
            Notices notices) {
        switch (chosen) {
            case PARQUET -> {
                ParquetFile.write(reading.session(), query.sql(), query.limit(), target.path());
                if (output == null) {
                    copyOut(context.console(), target.path());
                }
            }
            case ARROW -> {
                if (target == null) {
                    ArrowFile.write(reading.session(), query.sql(), query.limit(), context.console().out());
                } else {
                    intoFile(target, out -> ArrowFile.write(reading.session(), query.sql(), query.limit(), out));
                }
            }
            default -> {
                try (Rows rows = reading.session().query(query.sql(), chosen.wantsJsonValues())) {
                    if (target == null) {
                        int width = context.screenWidth();
                        say(notices, query, rows, Answer.write(rows, chosen, context.out(), reading.zone(), context.paint(common), width,
                                query.limit(), query.readable()));
                    } else {
                        intoFile(target, out -> {
                            try (TextOut lines = new TextOut(out)) {
                                say(notices, query, rows,
                                        Answer.write(rows, chosen, lines, reading.zone(), new Paint(false), 0, query.limit(),
                                                query.readable()));
                            }
                        });
                    }
                }
            }
        }
    }

    /// How many rows the last answer had; not known (-1) of Parquet and Arrow.
    long written() {
        return written;
    }

    private void say(Notices notices, Query query, Rows rows, long count) {
        written = count;
        if (query.readable() && written == 0) {
            notices.note("nothing was found");
        } else if (query.limitIsOurs() && written == query.limit() && rows.next()) {
            notices.note("these are the first " + Counts.of(written, "row") + ": -n 1000 shows more");
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

    private static void copyOut(Console console, Path path) {
        try {
            Files.copy(path, console.out());
            console.out().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Parquet is written to a file even on its way to standard output: DuckDB writes files only.
    private Target target(Console console, Format chosen, Path folder) {
        if (output != null && !output.equals("-")) {
            return Target.of(output, console, folder);
        }
        if (chosen.isBinary() && console.outIsTerminal()) {
            throw Failure.usage("--format " + chosen.word() + ": is nothing to look at — add -o FILE");
        }
        return chosen == Format.PARQUET ? Target.ofNothing() : null;
    }
}
