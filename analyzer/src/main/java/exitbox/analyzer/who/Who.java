package exitbox.analyzer.who;

import exitbox.analyzer.Failure;
import exitbox.analyzer.filter.Cgroups;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.recording.Boots;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.session.Session;
import exitbox.analyzer.text.Nearest;
import exitbox.analyzer.text.Timestamps;
import exitbox.schemas.contract.Table;
import exitbox.schemas.text.Escape;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a person calls a process: its PID, name, program or script, unit, container, or a part of its command line.
/// The narrowest meaning that the recording has wins, in that order: nobody who types `nginx` means the editor that has
/// nginx.conf open, as long as there is an nginx. By their command lines [Own] processes are never meant.
public final class Who {
    /// The tables that names are looked for in: to be provided in the first [Reading#provide], as rows are read then.
    public static final Set<String> SOURCES = Set.of("exits", "execs", "forks", "tasks");

    /// What a word was taken for.
    public enum Meaning {
        PID, NAME, UNIT, CONTAINER, WORD, PART;

        /// Whether it is looked for in command lines.
        boolean isOfCommandLines() {
            return this == WORD || this == PART;
        }
    }

    /// What was found.
    ///
    /// @param meaning what the word means; null when nothing has it
    /// @param processes how many processes it means
    public record Found(Meaning meaning, long processes) {
        public boolean isNothing() {
            return processes == 0;
        }
    }

    static final String IDENTITY = "host, boot_id, pid, start_boot_ns";
    private static final int COMM_BYTES = 15;
    private static final int LONGEST_PID = 7;
    private static final int NEAREST = 3;
    private static final int NAMES = 20_000;

    private final String text;

    private Who(String text) {
        this.text = text;
    }

    /// A person's word, or several.
    public static Who of(String text) {
        if (text.isBlank()) {
            throw Failure.usage("WHO: is empty — give a PID, a name, part of a command line, a unit or a container's id");
        }
        return new Who(text.strip());
    }

    /// As it was typed.
    public String text() {
        return text;
    }

    /// Looks for it in the whole recording, whatever the filters. From then on [#condition] holds.
    ///
    /// @param among a table, view or parenthesized query with identities (host, boot_id, pid, start_boot_ns), of which one
    ///            is wanted; null for every process
    public Found find(Reading reading, String among) {
        Session session = reading.session();
        for (Map.Entry<Meaning, String> meaning : meanings().entrySet()) {
            session.execute("CREATE OR REPLACE TEMP TABLE _who AS SELECT DISTINCT " + IDENTITY + " FROM " + names(reading) + " WHERE "
                    + meaning.getValue());
            if (among != null) {
                session.execute("DELETE FROM _who WHERE NOT EXISTS (SELECT 1 FROM " + among + " AS wanted WHERE "
                        + same("wanted", "_who") + ")");
            }
            long processes = count(session);
            if (processes > 0 && meaning.getKey().isOfCommandLines()) {
                session.execute("DELETE FROM _who WHERE EXISTS (SELECT 1 FROM " + Own.processes(reading) + " AS own WHERE "
                        + same("own", "_who") + ")");
                processes = count(session);
            }
            if (processes > 0) {
                return new Found(meaning.getKey(), processes);
            }
        }
        return new Found(null, 0);
    }

    private static long count(Session session) {
        try (Rows rows = session.query("SELECT count(*) FROM _who", false)) {
            rows.next();
            return rows.longAt(0);
        }
    }

    /// The condition that the row of an alias is of a process that was found. An identity without a start, as an import
    /// has, is one too.
    public static String condition(String alias) {
        return "EXISTS (SELECT 1 FROM _who WHERE " + same("_who", alias) + ")";
    }

    /// That nothing is called so, as a sentence: what it may have been, and which time the recording is of.
    public String nothing(Reading reading) {
        List<String> near = nearest(reading);
        return "no process is called " + text + " in this recording" + span(reading)
                + (near.isEmpty() ? " — what there is shows: exitbox info" : " — did you mean " + String.join(", ", near) + "?");
    }

    /// The time the recording is of, behind the word: `, from 2026-11-20 03:00:00 to 03:05:00 (UTC)`.
    public static String span(Reading reading) {
        List<Boots.Boot> boots = reading.boots();
        if (boots.isEmpty()) {
            return "";
        }
        Timestamps times = new Timestamps(reading.zone());
        long first = boots.stream().mapToLong(Boots.Boot::firstMicros).min().orElseThrow();
        long last = boots.stream().mapToLong(Boots.Boot::lastMicros).max().orElseThrow();
        return ", from " + times.brief(Window.ofMicros(first), " to ", Window.ofMicros(last)) + " (" + times.zoneName() + ")";
    }

    /// Names that take few changes to become from what was typed, the nearest first.
    private List<String> nearest(Reading reading) {
        Set<String> names = new LinkedHashSet<>();
        String all = "SELECT unnest([comm, regexp_extract(exe, '[^/]*$'), regexp_extract(filename, '[^/]*$'), " + Cgroups.UNIT_NAME
                + "]) AS name FROM " + names(reading);
        try (Rows rows =
                reading.session().query("SELECT name FROM (" + all + ") WHERE name <> '' GROUP BY name ORDER BY count(*) DESC, name"
                        + " LIMIT " + NAMES, false)) {
            while (rows.next()) {
                names.add(rows.textAt(0));
            }
        }
        return Nearest.several(text, names, NEAREST);
    }

    private static String same(String one, String other) {
        return one + ".host = " + other + ".host AND " + one + ".boot_id = " + other + ".boot_id AND " + one + ".pid IS NOT DISTINCT FROM "
                + other + ".pid AND " + one + ".start_boot_ns IS NOT DISTINCT FROM " + other + ".start_boot_ns";
    }

    /// Everything that a process was ever called.
    private static String names(Reading reading) {
        String programs = "SELECT " + IDENTITY + ", comm, exe, filename, cmdline, cgroup FROM " + reading.whole(Table.EXECS)
                + " WHERE coalesce(ret, 0) >= 0";
        String tasks = "SELECT " + IDENTITY + ", comm, exe, NULL, cmdline, cgroup FROM " + reading.whole(Table.TASKS);
        String exits = "SELECT " + IDENTITY + ", comm, NULL, NULL, NULL, cgroup FROM " + reading.whole(Table.EXITS);
        // Until it execs, a child has its maker's name: that is its own only when it never does.
        String forks = "SELECT " + IDENTITY + ", comm, NULL, NULL, NULL, cgroup FROM " + reading.whole(Table.FORKS) + " ANTI JOIN (SELECT "
                + IDENTITY + " FROM " + reading.whole(Table.EXECS) + ") USING (" + IDENTITY + ") WHERE tid = pid";
        return "(" + programs + " UNION ALL " + tasks + " UNION ALL " + exits + " UNION ALL " + forks + ")";
    }

    private Map<Meaning, String> meanings() {
        Map<Meaning, String> meanings = new LinkedHashMap<>();
        if (text.length() <= LONGEST_PID && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            meanings.put(Meaning.PID, "pid = " + text);
        }
        meanings.put(Meaning.NAME, anyOf(name()));
        if (text.indexOf('/') < 0 && text.indexOf(' ') < 0) {
            meanings.put(Meaning.UNIT, Cgroups.ofUnits(List.of(text)));
        }
        if (Cgroups.isContainer(text)) {
            meanings.put(Meaning.CONTAINER, Cgroups.ofContainers(List.of(text)));
        }
        meanings.put(Meaning.WORD, anyOf(forms().stream()
                .map(form -> "regexp_matches(cmdline, " + Session.quote("(?:^|[\\s/='\"])" + exactly(form) + "(?:$|[\\s:'\"])") + ")")
                .toList()));
        meanings.put(Meaning.PART, anyOf(part()));
        return meanings;
    }

    private List<String> name() {
        List<String> any = new ArrayList<>();
        for (String form : forms()) {
            any.add("comm = " + Session.quote(form));
            for (String path : List.of("exe", "filename")) {
                any.add(path + " = " + Session.quote(form));
                any.add("ends_with(" + path + ", " + Session.quote("/" + form) + ")");
            }
        }
        // The kernel cuts names off.
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > COMM_BYTES) {
            any.add("comm = " + Session.quote(Escape.escape(Arrays.copyOf(bytes, COMM_BYTES))));
        }
        return any;
    }

    // Command lines are quoted where a shell would want it; who types a part of one does not know where.
    private List<String> part() {
        List<String> any = new ArrayList<>();
        for (String form : forms()) {
            String wanted = "lower(" + Session.quote(form.replace("'", "")) + ")";
            for (String column : List.of("comm", "exe", "filename", "replace(cmdline, '''', '')", "cgroup")) {
                any.add("contains(lower(" + column + "), " + wanted + ")");
            }
        }
        return any;
    }

    // As it stands in the recording, and as it was copied out of an answer.
    private Set<String> forms() {
        return new LinkedHashSet<>(List.of(Escape.escape(text.getBytes(StandardCharsets.UTF_8)), text));
    }

    /// RE2 takes no backslash before what is not ASCII.
    private static String exactly(String text) {
        return text.replaceAll("[\\p{Punct}&&[^_/-]]", "\\\\$0");
    }

    private static String anyOf(List<String> conditions) {
        return "(" + String.join(" OR ", conditions) + ")";
    }
}
