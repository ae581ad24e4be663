package exitbox.analyzer.filter;

import exitbox.analyzer.Failure;
import exitbox.analyzer.filter.Criterion.LookUp;
import exitbox.analyzer.filter.Criterion.OfColumn;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.TableContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Option;

/// The options that choose what a command sees, the same for all of them. They become conditions on the
/// tables themselves, so that every view and query above is narrowed too, and DuckDB skips what no one asked for.
///
/// Times and hosts narrow every table; the others those that tell of processes, by the columns these have.
public final class Filters {
    // The most that the kernel can be told to give (PID_MAX_LIMIT), and "unset".
    private static final long LAST_PID = 4_194_304;
    private static final long LAST_UID = 4_294_967_295L;

    @Option(names = "--since", paramLabel = "WHEN",
            description = "From then on: 03:10, -15m, boot, \"yesterday 22:00\", 2026-11-20T03:10, @1760000000.")
    private String since;

    @Option(names = "--until", paramLabel = "WHEN", description = "Up to then; also +5m, counted from --since.")
    private String until;

    @Option(names = "--utc", description = "Times in UTC instead of the local zone.")
    private boolean utc;

    @Option(names = "--run", paramLabel = "RUN",
            description = "Only what one run of the recorder wrote: -1 is the latest, -2 the one before, or its id's beginning.")
    private String run;

    @Option(names = {"-p", "--pid"}, paramLabel = "PID", split = ",", description = "Processes with this id.")
    private List<Long> pids = List.of();

    @Option(names = "--ppid", paramLabel = "PID", split = ",", description = "Children of this process id, as it was when they died.")
    private List<Long> ppids = List.of();

    @Option(names = "--comm", paramLabel = "RE", description = "Processes whose name matches, anywhere.")
    private String comm;

    @Option(names = "--uid", paramLabel = "UID", split = ",", description = "Processes of this user id.")
    private List<Long> uids = List.of();

    @Option(names = "--unit", paramLabel = "UNIT", split = ",",
            description = "Processes of this systemd unit, by their cgroup: nginx, 'php*', session-3.scope, user.slice.")
    private List<String> units = List.of();

    @Option(names = "--container", paramLabel = "ID", split = ",",
            description = "Processes of this container, by their cgroup: its id or the beginning of it.")
    private List<String> containers = List.of();

    @Option(names = "--cgroup", paramLabel = "PATH", description = "Processes in this cgroup and those below it.")
    private List<String> cgroups = List.of();

    @Option(names = "--exe", paramLabel = "RE", description = "Processes that executed a program or script whose path matches.")
    private String exe;

    @Option(names = "--cmdline", paramLabel = "RE", description = "Processes that executed a command line that matches.")
    private String cmdline;

    @Option(names = {"-x", "--failed"}, description = "Only deaths by a code other than 0 or a signal.")
    private boolean failed;

    @Option(names = "--signal", paramLabel = "SIGNAL", split = ",", description = "Killed by it: KILL, SIGKILL or 9.")
    private List<String> signals = List.of();

    @Option(names = "--code", paramLabel = "CODE", split = ",", description = "Exited with this code.")
    private List<Integer> codes = List.of();

    @Option(names = "--host", paramLabel = "HOST", split = ",", description = "Only what this host recorded.")
    private List<String> hosts = List.of();

    @Option(names = "--where", paramLabel = "SQL", description = "A condition on rows, such as \"ppid = 1 AND uid > 0\".")
    private String where;

    @Option(names = "-n", paramLabel = "N", description = "At most so many rows.")
    private Long limit;

    @Option(names = "-r", description = "Newest first.")
    private boolean newestFirst;

    private Around around;

    /// A window that a command asks for itself: around a point in time, on both sides of it as long.
    private record Around(String when, Duration each) {}

    /// Chooses a window around a point in time.
    public void around(String when, Duration each) {
        if (since != null || until != null) {
            throw Failure.usage("--around " + when + ": is a window itself — leave out --since and --until, or say how wide: --span 5m");
        }
        around = new Around(when, each);
    }

    /// The window that was asked for.
    public Window window(TimeWords words) {
        return around == null ? words.window(since, until) : words.around(around.when, around.each);
    }

    public String since() {
        return since;
    }

    public String until() {
        return until;
    }

    public boolean utc() {
        return utc;
    }

    public List<String> hosts() {
        return hosts;
    }

    /// The regular expressions, by option.
    public Map<String, String> patterns() {
        Map<String, String> patterns = new LinkedHashMap<>();
        patterns.put("--comm", comm);
        patterns.put("--exe", exe);
        patterns.put("--cmdline", cmdline);
        patterns.values().removeIf(Objects::isNull);
        return patterns;
    }

    /// The tables that conditions look up what a row does not tell itself.
    public Set<Table> needs() {
        Set<Table> tables = EnumSet.noneOf(Table.class);
        criteria().forEach(criterion -> tables.addAll(criterion.needs()));
        return tables;
    }

    /// The columns that options look at to choose rows of a table, beside those that every row has: its own, or those of
    /// other tables that tell what it does not.
    public List<Look> looks(TableContract table, Set<String> whereColumns) {
        List<Look> looks = new ArrayList<>();
        if (tellsOfProcesses(table)) {
            criteria().forEach(criterion -> looks.addAll(criterion.looks(table)));
        }
        if (hasWhere(table, whereColumns)) {
            whereColumns.forEach(column -> looks.add(new Look("--where", table.table(), column)));
        }
        return looks;
    }

    // What is known by when it began is a process; the recorder's own tables stay whole.
    private static boolean tellsOfProcesses(TableContract table) {
        return table.indexOf("start_boot_ns") >= 0;
    }

    // It holds for tables that have all columns it names.
    private boolean hasWhere(TableContract table, Set<String> columns) {
        return where != null && columns.stream().allMatch(column -> table.indexOf(column) >= 0);
    }

    /// The options that choose processes, of those that were given.
    private List<Criterion> criteria() {
        List<Criterion> all = new ArrayList<>();
        if (!pids.isEmpty()) {
            all.add(Criterion.of("--pid", "pid", "pid IN (" + join(pids) + ")", LookUp.NOTHING,
                    () -> row -> pids.contains(row.number("pid", -1))));
        }
        if (!ppids.isEmpty()) {
            all.add(Criterion.of("--ppid", "ppid", "ppid IN (" + join(ppids) + ")", LookUp.PARENT,
                    () -> row -> ppids.contains(row.number("ppid", -1))));
        }
        if (!units.isEmpty()) {
            all.add(ofCgroup("--unit", Cgroups.ofUnits(units), () -> Cgroups.inUnits(units)));
        }
        if (!containers.isEmpty()) {
            all.add(ofCgroup("--container", Cgroups.ofContainers(containers), () -> Cgroups.inContainers(containers)));
        }
        if (!cgroups.isEmpty()) {
            all.add(ofCgroup("--cgroup", Cgroups.below(cgroups), () -> Cgroups.inPaths(cgroups)));
        }
        if (comm != null) {
            all.add(Criterion.of("--comm", "comm", "regexp_matches(comm, " + quote(comm) + ")", LookUp.NOTHING,
                    () -> hasText("comm", pattern(comm).asPredicate())));
        }
        if (exe != null) {
            all.add(Criterion.of("--exe", "exe", "regexp_matches(exe, " + quote(exe) + ") OR regexp_matches(filename, " + quote(exe) + ")",
                    LookUp.PROGRAMS, null));
        }
        if (cmdline != null) {
            all.add(Criterion.of("--cmdline", "cmdline", "regexp_matches(cmdline, " + quote(cmdline) + ")", LookUp.PROGRAMS, null));
        }
        if (!uids.isEmpty()) {
            all.add(Criterion.of("--uid", "uid", "uid IN (" + join(uids) + ")", LookUp.NOTHING,
                    () -> row -> uids.contains(row.number("uid", -1))));
        }
        if (failed) {
            all.add(Criterion.of("--failed", "status", "status <> 0", LookUp.DEATH, () -> row -> row.number("status", -1) > 0));
        }
        if (!signals.isEmpty()) {
            Set<Integer> numbers = signalNumbers();
            all.add(new Criterion("--signal", List.of(new OfColumn("signal", "signal IN (" + join(numbers) + ")"),
                    new OfColumn("status", "(status & 127) IN (" + join(numbers) + ")")), LookUp.DEATH,
                    () -> row -> numbers.contains((int) signal(row))));
        }
        if (!codes.isEmpty()) {
            all.add(new Criterion("--code", List.of(new OfColumn("code", "code IN (" + join(codes) + ")"),
                    new OfColumn("status", "(status & 127) = 0 AND (status >> 8 & 255) IN (" + join(codes) + ")")), LookUp.DEATH,
                    () -> row -> codes.contains((int) code(row))));
        }
        return all;
    }

    private static Criterion ofCgroup(String option, String sql, Supplier<Predicate<String>> test) {
        return Criterion.of(option, "cgroup", sql, LookUp.DEATH, () -> hasText("cgroup", test.get()));
    }

    private static Predicate<Fields> hasText(String column, Predicate<String> test) {
        return row -> row.text(column) != null && test.test(row.text(column));
    }

    // A recorder's rows have the word of wait(2) where they tell of an end.
    private static long signal(Fields row) {
        long status = row.number("status", -1);
        return !row.has("status") ? row.number("signal", -1) : status < 0 ? -1 : status & 127;
    }

    private static long code(Fields row) {
        long status = row.number("status", -1);
        return status >= 0 && (status & 127) == 0 ? status >> 8 & 255 : -1;
    }

    /// Whether processes are chosen by how they died.
    public boolean choosesDeaths() {
        return failed || !signals.isEmpty() || !codes.isEmpty();
    }

    /// The text of `--run`, or null.
    public String run() {
        return run;
    }

    /// The text of `--where`, or null.
    public String where() {
        return where;
    }

    /// The number of rows asked for, or null for all.
    public Long limit() {
        return limit;
    }

    public boolean newestFirst() {
        return newestFirst;
    }

    /// Whether processes are chosen, beyond times and hosts.
    public boolean choosesProcesses() {
        return !pids.isEmpty() || !ppids.isEmpty() || comm != null || !uids.isEmpty() || choosesByCgroup() || choosesDeaths()
                || exe != null || cmdline != null || where != null;
    }

    /// Whether processes are chosen by where they ran. Only `exits` knows that of each.
    public boolean choosesByCgroup() {
        return !units.isEmpty() || !containers.isEmpty() || !cgroups.isEmpty();
    }

    /// Whether anything is left out.
    public boolean choose() {
        return choosesProcesses() || since != null || until != null || around != null || run != null || !hosts.isEmpty();
    }

    /// Looks for values that can never be meant.
    public void check() {
        if (limit != null && limit < 1) {
            throw Failure.usage("-n " + limit + ": no such number of rows — give 1 or more");
        }
        notEmpty("--comm", comm);
        hosts.forEach(host -> notEmpty("--host", host));
        ids("--pid", "process id", pids, 1, LAST_PID);
        ids("--ppid", "process id", ppids, 0, LAST_PID);
        ids("--uid", "user id", uids, 0, LAST_UID);
        Cgroups.check(cgroups, units, containers);
        signalNumbers();
        for (int code : codes) {
            if (code < 0 || code > 255) {
                throw Failure.usage("--code " + code + ": no such exit code — they are 0 to 255");
            }
        }
    }

    private static void notEmpty(String option, String given) {
        if (given != null && given.isEmpty()) {
            throw Failure.usage(option + ": is empty — leave it out to choose all");
        }
    }

    private static void ids(String option, String what, List<Long> given, long least, long most) {
        for (long id : given) {
            if (id < least || id > most) {
                throw Failure.usage(option + " " + id + ": no such " + what + " — they are " + least + " to " + most);
            }
        }
    }

    /// The condition on a table's rows, or "" when all are wanted.
    public String condition(TableContract table, Scope scope) {
        Window window = scope.window();
        List<String> all = new ArrayList<>();
        if (window.since() != null) {
            all.add("ts >= make_timestamptz(" + Window.micros(window.since()) + ")");
        }
        if (window.until() != null) {
            all.add("ts < make_timestamptz(" + Window.micros(window.until()) + ")");
        }
        if (!hosts.isEmpty()) {
            all.add("host IN (" + String.join(", ", hosts.stream().map(Filters::quote).toList()) + ")");
        }
        if (scope.boots() != null) {
            all.add("boot_id IN (" + String.join(", ", scope.boots().stream().map(Filters::quote).toList()) + ")");
        }
        if (scope.runs() != null) {
            all.add("(" + String.join(" OR ", scope.runs().stream().map(Filters::rowsOf).toList()) + ")");
        }
        if (tellsOfProcesses(table)) {
            Identities identities = new Identities(scope);
            criteria().stream().map(criterion -> criterion.sql(table, identities)).filter(Objects::nonNull).forEach(all::add);
        }
        if (hasWhere(table, scope.whereColumns())) {
            all.add("(\n" + where + "\n)");
        }
        return String.join(" AND ", all);
    }

    /// The same choice for rows of these tables that come from a recorder. A [Failure] names what only DuckDB can decide, and
    /// what is not known yet when a row comes. [#check] has been called.
    public Predicate<Fields> choice(Set<Table> tables) {
        if (where != null) {
            throw Failure.usage("--where: is SQL, which is asked of what is recorded — leave out --follow, or use the other filters");
        }
        List<Criterion> criteria = criteria();
        for (Criterion criterion : criteria) {
            if (!criterion.isTold()) {
                throw Failure.usage(criterion.option()
                        + ": what a process executed is looked up in the recording — leave out --follow, or choose by --comm");
            }
        }
        for (Table table : tables) {
            for (Look look : looks(Contract.get().table(table), Set.of())) {
                if (look.table() != table) {
                    throw Failure.usage("--follow: rows of " + table.sqlName() + " do not tell what " + look.option()
                            + " looks at — leave out one of them");
                }
            }
        }
        List<Predicate<Fields>> tests = criteria.stream().map(Criterion::test).toList();
        return row -> (hosts.isEmpty() || hosts.contains(row.text("host")))
                && (!row.has("start_boot_ns") || tests.stream().allMatch(test -> test.test(row)));
    }

    // DuckDB's are RE2's, Java's know nearly all of that and more.
    private static Pattern pattern(String comm) {
        try {
            return Pattern.compile(comm);
        } catch (PatternSyntaxException e) {
            throw Failure.usage("--comm " + comm + ": cannot be followed: " + e.getDescription() + " — write it another way");
        }
    }

    private static String rowsOf(Scope.Rows run) {
        String host = "host = " + quote(run.host()) + " AND seq >= " + run.firstSeq();
        return "(" + (run.lastSeq() == Long.MAX_VALUE ? host : host + " AND seq <= " + run.lastSeq()) + ")";
    }

    private Set<Integer> signalNumbers() {
        Set<Integer> numbers = new TreeSet<>();
        for (String signal : signals) {
            int number = Signals.number(signal);
            if (number == 0) {
                throw Failure.usage("--signal " + signal + ": no such signal — try KILL, SIGSEGV or 15");
            }
            numbers.add(number);
        }
        return numbers;
    }

    private static String join(Iterable<?> values) {
        List<String> texts = new ArrayList<>();
        values.forEach(value -> texts.add(value.toString()));
        return String.join(", ", texts);
    }

    private static String quote(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
