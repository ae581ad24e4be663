package exitbox.analyzer.command;

import exitbox.analyzer.Failure;
import exitbox.analyzer.text.Nearest;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.Paint.Tone;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.contract.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Shows tables and views, their columns, and what each means. Needs no recording.
@Command(name = "schema", description = "Shows the tables and views, or all columns of one, with what they mean.", footer = {
    "", "  exitbox schema", "  exitbox schema exits"})
final class SchemaCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(arity = "0..1", paramLabel = "TABLE", description = "A table or view; without it, all are listed.")
    private String name;

    @Option(names = "--sql", description = "Prints the definition in SQL.")
    private boolean sql;

    @Option(names = "--json", description = "An object per column and line.")
    private boolean json;

    @Mixin
    private final Common common = new Common();

    SchemaCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        context.inPages(common);
        List<TableContract> tables = new ArrayList<>();
        for (Table table : Table.values()) {
            if (name == null || table.sqlName().equals(name.toLowerCase(Locale.ROOT))) {
                tables.add(Contract.get().table(table));
            }
        }
        List<View> views = new ArrayList<>();
        for (View view : Contract.get().views()) {
            if (!view.isPrivate() && (name == null || view.name().equals(name.toLowerCase(Locale.ROOT)))) {
                views.add(view);
            }
        }
        if (tables.isEmpty() && views.isEmpty()) {
            throw noSuch();
        }
        TextOut out = context.out();
        if (json) {
            tables.forEach(table -> jsonColumns(out, table));
            views.forEach(view -> view.columnDocs().forEach((column, doc) -> jsonColumn(out, view.name(), column, null, doc)));
        } else if (sql) {
            tables.forEach(table -> out.plain(table.ddl().strip()).line());
            views.forEach(view -> out.plain(view.sql().strip()).line());
        } else if (name == null) {
            list(out, tables, views);
        } else {
            tables.forEach(table -> show(out, table));
            views.forEach(view -> show(out, view));
        }
        out.flush();
        return 0;
    }

    private Failure noSuch() {
        List<String> names = new ArrayList<>();
        for (Table table : Table.values()) {
            names.add(table.sqlName());
        }
        Contract.get().views().stream().filter(view -> !view.isPrivate()).forEach(view -> names.add(view.name()));
        String near = Nearest.to(name, names);
        return Failure.usage(name + ": no such table or view — "
                + (near == null ? "there are " + String.join(", ", names) : "did you mean " + near + "?"));
    }

    private void list(TextOut out, List<TableContract> tables, List<View> views) {
        Terms terms = terms(out);
        terms.heading("TABLES");
        for (TableContract table : tables) {
            terms.entry(table.table().sqlName(), Terms.firstSentence(table.doc()));
        }
        out.line();
        terms.heading("VIEWS");
        for (View view : views) {
            terms.entry(view.name(), Terms.firstSentence(view.doc()));
        }
        out.line();
        out.plain("All columns of one: exitbox schema exits").line();
    }

    private void show(TextOut out, TableContract table) {
        Paint paint = context.paint(common);
        Terms terms = terms(out);
        terms.heading(table.table().sqlName());
        terms.wrapped(table.doc(), 0);
        out.line();
        for (Column column : table.columns()) {
            terms.strong(column.name());
            paint.begin(out, Tone.FAINT);
            out.plain("  ").plain(column.sqlType()).plain(column.required() ? " NOT NULL" : "");
            paint.end(out);
            out.line();
            terms.wrapped(column.doc(), 4);
        }
    }

    private void show(TextOut out, View view) {
        Terms terms = terms(out);
        terms.heading(view.name());
        terms.wrapped(view.doc(), 0);
        out.line();
        view.columnDocs().forEach((column, doc) -> {
            terms.heading(column);
            terms.wrapped(doc, 4);
        });
        out.line();
        for (String line : view.sql().strip().split("\n")) {
            if (!line.startsWith("--")) {
                out.plain("    ").plain(line).line();
            }
        }
    }

    private Terms terms(TextOut out) {
        return new Terms(out, context.paint(common), context.console().width());
    }

    private static void jsonColumns(TextOut out, TableContract table) {
        for (Column column : table.columns()) {
            jsonColumn(out, table.table().sqlName(), column.name(), column.sqlType(), column.doc());
        }
    }

    private static void jsonColumn(TextOut out, String table, String column, String type, String doc) {
        out.plain("{\"table\":").json(table).plain(",\"column\":").json(column);
        if (type != null) {
            out.plain(",\"type\":").json(type);
        }
        out.plain(",\"doc\":").json(doc).plain('}').line();
    }
}
