package exitbox.analyzer.filter;

import exitbox.analyzer.Failure;
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
        if (choosesByCgroup() || choosesDeaths() || !ppids.isEmpty()) {
            tables.add(Table.EXITS);
        }
        if (exe != null || cmdline != null || !ppids.isEmpty()) {
            tables.addAll(EnumSet.of(Table.EXECS, Table.TASKS));
        }
        if (!ppids.isEmpty()) {
            tables.add(Table.FORKS);
        }
        return tables;
    }

    /// A column that an option looks at.
    public record Look(String option, Table table, String column) {}

    /// The columns that options look at to choose rows of a table, beside those that every row has: its own, or those of
    /// other tables that tell what it does not.
    public List<Look> looks(TableContract table, Set<String> whereColumns) {
        List<Look> looks = new ArrayList<>();
        if (table.indexOf("start_boot_ns") >= 0) {
            look("--ppid", !ppids.isEmpty(), table, "ppid", looks);
            look("--comm", comm != null, table, "comm", looks);
            look("--uid", !uids.isEmpty(), table, "uid", looks);
            look("--unit", !units.isEmpty(), table, "cgroup", looks);
            look("--container", !containers.isEmpty(), table, "cgroup", looks);
            look("--cgroup", !cgroups.isEmpty(), table, "cgroup", looks);
            look("--failed", failed, table, "status", looks);
            look("--signal", !signals.isEmpty(), table, orStatus("signal", table), looks);
            look("--code", !codes.isEmpty(), table, orStatus("code", table), looks);
            for (Table programs : List.of(Table.EXECS, Table.TASKS)) {
                if (exe != null) {
                    looks.add(new Look("--exe", programs, "exe"));
                }
                if (cmdline != null) {
                    looks.add(new Look("--cmdline", programs, "cmdline"));
                }
            }
        }
        if (where != null && whereColumns.stream().allMatch(column -> table.indexOf(column) >= 0)) {
            whereColumns.forEach(column -> looks.add(new Look("--where", table.table(), column)));
        }
        return looks;
    }

    private static String orStatus(String column, TableContract table) {
        return table.indexOf(column) < 0 && table.indexOf("status") >= 0 ? "status" : column;
    }

    private static void look(String option, boolean given, TableContract table, String column, List<Look> looks) {
        if (given) {
            looks.add(new Look(option, table.indexOf(column) >= 0 ? table.table() : Table.EXITS, column));
        }
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

    /// The condition on a table's rows, or "" when all are wanted. `--where` holds for tables that have all columns it names.
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
        // What is known by when it began is a process; the recorder's own tables stay whole.
        if (table.indexOf("start_boot_ns") >= 0) {
            processes(table, scope, all);
        }
        if (where != null && scope.whereColumns().stream().allMatch(column -> table.indexOf(column) >= 0)) {
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
        if (exe != null || cmdline != null) {
            throw Failure.usage((exe != null ? "--exe" : "--cmdline")
                    + ": what a process executed is looked up in the recording — leave out --follow, or choose by --comm");
        }
        for (Table table : tables) {
            for (Look look : looks(Contract.get().table(table), Set.of())) {
                if (look.table() != table) {
                    throw Failure.usage("--follow: rows of " + table.sqlName() + " do not tell what " + look.option()
                            + " looks at — leave out one of them");
                }
            }
        }
        Set<Integer> ofSignals = signalNumbers();
        Pattern name = comm == null ? null : pattern(comm);
        Predicate<String> ofCgroup = choosesByCgroup() ? Cgroups.test(cgroups, units, containers) : cgroup -> true;
        return row -> {
            if (!hosts.isEmpty() && !hosts.contains(row.text("host"))) {
                return false;
            }
            if (!row.has("start_boot_ns")) {
                return true;
            }
            long status = row.number("status", -1);
            long signal = row.has("status") ? status < 0 ? -1 : status & 127 : row.number("signal", -1);
            return (pids.isEmpty() || pids.contains(row.number("pid", -1)))
                    && (ppids.isEmpty() || ppids.contains(row.number("ppid", -1)))
                    && (uids.isEmpty() || !row.has("uid") || uids.contains(row.number("uid", -1)))
                    && (!failed || status > 0)
                    && (ofSignals.isEmpty() || ofSignals.contains((int) signal))
                    && (codes.isEmpty() || status >= 0 && (status & 127) == 0 && codes.contains((int) status >> 8 & 255))
                    && (name == null || !row.has("comm") || row.text("comm") != null && name.matcher(row.text("comm")).find())
                    && ofCgroup.test(row.text("cgroup"));
        };
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

    private void processes(TableContract table, Scope scope, List<String> all) {
        Identities identities = new Identities(scope);
        if (!pids.isEmpty()) {
            all.add("pid IN (" + join(pids) + ")");
        }
        if (!ppids.isEmpty()) {
            String ofParent = "ppid IN (" + join(ppids) + ")";
            all.add(table.indexOf("ppid") >= 0 ? ofParent : identities.childrenThat(ofParent));
        }
        if (choosesByCgroup()) {
            all.add(table.indexOf("cgroup") >= 0 ? byCgroup() : identities.deadThat(byCgroup()));
        }
        if (comm != null && table.indexOf("comm") >= 0) {
            all.add("regexp_matches(comm, " + quote(comm) + ")");
        }
        if (exe != null) {
            all.add(identities.programsThat("regexp_matches(exe, " + quote(exe) + ") OR regexp_matches(filename, " + quote(exe) + ")"));
        }
        if (cmdline != null) {
            all.add(identities.programsThat("regexp_matches(cmdline, " + quote(cmdline) + ")"));
        }
        if (!uids.isEmpty() && table.indexOf("uid") >= 0) {
            all.add("uid IN (" + join(uids) + ")");
        }
        if (failed) {
            all.add(table.indexOf("status") >= 0 ? "status <> 0" : identities.deadThat("status <> 0"));
        }
        if (!signals.isEmpty()) {
            String ofSignals = "signal IN (" + join(signalNumbers()) + ")";
            all.add(table.indexOf("signal") >= 0 ? ofSignals
                    : table.indexOf("status") >= 0 ? "(status & 127) IN (" + join(signalNumbers()) + ")" : identities.deadThat(ofSignals));
        }
        if (!codes.isEmpty()) {
            String ofCodes = "code IN (" + join(codes) + ")";
            all.add(table.indexOf("code") >= 0 ? ofCodes
                    : table.indexOf("status") >= 0 ? "(status & 127) = 0 AND (status >> 8 & 255) IN (" + join(codes) + ")"
                    : identities.deadThat(ofCodes));
        }
    }

    private String byCgroup() {
        List<String> all = new ArrayList<>();
        if (!units.isEmpty()) {
            all.add(Cgroups.ofUnits(units));
        }
        if (!containers.isEmpty()) {
            all.add(Cgroups.ofContainers(containers));
        }
        if (!cgroups.isEmpty()) {
            all.add(Cgroups.below(cgroups));
        }
        return String.join(" AND ", all);
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
