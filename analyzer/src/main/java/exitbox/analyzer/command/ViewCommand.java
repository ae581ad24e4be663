package exitbox.analyzer.command;

import exitbox.analyzer.Failure;
import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.format.Format;
import exitbox.analyzer.replay.Order;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.text.Nearest;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.View;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Answers one of the contract's named questions. `exitbox view X` is `exitbox sql "FROM X"` with units for people:
/// the views are the contract's, so that people's own queries build on them.
@Command(name = "view", description = "Answers a question that many have: without a NAME it lists them.", footer = {
    "", "What each column means: exitbox schema NAME. They are views, so that you can ask on:", "",
    "  exitbox view crash_loops --since -1d",
    "  exitbox view hungriest_memory --comm java -n 3",
    "  exitbox view deaths_per_minute -o night.csv",
    "  exitbox sql \"SELECT comm, place FROM crash_loops WHERE deaths > 100\""})
final class ViewCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(arity = "0..1", paramLabel = "NAME", completionCandidates = Candidates.class,
            description = "A view; without it, all are listed.")
    private String name;

    @Option(names = "--sql", description = "Prints the query instead, for exitbox sql --file.")
    private boolean sql;

    @Mixin
    private final AnswerOptions answer = new AnswerOptions();

    @Mixin
    private final RecordingOption recording = new RecordingOption();

    @Mixin
    private final Filters filters = new Filters();

    @Mixin
    private final Common common = new Common();

    /// For the completion of a shell.
    static final class Candidates implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Contract.get().views().stream().filter(view -> view.isRelation() && !view.isPrivate()).map(View::name).iterator();
        }
    }

    ViewCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        List<View> views = Contract.get().views().stream().filter(view -> view.isRelation() && !view.isPrivate()).toList();
        if (name == null) {
            list(views);
            return 0;
        }
        View view = chosen(views);
        if (sql) {
            context.inPages(common);
            context.out().plain(view.comment()).line().plain(view.query()).line().flush();
            return 0;
        }
        if (view.isOrdered() && filters.newestFirst()) {
            throw Failure.usage("-r: a view has an order of its own — write: exitbox sql \"FROM " + view.name() + " ORDER BY …\"");
        }
        boolean forPeople = answer.format().isForPeople();
        boolean onlyTop = filters.limit() == null && forPeople && view.top() > 0;
        return answer.answer(context, recording, filters, common, reading -> {
            reading.provide(Set.of(view.name()), asked(view, forPeople));
            if (!view.isOrdered()) {
                reading.noteOrder();
            }
            String query = "SELECT " + (forPeople ? shown(reading, view) : "*") + " FROM " + view.name()
                    + (view.isOrdered() ? "" : Order.by(reading, filters.newestFirst()));
            return new AnswerOptions.Query(query, onlyTop ? Long.valueOf(view.top()) : filters.limit(), onlyTop, true);
        });
    }

    /// The columns that are asked of the views below; null for any.
    private static Set<String> asked(View view, boolean forPeople) {
        return forPeople && !view.shown().isEmpty() ? Set.copyOf(view.shown()) : view.passesOn() ? null : Set.of();
    }

    /// The columns for people; those that say the same in each row are left out.
    private static String shown(Reading reading, View view) {
        List<String> columns = new ArrayList<>(view.shown());
        if (columns.isEmpty()) {
            reading.session().describe("FROM " + view.name()).forEach(column -> columns.add(column[0]));
        }
        if (reading.hosts().size() < 2) {
            columns.remove("host");
        }
        if (reading.boots().size() < 2) {
            columns.remove("boot_id");
        }
        return String.join(", ", columns);
    }

    private View chosen(List<View> views) {
        String wanted = name.toLowerCase(Locale.ROOT).replace('-', '_');
        for (View view : views) {
            if (view.name().equals(wanted)) {
                return view;
            }
        }
        if (Table.ofName(wanted) != null) {
            throw Failure.usage(name + ": is a table — ask: exitbox sql \"FROM " + wanted + "\"");
        }
        String near = Nearest.to(wanted, views.stream().map(View::name).toList());
        throw Failure
                .usage(name + ": no such view — " + (near == null ? "they are listed by: exitbox view" : "did you mean " + near + "?"));
    }

    private void list(List<View> views) {
        context.inPages(common);
        TextOut out = context.out();
        if (answer.format() == Format.NDJSON) {
            views.forEach(view -> out.plain("{\"view\":").json(view.name()).plain(",\"doc\":").json(view.doc()).plain('}').line());
        } else if (sql) {
            views.forEach(view -> out.plain(view.sql().strip()).line());
        } else {
            Terms terms = new Terms(out, context.paint(common), context.console().width());
            views.forEach(view -> terms.entry(view.name(), Terms.firstSentence(view.doc())));
            out.line();
            out.plain("One of them: exitbox view crash_loops    What its columns mean: exitbox schema crash_loops").line();
        }
        out.flush();
    }
}
