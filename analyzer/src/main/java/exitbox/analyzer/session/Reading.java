package exitbox.analyzer.session;

import exitbox.analyzer.Console;
import exitbox.analyzer.Failure;
import exitbox.analyzer.Notices;
import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.recording.Boots;
import exitbox.analyzer.recording.Evidence;
import exitbox.analyzer.recording.Unsealed;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.catalog.Deletion;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.View;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
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
    private Where where = Where.NONE;
    private Chosen chosen = Chosen.ALL;
    private final Set<String> provided = new HashSet<>();
    private Set<String> columns = Set.of();
    private Needs needs;

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

    /// The stretch of time that the answer is about: that of the window, within that of the chosen run.
    public Window span() {
        return chosen.span();
    }

    public ZoneId zone() {
        return zone;
    }

    /// Makes every table and view of these names there is, or all of them, with all their columns, and settles the window.
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
        provide(wanted, null);
    }

    /// The same for who asks for these columns only: what it takes to have others is left undone, and they are NULL.
    ///
    /// @param columns null for all of them
    public void provide(Set<String> names, Set<String> columns) {
        this.columns = provided.isEmpty() || this.columns != null && columns != null ? union(this.columns, columns) : null;
        provided.addAll(names);
        needs = Needs.of(provided, this.columns);
        // Those that tell what an answer could not see, and where a process ran.
        Set<Table> needed = EnumSet.of(Table.GAPS, Table.RUNS, Table.CLOCK_STEPS);
        needed.addAll(needs.tables());
        needed.addAll(needs.whole());
        needed.addAll(needs.unread());
        needed.addAll(filters.needs());
        if (unsealed == null) {
            Patterns.check(session(), filters.patterns());
            where = Where.of(session(), filters.where());
            hold(needed);
            where.bind(session(), needed, needs.tables());
            chosen = Chosen.of(this, filters, where, console.clock().instant(), notices);
            new Places(this, filters, notices).noteUnknownHosts();
        } else {
            tables.hold(needed);
        }
        tables.make(needs, filters, chosen.scope());
        tables.makeViews(needs);
    }

    /// Leaves only the first rows of a table in an order, so that the views above it have no more to look up.
    public void keepFirst(Table table, String order, long rows) {
        String name = table.sqlName();
        session()
                .execute("CREATE TEMP TABLE _first AS SELECT * FROM " + name + order + " LIMIT " + rows + "; CREATE OR REPLACE VIEW " + name
                        + " AS FROM _first");
        tables.forget(name);
    }

    private static Set<String> union(Set<String> some, Set<String> others) {
        if (others == null) {
            return null;
        }
        Set<String> all = new HashSet<>(others);
        all.addAll(some);
        return all;
    }

    /// Whether the recording has rows of the table. It has been provided.
    public boolean has(Table table) {
        return unsealed.rows().getOrDefault(table, 0L) > 0 || !evidence.files(table, null, null).isEmpty();
    }

    /// Writes an answer; false when it was written in part only, because whoever looked at its pages has seen enough.
    /// Some damage shows only when a file is read: then the answer begins anew without that file, unless a part of it has
    /// left the program already.
    public boolean answer(TextOut out, Runnable writing) {
        return new Answering(this, where).write(out, writing);
    }

    /// What a failed query failed of, once more with all tables and views made: DuckDB then names the one that was meant.
    public QueryFailure better(QueryFailure failure, String sql) {
        return new Answering(this, where).better(failure, sql);
    }

    /// From now on columns are united by name however many files there are; false when they were already.
    boolean uniteColumns() {
        return tables.uniteColumns();
    }

    /// The segments that the tables made are read from.
    Set<Path> files() {
        return tables.files();
    }

    /// Makes the tables once more, of the files that are left.
    void renew() {
        tables.renew();
    }

    /// Does something about what a query failed of whose files were deleted while it ran; false when none was.
    boolean mend(QueryFailure failure) {
        return tables.mend(failure);
    }

    /// There is no answer of what goes before it has been read.
    Failure overtaken(QueryFailure cause) {
        return tables.overtaken(cause);
    }

    /// All rows of a table, in or out of the window, as a parenthesized query.
    public String whole(Table table) {
        return tables.whole(table);
    }

    /// All rows that a table has of a stretch of a boot's time, nanoseconds of CLOCK_BOOTTIME, and perhaps others.
    public String whole(Table table, String bootId, long sinceBootNs, long untilBootNs) {
        return tables.whole(table, bootId, sinceBootNs, untilBootNs);
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

    /// The runs of the recorder, by host, in their order; of chosen boots only theirs.
    List<Runs.Run> runs() {
        return Runs.of(session(), whole(Table.RUNS), whole(Table.GAPS), filters.hosts()).stream()
                .filter(run -> chosen.scope().boots() == null || chosen.scope().boots().contains(run.boot())).toList();
    }

    /// The hooks of each host's latest run, or those it missed, with the reasons; none when the recording does not say.
    public List<String> latestHooks(boolean missing) {
        return ofLatestRuns("unnest(arg_max(" + (missing ? "hooks_missing" : "hooks") + ", seq))");
    }

    /// The options that each host's latest run was started with, in one line; none when the recording does not say.
    public List<String> latestOptions() {
        return ofLatestRuns("array_to_string(arg_max(options, seq), ' ')").stream().filter(options -> options != null && !options.isEmpty())
                .toList();
    }

    private List<String> ofLatestRuns(String what) {
        String hosts = filters.hosts().isEmpty() ? ""
                : " AND host IN (" + String.join(", ", filters.hosts().stream().map(Session::quote).toList()) + ")";
        List<String> texts = new ArrayList<>();
        try (Rows rows = session().query("SELECT DISTINCT " + what + " FROM " + whole(Table.RUNS)
                + " WHERE event <> 'stop'" + hosts + " GROUP BY host ORDER BY 1", false)) {
            while (rows.next()) {
                texts.add(rows.textAt(0));
            }
        }
        return texts;
    }

    /// Whether one run of many was asked for.
    boolean choosesRun() {
        return filters.run() != null;
    }

    /// The time of the recording's last row; null when it has none.
    public Instant lastEvent() {
        long last = unsealed.isEmpty() ? Long.MIN_VALUE : unsealed.lastMicros();
        for (SealedSpool spool : evidence.sealed()) {
            for (SegmentFile file : spool.files()) {
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

    /// The boots whose rows this recording has, by host, in their order.
    public List<Boots.Boot> boots() {
        return evidence.boots().and(unsealed.boots()).list();
    }

    /// Whether the recorder is at work, on this machine: the last row is of this boot and of this moment, and no stop
    /// stands behind it. Between two spools only the catalog can tell.
    public boolean isLive() {
        Instant last = lastEvent();
        if (last == null || Duration.between(last, console.clock().instant()).abs().compareTo(LIVE) > 0) {
            return false;
        }
        SealedSpool sealed = evidence.sealed().stream().filter(spool -> spool.bootId().equals(console.bootId()))
                .max(Comparator.comparing(SealedSpool::number)).orElse(null);
        return unsealed.running().contains(console.bootId()) || unsealed.spools() == 0 && sealed != null && !sealed.stopped();
    }

    /// Notes which boots and hosts events in their order are of, when there are several.
    public void noteOrder() {
        new Places(this, filters, notices).noteOrder(chosen.scope().boots());
    }

    /// The point in time that an option's word says, and says how it was understood.
    public Instant moment(String option, String word) {
        return Chosen.moment(this, console.clock().instant(), option, word, notices);
    }

    /// Notes everything this answer could not see, and the damage found; true when there is damage.
    public boolean noteLimits() {
        new Limits(this, filters, notices).note();
        return noteFiles();
    }

    /// Notes what was deleted on request of a window, and besides these deletions.
    public void noteDeletions(Window window, Set<Deletion> others) {
        new Limits(this, filters, notices)
                .noteDeletions(deletion -> others.contains(deletion) || window != null && Limits.touches(deletion, window));
    }

    /// Notes what is wrong with the files that were read, and what is not sealed yet; true when there is damage.
    public boolean noteFiles() {
        new Lacking(this, filters, notices).note(needs.tables(), where.columns(), tables);
        return new FileLimits(this).note(notices);
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
    }
}
