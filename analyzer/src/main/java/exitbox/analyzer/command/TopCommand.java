package exitbox.analyzer.command;

import exitbox.analyzer.Failure;
import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.text.Nearest;
import exitbox.schemas.contract.Table;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Counts deaths by what they have in common.
@Command(name = "top", description = "Shows what dies most: deaths counted by name, or by another thing they have in common.", footer = {
    "",
    "  exitbox top",
    "  exitbox top --by killer --since -1d",
    "  exitbox top --by unit -x -n 5",
    "  exitbox top --by parent --comm curl --json",
    "",
    "--by: comm, exe, code (how they ended), cause (where the signal came from),",
    "cgroup, unit, container, user, parent, killer. Of each the latest death is shown;",
    "all about it: exitbox why PID. More questions: exitbox view, exitbox sql."})
final class TopCommand implements Callable<Integer> {
    private static final long USUAL = 20;
    private static final String EXITED = "CASE WHEN signal IS NULL AND code IS NOT NULL THEN '(exited by itself)' END";

    /// What deaths are counted by, in SQL over `deaths`.
    private static final Map<String, String> KEYS = new TreeMap<>(Map.of(
            "comm", "comm",
            "exe", "exe",
            "code", "reason",
            "cause", "coalesce(cause, " + EXITED + ")",
            "cgroup", "cgroup",
            "unit", "unit",
            "container", "container",
            "user", "uid",
            "parent", "coalesce(parent_comm, 'pid ' || ppid)",
            "killer", "coalesce(killer_comm, 'pid ' || killer_pid, '(' || cause || ')', " + EXITED + ")"));

    private final Context context;

    @Option(names = "--by", paramLabel = "WHAT", defaultValue = "comm", completionCandidates = Candidates.class,
            description = "What deaths are counted by: comm unless given; see below.")
    private String by;

    @Mixin
    private final AnswerOptions answer = new AnswerOptions();

    @Mixin
    private final RecordingOption recording = new RecordingOption();

    @Mixin
    private final Filters filters = new Filters();

    @Mixin
    private final Common common = new Common();

    TopCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (filters.newestFirst()) {
            throw Failure.usage("-r: what dies most comes first — leave it out");
        }
        String what = by.toLowerCase(Locale.ROOT);
        String key = KEYS.get(what);
        if (key == null) {
            String near = Nearest.to(what, KEYS.keySet());
            throw Failure.usage("--by " + by + ": cannot count by that — "
                    + (near == null ? "there are " + String.join(", ", KEYS.keySet()) : "did you mean " + near + "?"));
        }
        boolean usual = filters.limit() == null && answer.format().isForPeople();
        int status = answer.answer(context, recording, filters, common, reading -> {
            reading.provide(Set.of("deaths"), Set.of(key));
            return new AnswerOptions.Query(query(reading, what, key), usual ? Long.valueOf(USUAL) : filters.limit(), usual, true);
        });
        return status == 0 && answer.written() == 0 ? Failure.NOTHING_FOUND : status;
    }

    private static String query(Reading reading, String what, String key) {
        String host = reading.hosts().size() > 1 ? "host, " : "";
        String last = "(epoch_us(ts), seq)";
        return "SELECT " + host + key + " AS \"" + what + "\", count(*) AS deaths, count(*) FILTER (status <> 0) AS failed,"
                + " round(100.0 * count(*) FILTER (status <> 0) / count(*), 1)::DOUBLE AS failed_percent, min(ts) AS first_ts,"
                + " max(ts) AS last_ts, arg_max(pid, " + last + ") AS latest_pid, "
                + (what.equals("comm") ? "" : "arg_max(comm, " + last + ") AS latest_comm, ")
                + "arg_max(reason, " + last + ") AS latest_reason FROM deaths GROUP BY ALL ORDER BY deaths DESC, failed DESC, \"" + what
                + "\"";
    }

    /// For the completion of a shell.
    static final class Candidates implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.copyOf(KEYS.keySet()).iterator();
        }
    }
}
