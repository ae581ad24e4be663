package exitbox.analyzer.why;

import exitbox.analyzer.filter.Window;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.text.Timestamps;
import exitbox.analyzer.who.Who;
import exitbox.schemas.contract.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What is to be said of processes that a word means and that did not die where it was looked: when they were seen last,
/// and whether they lived on or their end is missing.
final class Absence {
    private static final int MOST = 5;

    private final Reading reading;
    private final Recorded recorded;
    private final Timestamps times;

    Absence(Reading reading) {
        this.reading = reading;
        this.recorded = new Recorded(reading);
        this.times = new Timestamps(reading.zone());
    }

    /// A process of which no death is in the recording.
    ///
    /// @param state alive (at the recording's end), unseen (its end is missing, or may be)
    record Alive(Fact row, String state, String sentence) {
    }

    /// Of those that [Who] found, the ones seen last.
    List<Alive> find() {
        String columns = "host, boot_id, pid, start_boot_ns, ts, boot_ns, comm";
        List<String> tables = List.of(Table.EXECS, Table.FORKS, Table.TASKS, Table.SIGNALS).stream()
                .map(table -> "SELECT " + columns + " FROM " + recorded.all(table)).toList();
        String seen = "(" + String.join(" UNION ALL ", tables) + ")";
        List<Fact> rows = recorded.ask("SELECT host, boot_id, pid, start_boot_ns, max_by(comm, boot_ns) AS comm, epoch_us(max(ts)) AS us,"
                + " max(boot_ns) AS boot_ns, epoch_us(min(ts)) AS first_us FROM " + seen + " AS seen WHERE " + Who.condition("seen")
                + " GROUP BY ALL ORDER BY us DESC LIMIT " + MOST);
        List<Alive> alive = new ArrayList<>();
        for (Fact row : rows) {
            alive.add(alive(row));
        }
        return alive;
    }

    private Alive alive(Fact row) {
        ProcessId id = ProcessId.of(row, "pid", "start_boot_ns");
        String name = (row.text("comm") == null ? "a process" : row.text("comm")) + " (pid " + row.number("pid") + ")";
        String last = "seen last at " + at(row.number("us"));
        // Not known of files that no catalog names.
        Instant end = reading.lastEvent();
        String why = lost(id, row);
        Gone gone = Gone.of(id, row.number("boot_ns", 0), Long.MAX_VALUE, reading.evidence()).of(Table.EXITS);
        if (why == null && !gone.isNothing()) {
            return new Alive(row, "unseen", name + " did not die in what is left of this recording: " + last + " (" + times.zoneName()
                    + "); whether it lived on is not known: " + gone.said(this::at) + ".");
        }
        return why == null
                ? new Alive(row, "alive", name + " did not die in this recording: " + last + ", it was alive still when the recording ends"
                        + (end == null ? "" : ", at " + at(Window.micros(end))) + " (" + times.zoneName() + ").")
                : new Alive(row, "unseen",
                        name + " has ended, but its end is not in this recording: " + last + " (" + times.zoneName() + "); "
                                + why + ".");
    }

    /// What took its end out of the recording; null when nothing did.
    private String lost(ProcessId id, Fact row) {
        String sameBoot = id.sameBoot();
        if (id.isSure()) {
            Fact next = recorded.one("SELECT epoch_us(min(ts)) AS us FROM (SELECT host, boot_id, pid, start_boot_ns, ts FROM "
                    + recorded.all(Table.FORKS) + " UNION ALL SELECT host, boot_id, pid, start_boot_ns, ts FROM "
                    + recorded.all(Table.EXITS)
                    + ") WHERE " + sameBoot + " AND pid = " + id.pid() + " AND start_boot_ns > " + id.startBootNs());
            if (next.has("us")) {
                return "another process had its PID by " + at(next.number("us")) + behindGap(id, row);
            }
        }
        boolean over = reading.boots().stream().filter(boot -> boot.host().equals(id.host())).reduce((a, b) -> b)
                .map(boot -> !boot.id().equals(id.bootId())).orElse(false);
        return over ? "the machine was started anew since" + behindGap(id, row) : null;
    }

    /// A known loss behind the last sight of it.
    private String behindGap(ProcessId id, Fact row) {
        Fact gap = recorded.one("SELECT count, epoch_us(ts) - (boot_ns - coalesce(first_boot_ns, boot_ns)) // 1000 AS us FROM "
                + recorded.all(Table.GAPS) + " WHERE " + id.sameBoot() + " AND coalesce(last_boot_ns, boot_ns) >= "
                + row.number("boot_ns", 0)
                + " AND (table_name IS NULL OR table_name = 'exits') ORDER BY boot_ns LIMIT 1");
        return gap == Fact.NONE ? ""
                : ", and " + (gap.has("count") ? gap.number("count") + " events were" : "an unknown number of events were")
                        + " lost at " + at(gap.number("us"));
    }

    private String at(long micros) {
        return times.brief(Window.ofMicros(micros));
    }
}
