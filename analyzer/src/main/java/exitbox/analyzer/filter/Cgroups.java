package exitbox.analyzer.filter;

import exitbox.analyzer.Failure;
import exitbox.schemas.text.Escape;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Conditions on the column `cgroup`: a path, the systemd unit or the container it tells of.
///
/// A unit is the last component of a path that systemd names so, in `/user.slice/user-1000.slice/session-3.scope`
/// the session; a slice is any component, since processes are below it. A container is the last 64 hex digits that
/// stand as a component, or behind the runtime's name: `docker-ID.scope`, `libpod-ID.scope`, `cri-containerd-ID.scope`,
/// `crio-ID.scope`, `/docker/ID`; what watches it from outside, `libpod-conmon-ID.scope`, is not in it. The views say the
/// same by the macros `_unit` and `_container`.
public final class Cgroups {
    private static final Pattern CONTAINER = Pattern.compile("[0-9a-f]{4,64}");
    private static final String ID_IN = "^(?:.*[/:-])?([0-9a-f]{64})(?:\\.scope)?(?:/.*)?$";
    private static final String UNIT_IN = "^.*/([^/]+\\.(?:service|scope|socket|mount|swap))(?:/.*)?$";
    private static final String NOT_IN = "(?:libpod|crio)-conmon-";
    /// The id of the column's container, "" or NULL when there is none.
    public static final String CONTAINER_ID =
            "regexp_extract(CASE WHEN NOT regexp_matches(cgroup, '" + NOT_IN + "') THEN cgroup END, '" + ID_IN + "', 1)";
    /// The unit of the column, "" when there is none.
    public static final String UNIT_NAME = "regexp_extract(cgroup, '" + UNIT_IN + "', 1)";
    private static final Set<String> UNITS = Set.of("service", "scope", "socket", "mount", "swap", "slice");

    private Cgroups() {}

    /// Cgroups at or below any of the paths, component by component: `/a` is not above `/ab`.
    public static String below(List<String> paths) {
        List<String> any = new ArrayList<>();
        for (String path : paths) {
            for (String form : forms(path)) {
                any.add(form.isEmpty() ? "cgroup IS NOT NULL"
                        : "(cgroup = " + quote(form) + " OR starts_with(cgroup, " + quote(form + "/") + "))");
            }
        }
        return anyOf(any);
    }

    /// Cgroups of the units; `*` and `?` in a name stand for any characters, and a name without an ending for a service.
    public static String ofUnits(List<String> names) {
        List<String> any = new ArrayList<>();
        for (String given : names) {
            String ending = given.substring(given.lastIndexOf('.') + 1);
            for (String name : written(withEnding(given))) {
                String exact = regexOf(name);
                any.add(ending.equals("slice")
                        ? "regexp_matches(cgroup, " + quote("(?:^|/)" + exact + "(?:/|$)") + ")"
                        : "regexp_full_match(" + UNIT_NAME + ", " + quote(exact) + ")");
            }
        }
        return anyOf(any);
    }

    /// Cgroups of the containers whose ids begin so.
    public static String ofContainers(List<String> ids) {
        return anyOf(ids.stream().map(id -> "starts_with(" + CONTAINER_ID + ", " + quote(id.toLowerCase(Locale.ROOT)) + ")").toList());
    }

    /// The same as [#below], of a text.
    static Predicate<String> inPaths(List<String> paths) {
        List<Predicate<String>> any = new ArrayList<>();
        for (String path : paths) {
            for (String form : forms(path)) {
                any.add(cgroup -> form.isEmpty() || cgroup.equals(form) || cgroup.startsWith(form + "/"));
            }
        }
        return anyOfTests(any);
    }

    /// The same as [#ofUnits], of a text.
    static Predicate<String> inUnits(List<String> names) {
        Pattern unitName = Pattern.compile(UNIT_IN);
        List<Predicate<String>> any = new ArrayList<>();
        for (String given : names) {
            for (String name : written(withEnding(given))) {
                Pattern slice = Pattern.compile("(?:^|/)" + regexOf(name) + "(?:/|$)");
                Pattern exact = Pattern.compile(regexOf(name));
                any.add(given.endsWith(".slice") ? cgroup -> slice.matcher(cgroup).find()
                        : cgroup -> exact.matcher(extracted(unitName, cgroup)).matches());
            }
        }
        return anyOfTests(any);
    }

    /// The same as [#ofContainers], of a text.
    static Predicate<String> inContainers(List<String> ids) {
        Pattern id = Pattern.compile(ID_IN);
        Pattern watcher = Pattern.compile(NOT_IN);
        return cgroup -> {
            String container = watcher.matcher(cgroup).find() ? "" : extracted(id, cgroup);
            return ids.stream().anyMatch(given -> container.startsWith(given.toLowerCase(Locale.ROOT)));
        };
    }

    private static Predicate<String> anyOfTests(List<Predicate<String>> tests) {
        return cgroup -> tests.stream().anyMatch(test -> test.test(cgroup));
    }

    private static String extracted(Pattern pattern, String cgroup) {
        Matcher matcher = pattern.matcher(cgroup);
        return matcher.find() ? matcher.group(1) : "";
    }

    private static String withEnding(String unit) {
        return UNITS.contains(unit.substring(unit.lastIndexOf('.') + 1)) ? unit : unit + ".service";
    }

    /// Whether the text can be a container's id or the beginning of one.
    public static boolean isContainer(String text) {
        return CONTAINER.matcher(text.toLowerCase(Locale.ROOT)).matches();
    }

    static void check(List<String> paths, List<String> units, List<String> containers) {
        for (String path : paths) {
            if (path.isBlank()) {
                throw Failure.usage("--cgroup: wants a path — such as /system.slice/nginx.service");
            }
        }
        for (String unit : units) {
            if (unit.isBlank() || unit.contains("/")) {
                throw Failure
                        .usage("--unit " + unit + ": no name of a unit — try nginx, session-3.scope or user.slice; for paths: --cgroup");
            }
        }
        for (String id : containers) {
            if (!isContainer(id)) {
                throw Failure.usage("--container " + id
                        + ": no container's id — names are not recorded: give the id's first 4 to 64 hex digits, as docker ps shows them");
            }
        }
    }

    // As people have them from /sys/fs/cgroup, from /proc/PID/cgroup or from an answer.
    private static Set<String> forms(String given) {
        String path = given.strip();
        for (String prefix : List.of("0::", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/memory", "/sys/fs/cgroup")) {
            path = path.startsWith(prefix) ? path.substring(prefix.length()) : path;
        }
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        return written(path.isEmpty() || path.startsWith("/") ? path : "/" + path);
    }

    // The recording has names escaped: `dev-disk-by\x2duuid` stands there with two backslashes. Both spellings are meant.
    private static Set<String> written(String name) {
        String escaped = Escape.escape(name.getBytes(StandardCharsets.UTF_8));
        return escaped.equals(name) ? Set.of(name) : Set.of(name, escaped);
    }

    private static String regexOf(String glob) {
        StringBuilder regex = new StringBuilder();
        for (char c : glob.toCharArray()) {
            switch (c) {
                case '*' -> regex.append("[^/]*");
                case '?' -> regex.append("[^/]");
                default -> regex.append("\\.+()|[]{}^$".indexOf(c) >= 0 ? "\\" : "").append(c);
            }
        }
        return regex.toString();
    }

    private static String anyOf(List<String> conditions) {
        return conditions.size() == 1 ? conditions.getFirst() : "(" + String.join(" OR ", conditions) + ")";
    }

    private static String quote(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
