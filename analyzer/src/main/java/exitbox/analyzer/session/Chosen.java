package exitbox.analyzer.session;

import exitbox.analyzer.Notices;
import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.filter.Scope;
import exitbox.analyzer.filter.TimeWords;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.recording.Boots;
import exitbox.analyzer.session.Runs.Run;
import exitbox.analyzer.text.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The runs and the time that the filters chose of one recording. How their words were understood is said at once.
///
/// @param scope what conditions on rows are made of
/// @param span the stretch of time that the answer is about: that of the window, within that of the chosen runs
record Chosen(Scope scope, Window span) {
    static final Chosen ALL = new Chosen(Scope.ALL, Window.ALL);

    static Chosen of(Reading reading, Filters filters, Where where, Instant now, Notices notices) {
        List<Run> runs = null;
        if (filters.run() != null) {
            runs = Runs.choose(filters.run(), reading.runs());
            say(runs, reading, notices);
        }
        TimeWords words = words(reading, now, runs);
        Window window = filters.window(words);
        if (!window.isAll()) {
            say(window, reading, notices);
            words.notes().forEach(notices::say);
        }
        List<Boots.Boot> boots = reading.boots();
        boolean byBoot = words.firstBoot() > 0 || words.endBoot() < boots.size();
        // Boots are ended by the next one, whatever the clocks of both showed.
        Scope scope = new Scope(words.endBoot() < boots.size() ? new Window(window.since(), null) : window,
                byBoot ? boots.subList(words.firstBoot(), words.endBoot()).stream().map(Boots.Boot::id).toList() : null,
                runs == null ? null : runs.stream().map(Run::rows).toList(), where.columns(), reading::whole);
        return new Chosen(scope, runs == null ? window : within(window, runs));
    }

    /// The point in time that an option's word says.
    static Instant moment(Reading reading, Instant now, String option, String word, Notices notices) {
        TimeWords words = words(reading, now, null);
        Instant moment = words.moment(option, word);
        words.notes().forEach(notices::say);
        return moment;
    }

    private static TimeWords words(Reading reading, Instant now, List<Run> runs) {
        Instant last = reading.lastEvent();
        boolean ended = runs != null && runs.size() == 1 && runs.getFirst().end() != null;
        Instant reference = ended ? runs.getFirst().end() : reading.isLive() || last == null ? now : last;
        List<TimeWords.Boot> began = new ArrayList<>();
        for (Boots.Boot boot : reading.boots()) {
            // To the second: where it was sampled it differs by the clock's drift.
            began.add(new TimeWords.Boot(boot.host(), Instant.ofEpochSecond(Math.floorDiv(boot.beganMicros(), 1_000_000L))));
        }
        return new TimeWords(reference, now, began, reading.zone());
    }

    private static void say(Window window, Reading reading, Notices notices) {
        Timestamps times = new Timestamps(reading.zone());
        String said = window.until() == null ? "from " + times.brief(window.since())
                : window.since() == null ? "to " + times.brief(window.until())
                : "from " + times.brief(window.since(), " to ", window.until());
        notices.say("window: " + said + " (" + times.zoneName() + ")");
    }

    private static void say(List<Run> runs, Reading reading, Notices notices) {
        Timestamps times = new Timestamps(reading.zone());
        for (Run run : runs) {
            String from = run.end() == null ? "since " + times.brief(run.start()) : "from " + times.brief(run.start(), " to ", run.end());
            notices.say("run: " + run.id() + " of " + run.host() + ", " + from + " (" + times.zoneName() + ")");
        }
    }

    private static Window within(Window window, List<Run> runs) {
        Instant since = runs.stream().map(Run::start).min(Comparator.naturalOrder()).orElseThrow();
        Instant until = runs.stream().anyMatch(run -> run.end() == null) ? null
                : runs.stream().map(Run::end).max(Comparator.naturalOrder()).orElseThrow().plusNanos(1_000); // its last row is in it
        return new Window(window.since() == null || since.isAfter(window.since()) ? since : window.since(),
                window.until() == null || until != null && until.isBefore(window.until()) ? until : window.until());
    }
}
