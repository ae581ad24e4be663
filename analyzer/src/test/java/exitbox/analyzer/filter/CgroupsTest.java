package exitbox.analyzer.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// A live row is in a cgroup, unit or container exactly when DuckDB says so.
class CgroupsTest {
    private static final String ID = "0123456789abcdef".repeat(4);
    private static final List<String> PATHS =
            List.of("/", "/a", "/a/b", "/ab", "/system.slice/nginx.service", "/system.slice/nginx.service/x",
                    "/user.slice/user-1000.slice/session-3.scope", "/system.slice/system-getty.slice/getty@tty1.service", "/docker/" + ID,
                    "/system.slice/docker-" + ID + ".scope", "/machine.slice/libpod-" + ID + ".scope/container", "/kubepods/x:" + ID,
                    "/system.slice/dev-disk-by\\\\x2duuid.mount", "/docker/" + ID.substring(1), "", "/a.service/b.scope/c");

    @Test
    void asInDuckDb() throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:"); Statement statement = connection.createStatement()) {
            for (String path : List.of("/a", "/", "a/", "/sys/fs/cgroup/system.slice", "0::/docker")) {
                check(statement, Cgroups.below(List.of(path)), Cgroups.test(List.of(path), List.of(), List.of()));
            }
            for (String unit : List.of("nginx", "nginx.service", "ngin?", "n*", "*.scope", "user.slice", "user-1000.slice", "a", "b.scope",
                    "getty@tty1", "dev-disk-by\\x2duuid.mount")) {
                check(statement, Cgroups.ofUnits(List.of(unit, "none")), Cgroups.test(List.of(), List.of(unit, "none"), List.of()));
            }
            for (String container : List.of("0123", "0123456789AB", ID, "1234")) {
                check(statement, Cgroups.ofContainers(List.of(container)), Cgroups.test(List.of(), List.of(), List.of(container)));
            }
        }
    }

    private static void check(Statement statement, String sql, Predicate<String> test) throws Exception {
        for (String path : PATHS) {
            try (ResultSet rows = statement.executeQuery("SELECT coalesce((" + sql + "), false) FROM (SELECT '" + path + "' AS cgroup)")) {
                rows.next();
                assertEquals(rows.getBoolean(1), test.test(path), path + ": " + sql);
            }
        }
        assertEquals(false, test.test(null));
    }
}
