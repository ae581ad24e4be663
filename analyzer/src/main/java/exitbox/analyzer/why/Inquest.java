package exitbox.analyzer.why;

import exitbox.analyzer.Failure;
import exitbox.analyzer.Notices;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.recording.Boots;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;
import exitbox.analyzer.text.Timestamps;
import exitbox.analyzer.who.Who;
import exitbox.schemas.contract.Table;
import exitbox.schemas.text.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// From a question to its answer: finds the death that is meant and explains it, or says why there is none.
public final class Inquest {
    private final Reading reading;
    private final Recorded recorded;
    private final Invocation invocation;
    private final Timestamps times;

    /// What was asked.
    ///
    /// @param who null when no word was given
    /// @param chosen whether filters choose processes
    /// @param at the time that was meant; null for none
    /// @param atWord that time as it was given
    /// @param others how many other matches are to be listed
    public record Question(Who who, boolean chosen, Window at, String atWord, int others) {
    }

    /// How the answer looks.
    ///
    /// @param width the columns of a page
    public record Form(boolean json, Paint paint, int width) {
    }

    /// @param reading has provided [Explainer#SOURCES]
    public Inquest(Reading reading, Invocation invocation) {
        this.reading = reading;
        this.recorded = new Recorded(reading);
        this.invocation = invocation;
        this.times = new Timestamps(reading.zone());
    }

    /// Writes the answer; returns the exit status. What cannot be answered is noted.
    public int answer(Question question, Form form, TextOut out, Notices notices) {
        int status = find(question, form, out, notices::note);
        if (status == Failure.NOTHING_FOUND) {
            // It may have been among what was deleted.
            reading.noteDeletions(reading.span(), Set.of());
        }
        return status;
    }

    private int find(Question question, Form form, TextOut out, Consumer<String> say) {
        if (question.at() != null && isOutside(question.at())) {
            say.accept("--at " + question.atWord() + ", " + times.brief(question.at().since()) + ": is not in this recording"
                    + Who.span(reading) + " — its last deaths: " + invocation.last());
            return Failure.NOTHING_FOUND;
        }
        Who.Found found = question.who() == null ? null : question.who().find(reading, null);
        if (found != null && found.isNothing()) {
            say.accept(question.who().nothing(reading));
            return Failure.NOTHING_FOUND;
        }
        Choice choice = new Choice(found == null ? null : Who.condition("e"), found != null || question.chosen(), question.at());
        Choice.Matches matches = choice.find(reading, question.others());
        if (matches.matches().isEmpty()) {
            return found == null ? nobody(question, say) : undead(question, form, out, say);
        }
        Fact first = matches.matches().getFirst();
        if (question.at() != null && first.has("us")) {
            sayDistance(question, first.number("us"), say);
        }
        Explanation why = new Explainer(reading).explain(first);
        reading.noteDeletions(question.at(), why.gone().deletions());
        if (form.json()) {
            JsonPage.write(why, matches, invocation, times, out);
        } else {
            Page.write(why, matches, invocation, times, out, form.paint(), form.width());
        }
        return 0;
    }

    /// Whether all that is recorded was before, or is later. Of files that no catalog names nobody knows.
    private boolean isOutside(Window at) {
        List<Boots.Boot> boots = reading.boots();
        return !boots.isEmpty() && (boots.stream().allMatch(boot -> Window.ofMicros(boot.firstMicros()).isAfter(at.until()))
                || boots.stream().allMatch(boot -> Window.ofMicros(boot.lastMicros()).isBefore(at.since().minusSeconds(1))));
    }

    private void sayDistance(Question question, long us, Consumer<String> say) {
        long off = Math.max(Window.micros(question.at().since()) - us, us - Window.micros(question.at().until()));
        if (off > 0) {
            say.accept("nothing that matches died at " + question.atWord() + ": the nearest did " + Names.span(off * 1_000)
                    + (us < Window.micros(question.at().since()) ? " before" : " later"));
        }
    }

    private int nobody(Question question, Consumer<String> say) {
        long deaths = recorded.one("SELECT count(*) AS deaths FROM exits").number("deaths", 0);
        say.accept(question.chosen() ? "no death matches in this recording" + Who.span(reading) + " — what there is shows: exitbox info"
                : deaths == 0 ? "nobody died in this recording" + Who.span(reading)
                : "nobody was killed or failed in this recording" + Who.span(reading) + ": " + Counts.of(deaths, "process")
                        .replace("processs", "processes") + " ended with code 0 — one of them: exitbox why WHO");
        return Failure.NOTHING_FOUND;
    }

    /// What a word means has not died, or not where it was looked.
    private int undead(Question question, Form form, TextOut out, Consumer<String> say) {
        List<Fact> elsewhere = recorded.ask("SELECT host, pid, epoch_us(ts) AS us FROM " + recorded.all(Table.EXITS) + " AS e WHERE "
                + Who.condition("e") + " ORDER BY ts DESC LIMIT 1");
        if (!elsewhere.isEmpty()) {
            say.accept("no death of " + question.who().text() + " matches these filters — its latest: "
                    + invocation.why(elsewhere.getFirst()));
            return Failure.NOTHING_FOUND;
        }
        List<Absence.Alive> alive = new Absence(reading).find();
        if (form.json()) {
            Map<String, Object> page = JsonPage.ordered("verdict", alive.getFirst().sentence(), "death", null, "processes",
                    alive.stream().map(one -> JsonPage.ordered("pid", one.row().number("pid"), "comm", one.row().text("comm"), "state",
                            one.state(), "sentence", one.sentence())).toList());
            out.jsonValue(Json.write(page)).line();
        } else {
            Sheet sheet = new Sheet(out, form.paint(), form.width());
            alive.forEach(one -> sheet.paragraph(one.sentence(), null));
        }
        return Failure.NOTHING_FOUND;
    }
}
