package exitbox.analyzer.filter;

import exitbox.analyzer.Failure;
import exitbox.schemas.contract.TableContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Option;

/// The options that choose what a command sees, the same for all of them. They become conditions on the
/// tables themselves, so that every view and query above is narrowed too, and DuckDB skips what no one asked for.
///
/// Times and hosts narrow every table; the others those that tell of processes, by the columns these have.
public final class Filters {
    @Option(names = "--since", paramLabel = "WHEN",
            description = "From then on: 03:10, -15m, boot, \"yesterday 22:00\", 2026-11-20T03:10, @1760000000.")
    private String since;

    @Option(names = "--until", paramLabel = "WHEN", description = "Up to then; also +5m, counted from --since.")
    private String until;

    @Option(names = "--utc", description = "Times in UTC instead of the local zone.")
    private boolean utc;

    @Option(names = {"-p", "--pid"}, paramLabel = "PID", split = ",", description = "Processes with this id.")
    private List<Long> pids = List.of();

    @Option(names = "--comm", paramLabel = "RE", description = "Processes whose name matches, anywhere.")
    private String comm;

    @Option(names = "--uid", paramLabel = "UID", split = ",", description = "Processes of this user id.")
    private List<Long> uids = List.of();

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

    public String comm() {
        return comm;
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
        return !pids.isEmpty() || comm != null || !uids.isEmpty() || failed || !signals.isEmpty() || !codes.isEmpty() || where != null;
    }

    /// Looks for values that can never be meant.
    public void check() {
        if (limit != null && limit < 1) {
            throw Failure.usage("-n " + limit + ": no such number of rows — give 1 or more");
        }
        signalNumbers();
        for (int code : codes) {
            if (code < 0 || code > 255) {
                throw Failure.usage("--code " + code + ": no such exit code — they are 0 to 255");
            }
        }
    }

    /// The condition on a table's rows, or "" when all are wanted.
    ///
    /// @param whereColumns the columns that `--where` names; it holds for tables that have them all
    public String condition(TableContract table, Window window, Set<String> whereColumns) {
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
        // What is known by when it began is a process; the recorder's own tables stay whole.
        if (table.indexOf("start_boot_ns") >= 0) {
            processes(table, all);
        }
        if (where != null && whereColumns.stream().allMatch(column -> table.indexOf(column) >= 0)) {
            all.add("(\n" + where + "\n)");
        }
        return String.join(" AND ", all);
    }

    private void processes(TableContract table, List<String> all) {
        if (!pids.isEmpty()) {
            all.add("pid IN (" + join(pids) + ")");
        }
        if (comm != null && table.indexOf("comm") >= 0) {
            all.add("regexp_matches(comm, " + quote(comm) + ")");
        }
        if (!uids.isEmpty() && table.indexOf("uid") >= 0) {
            all.add("uid IN (" + join(uids) + ")");
        }
        if (table.indexOf("status") < 0) {
            return;
        }
        if (failed) {
            all.add("status <> 0");
        }
        if (!signals.isEmpty()) {
            all.add((table.indexOf("signal") >= 0 ? "signal" : "(status & 127)") + " IN (" + join(signalNumbers()) + ")");
        }
        if (!codes.isEmpty()) {
            all.add(table.indexOf("code") >= 0
                    ? "code IN (" + join(codes) + ")"
                    : "(status & 127) = 0 AND (status >> 8 & 255) IN (" + join(codes) + ")");
        }
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
