package exitbox.analyzer.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.View;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
                check(statement, Cgroups.below(List.of(path)), Cgroups.inPaths(List.of(path)));
            }
            for (String unit : List.of("nginx", "nginx.service", "ngin?", "n*", "*.scope", "user.slice", "user-1000.slice", "a", "b.scope",
                    "getty@tty1", "dev-disk-by\\x2duuid.mount")) {
                check(statement, Cgroups.ofUnits(List.of(unit, "none")), Cgroups.inUnits(List.of(unit, "none")));
            }
            for (String container : List.of("0123", "0123456789AB", ID, "1234")) {
                check(statement, Cgroups.ofContainers(List.of(container)), Cgroups.inContainers(List.of(container)));
            }
        }
    }

    /// What the views say of a cgroup: container, runtime, unit. The filters choose by the same.
    @Test
    void theViewsSayTheSame() throws Exception {
        Map<String, String> paths = new LinkedHashMap<>();
        String slice = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice/";
        paths.put("/system.slice/docker-ID.scope", "ID docker docker-ID.scope");
        paths.put("/docker/ID", "ID docker -");
        paths.put(slice + "cri-containerd-ID.scope", "ID containerd cri-containerd-ID.scope");
        paths.put("/system.slice/containerd.service/kubepods-burstable-pod1.slice:cri-containerd:ID", "ID containerd containerd.service");
        paths.put("/system.slice/nerdctl-ID.scope", "ID containerd nerdctl-ID.scope");
        paths.put(slice + "crio-ID.scope", "ID cri-o crio-ID.scope");
        paths.put("/kubepods/burstable/pod1-2/crio-ID", "ID cri-o -");
        paths.put("/machine.slice/libpod-ID.scope/container", "ID podman libpod-ID.scope");
        paths.put("/libpod_parent/libpod-ID", "ID podman -");
        paths.put("/machine.slice/libpod-conmon-ID.scope", "- - libpod-conmon-ID.scope");
        paths.put("/kubepods/besteffort/pod1-2/ID", "ID kubernetes -");
        paths.put("/custom/ID", "ID - -");
        paths.put("/system.slice/nginx.service", "- - nginx.service");
        paths.put("/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope", "- - x.scope");
        paths.put("/", "- - -");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:"); Statement statement = connection.createStatement()) {
            for (View view : Contract.get().views()) {
                if (List.of("_container", "_runtime", "_unit").contains(view.name())) {
                    statement.execute(view.sql());
                }
            }
            for (Map.Entry<String, String> expected : paths.entrySet()) {
                String path = expected.getKey().replace("ID", ID);
                try (ResultSet rows = statement.executeQuery("SELECT concat_ws(' ', coalesce(_container(cgroup), '-'), "
                        + "coalesce(_runtime(cgroup), '-'), coalesce(_unit(cgroup), '-')), nullif(" + Cgroups.CONTAINER_ID
                        + ", '') IS NOT DISTINCT FROM _container(cgroup) AND nullif(" + Cgroups.UNIT_NAME
                        + ", '') IS NOT DISTINCT FROM _unit(cgroup) FROM (SELECT '" + path + "' AS cgroup)")) {
                    rows.next();
                    assertEquals(expected.getValue(), rows.getString(1).replace(ID, "ID"), path);
                    assertEquals(true, rows.getBoolean(2), path);
                }
                assertEquals(!expected.getValue().startsWith("-"), Cgroups.inContainers(List.of(ID)).test(path), path);
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
    }
}
