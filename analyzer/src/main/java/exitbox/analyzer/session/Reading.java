package exitbox.analyzer.session;

import exitbox.analyzer.Console;
import exitbox.analyzer.Failure;
import exitbox.analyzer.Notices;
import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.filter.TimeWords;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.recording.Evidence;
import exitbox.analyzer.recording.Unsealed;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.TextOut;
import exitbox.analyzer.text.Timestamps;
import exitbox.schemas.catalog.CatalogLine;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.View;
import exitbox.schemas.segment.SegmentCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// A recording opened for questions: what is on disk, the DuckDB session that reads it, the filters' window,
/// and what an answer has to say beside itself.
public final class Reading implements AutoCloseable {
    private static final Duration LIVE = Duration.ofSeconds(5);
    private static final int TRIES = 5;

    private final Console console;
    private final Filters filters;
    private final Notices notices;
    private final ZoneId zone;
    private final DuckDb duckDb;
    private final Path output;
    private Session session;
    private Evidence evidence;
    private Tables tables;
    private Unsealed unsealed;
    private Window window = Window.ALL;
    private Set<String> whereColumns = Set.of();
    private Set<Table> asked = Set.of();

    private Reading(Console console, DuckDb duckDb, Filters filters, Notices notices, Path folder, Path output) {
        this.console = console;
        this.duckDb = duckDb;
        this.filters = filters;
        this.notices = notices;
        this.output = output;
        this.zone = filters.utc() ? ZoneOffset.UTC : console.zone();
        duckDb.start();
        this.evidence = Evidence.of(folder, filters.hosts());
    }

    /// Opens the recording in a folder.
    ///
    /// @param output a file the session itself is to write; null for none
    public static Reading open(Console console, DuckDb duckDb, Path folder, Filters filters, Notices notices, Path output) {
        filters.check();
        return new Reading(console, duckDb, filters, notices, folder, output);
    }

    public Session session() {
        if (session == null) {
            session = Session.open(duckDb, evidence.folder(), output, zone);
        }
        return session;
    }

    public Evidence evidence() {
        return evidence;
    }

    public Unsealed unsealed() {
        return unsealed;
    }

    public Window window() {
        return window;
    }

    public ZoneId zone() {
        return zone;
    }

    /// Makes every table and view of these names there is, or all of them, and settles the window.
    public void provide(Set<String> names, boolean all) {
        Set<String> wanted = new HashSet<>(names);
        if (all) {
            for (Table table : Table.values()) {
                wanted.add(table.sqlName());
            }
            for (View view : Contract.get().views()) {
                wanted.add(view.name());
            }
        }
        // The two that tell what an answer could not see.
        Set<Table> needed = EnumSet.of(Table.GAPS, Table.RUNS);
        needed.addAll(Tables.needed(wanted));
        checkWhere();
        if (unsealed == null) {
            hold(needed);
            bindWhere(needed);
            settleWindow();
            noteUnknownHosts();
        } else {
            tables.hold(needed);
        }
        asked = Tables.needed(wanted);
        tables.make(asked, filters, window, whereColumns);
        tables.makeViews(wanted);
    }

    /// What a failed query failed of, once more with all tables and views made: DuckDB then names the one that was meant.
    public QueryFailure better(QueryFailure failure, String sql) {
        if (!failure.getMessage().startsWith("Catalog Error: Table")) {
            return failure;
        }
        try {
            provide(Set.of(), true);
            session().describe(sql);
            return failure;
        } catch (QueryFailure better) {
            return better;
        }
    }

    /// Writes an answer. Some damage shows only when a file is read: then the answer begins anew without that file,
    /// unless a part of it has left the program already.
    public void answer(TextOut out, Runnable writing) {
        try {
            writing.run();
        } catch (QueryFailure e) {
            // What DuckDB has against the query itself has a position in it.
            if (filters.where() != null && !e.getMessage().contains("\nLINE ") && !e.mayBeDamage()) {
                throw notWhere(e);
            }
            boolean curable = e.wantsUnion() ? tables.uniteColumns() : e.mayBeDamage() && findDamage();
            if (!curable) {
                throw e;
            }
            if (!out.takeBack()) {
                throw new Failure(Failure.DAMAGED, "the answer ends here: "
                        + (evidence.problems().isEmpty() ? e.getMessage() : String.join("; ", evidence.problems())), e);
            }
            tables.make(asked, filters, window, whereColumns);
            writing.run();
        }
    }

    private boolean findDamage() {
        int before = evidence.problems().size();
        for (Table table : asked) {
            for (Path file : evidence.files(table, micros(window.since()), micros(window.until()))) {
                try {
                    SegmentCheck.rows(file);
                } catch (IOException | RuntimeException e) {
                    String message = String.valueOf(e.getMessage());
                    boolean ours = message.startsWith(file.toString());
                    evidence.leaveOut(file,
                            "is damaged: " + (ours ? message.substring(file.toString().length() + 2) : "its pages make no sense"));
                }
            }
        }
        return evidence.problems().size() > before;
    }

    private static Long micros(Instant instant) {
        return instant == null ? null : Window.micros(instant);
    }

    /// All rows of a table, in or out of the window, as a parenthesized query.
    public String whole(Table table) {
        return tables.whole(table);
    }

    private void hold(Set<Table> needed) {
        for (int attempt = 1;; attempt++) {
            try {
                tables = new Tables(session(), evidence);
                tables.hold(needed);
                try (BatchLoader loader = new BatchLoader(session(), needed)) {
                    unsealed = Unsealed.read(evidence, loader);
                }
                return;
            } catch (Unsealed.Vanished e) {
                if (attempt == TRIES) {
                    throw new Failure(Failure.NO_RECORDING, "cannot read the open part of " + evidence.folder()
                            + ": it is sealed faster than it is read — try again", e);
                }
                session().execute("DROP SCHEMA unsealed CASCADE");
                evidence = Evidence.of(evidence.folder(), filters.hosts());
            }
        }
    }

    private void settleWindow() {
        if (filters.since() == null && filters.until() == null) {
            return;
        }
        TimeWords words = new TimeWords(reference(), this::boot, zone);
        window = words.window(filters.since(), filters.until());
        Timestamps times = new Timestamps(zone);
        String span = window.until() == null ? "from " + times.brief(window.since())
                : window.since() == null ? "to " + times.brief(window.until())
                : "from " + times.brief(window.since(), " to ", window.until());
        notices.say("window: " + span + " (" + times.zoneName() + ")");
        words.notes().forEach(notices::say);
    }

    private void noteUnknownHosts() {
        List<String> unknown = filters.hosts().stream().filter(host -> !hosts().contains(host)).toList();
        if (!unknown.isEmpty()) {
            Set<String> all = Evidence.of(evidence.folder(), List.of()).hosts();
            notices.note("no host " + String.join(", ", unknown) + " in this recording"
                    + (all.isEmpty() ? "" : ": there are " + String.join(", ", all)));
        }
    }

    /// What relative times count from: now while the recording is live, else its last event.
    private Instant reference() {
        Instant last = lastEvent();
        return isLive() || isFresh() || last == null ? console.clock().instant() : last;
    }

    /// The time of the recording's last row; null when it has none.
    public Instant lastEvent() {
        long last = unsealed.isEmpty() ? Long.MIN_VALUE : unsealed.lastMicros();
        for (CatalogLine line : evidence.lines()) {
            for (SegmentFile file : line.files()) {
                last = Math.max(last, file.lastMicros());
            }
        }
        return last == Long.MIN_VALUE ? null : Window.ofMicros(last);
    }

    /// The hosts whose rows this recording has.
    public Set<String> hosts() {
        Set<String> hosts = new TreeSet<>(evidence.hosts());
        hosts.addAll(unsealed.hosts());
        return hosts;
    }

    /// The ids of the boots whose rows this recording has, the earliest first.
    public List<String> boots() {
        Map<String, Long> last = new HashMap<>();
        for (CatalogLine line : evidence.lines()) {
            for (SegmentFile file : line.files()) {
                last.merge(line.bootId(), file.lastMicros(), Math::max);
            }
        }
        unsealed.boots().forEach((boot, micros) -> last.merge(boot, micros, Math::max));
        List<String> boots = new ArrayList<>(last.keySet());
        boots.sort(Comparator.comparing(last::get));
        return boots;
    }

    /// Whether the recorder is at work: a spool was written within the last seconds.
    public boolean isLive() {
        for (Path spool : evidence.spools()) {
            try {
                Duration age = Duration.between(Files.getLastModifiedTime(spool).toInstant(), console.clock().instant());
                if (age.abs().compareTo(LIVE) < 0) {
                    return true;
                }
            } catch (IOException _) {
                // Sealed meanwhile: another one tells.
            }
        }
        return false;
    }

    /// Whether the last row is seconds old: between two spools that is the only sign that the recorder is at work.
    boolean isFresh() {
        Instant last = lastEvent();
        return last != null && Duration.between(last, console.clock().instant()).abs().compareTo(LIVE) < 0;
    }

    private Instant boot() {
        if (!unsealed.isEmpty()) {
            return Window.ofMicros(unsealed.bootMicros());
        }
        SegmentFile last = null;
        for (CatalogLine line : evidence.lines()) {
            for (SegmentFile file : line.files()) {
                last = last == null || file.lastMicros() > last.lastMicros() ? file : last;
            }
        }
        return last == null ? null : Window.ofMicros(last.lastMicros() - last.lastBootNs() / 1_000);
    }

    private void checkWhere() {
        if (filters.comm() != null) {
            asUsage("--comm " + filters.comm(), "SELECT regexp_matches('', " + Session.quote(filters.comm()) + ")");
        }
        if (filters.where() == null) {
            return;
        }
        String where = filters.where();
        Gate.Query query;
        try {
            // Bare first: in parentheses "a) OR (b" would look like one condition.
            session().check("SELECT 1 FROM _rows WHERE\n" + where);
            query = session().check("SELECT 1 FROM _rows WHERE (\n" + where + "\n)");
        } catch (QueryFailure e) {
            throw notWhere(e);
        }
        if (!query.tables().equals(Set.of("_rows"))) {
            throw Failure.usage(
                    "--where " + where + ": reads other tables — a condition on a row's own columns is wanted; use exitbox sql for more");
        }
        whereColumns = query.columns();
        for (String column : whereColumns) {
            boolean known = false;
            for (Table table : Table.values()) {
                known |= Contract.get().table(table).indexOf(column) >= 0;
            }
            if (!known) {
                throw Failure.usage("--where " + where + ": no table has a column " + column + " — see: exitbox schema");
            }
        }
    }

    private Failure notWhere(QueryFailure e) {
        String reason = e.getMessage().lines().findFirst().orElse("").replaceFirst("^[A-Z][A-Za-z ]* Error: ", "");
        return Failure.usage("--where " + filters.where() + ": " + reason);
    }

    /// Types and functions of `--where`, which the table itself knows best.
    private void bindWhere(Set<Table> held) {
        for (Table table : held) {
            if (filters.where() != null && whereColumns.stream().allMatch(column -> Contract.get().table(table).indexOf(column) >= 0)) {
                try {
                    // On one row without any value: some mistakes show only when a row is there.
                    session().execute("SELECT (\n" + filters.where() + "\n)::BOOLEAN FROM (SELECT 1) LEFT JOIN unsealed." + table.sqlName()
                            + " ON true LIMIT 1");
                    return;
                } catch (QueryFailure e) {
                    throw notWhere(e);
                }
            }
        }
    }

    private void asUsage(String what, String sql) {
        try (Rows rows = session().query(sql, false)) {
            rows.next();
        } catch (QueryFailure e) {
            throw Failure.usage(what + ": " + e.getMessage().replaceFirst("^Invalid Input Error: ", ""));
        }
    }

    /// Notes everything this answer could not see, and the damage found; true when there is damage.
    public boolean noteLimits() {
        new Limits(this, filters, notices).note();
        if (unsealed.totalRows() > 0) {
            notices.note("the answer includes " + Counts.of(unsealed.totalRows(), "row") + " of " + Counts.of(unsealed.spools(), "spool")
                    + " not sealed yet" + (isLive() ? " (recording goes on)" : ""));
        }
        List<String> problems = evidence.problems();
        problems.forEach(notices::note);
        return !problems.isEmpty();
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
    }
}
