package exitbox.analyzer.live;

import exitbox.analyzer.Notices;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.contract.Table;
import java.io.IOException;
import java.util.function.Predicate;

/// Shows what recorders write, while they write it. What is found in one turn is in the order of time; a later turn
/// may bring an event that is some milliseconds older.
public final class Follow {
    private static final long SILENCE_NANOS = 5_000_000_000L;

    private final Form form;
    private final Predicate<? super Event> filter;
    private final TextOut out;
    private final Notices notices;
    private final Sources sources;

    private Runnable onStart = () -> {
    };
    private boolean started;
    private long awaited = -1;
    private boolean died;
    private long lines;
    private long missedRows;
    private long endMicros = Long.MAX_VALUE;
    private long mostLines = Long.MAX_VALUE;
    private boolean silent;

    /// @param filter which events are shown, as far as the form shows them
    public Follow(Sources sources, Form form, Predicate<? super Event> filter, TextOut out, Notices notices) {
        this.sources = sources;
        this.form = form;
        this.filter = filter;
        this.out = out;
        this.notices = notices;
    }

    /// Called once, when a run's start is found: from then on every death is seen. Before the lines that follow.
    public void onStart(Runnable action) {
        onStart = action;
    }

    /// Watches out for the death of this process ([#died]).
    public void await(long pid) {
        awaited = pid;
    }

    /// Nothing that happened at this time or later is shown, microseconds since 1970.
    public void endAt(long micros) {
        endMicros = micros;
    }

    /// At most so many lines are shown.
    public void endAfter(long mostLines) {
        this.mostLines = mostLines;
    }

    /// Shows what is there and has the terminal see it; true when there may be more at once.
    public boolean turn() throws IOException {
        boolean more = sources.poll();
        for (Event event : sources.events().others()) {
            tell(event);
        }
        long before = lines;
        for (Event event : sources.events().shown()) {
            died |= event.table() == Table.EXITS && event.number("pid", 0) == awaited;
            if (lines < mostLines && event.number("ts", 0) < endMicros && filter.test(event) && form.line(event, out)) {
                lines++;
            }
        }
        if (lines > before) {
            form.end(out);
            out.flush();
        }
        tellMissed();
        return more;
    }

    /// Says it when a recorder, which has something to say each second, says nothing for a while.
    public void tellSilence() {
        boolean now = sources.silentNanos() > SILENCE_NANOS;
        if (now && !silent) {
            notices.say("nothing from the recorder for " + SILENCE_NANOS / 1_000_000_000L + " s: it stands still, or has died");
        }
        silent = now;
    }

    private void tell(Event event) {
        if (event.table() == Table.RUNS) {
            if (!started && "start".equals(event.text("event"))) {
                started = true;
                onStart.run();
            }
        } else if (event.table() == Table.GAPS) {
            long count = event.number("count", -1);
            String table = event.text("table_name");
            String what = table == null || table.equals(Table.EXITS.sqlName()) ? "death" : "row of " + table;
            String cause = event.text("cause");
            notices.say("lost " + (count < 0 ? "some events" : table == null ? Counts.of(count, "event") : Counts.of(count, what)) + ": "
                    + ("ring_full".equals(cause) ? "the kernel's buffer was full" : event.text("detail") == null ? cause
                            : event.text("detail")));
        }
    }

    private void tellMissed() {
        long missed = sources.missedRows();
        if (missed > missedRows) {
            notices.say("passed over " + Counts.of(missed - missedRows, "event") + ": lines are read more slowly than processes die");
            missedRows = missed;
        }
    }

    public boolean started() {
        return started;
    }

    /// Whether the awaited process has died.
    public boolean died() {
        return died;
    }

    /// Whether every run that was followed has ended.
    public boolean stopped() {
        return sources.stopped();
    }

    /// Lines shown so far.
    public long lines() {
        return lines;
    }
}
