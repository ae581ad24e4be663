package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.recorder.kernel.NeedsBpf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Deaths in control groups with the names that container runtimes and systemd give them: container, runtime and unit are told.
@Tag("live")
class ContainersIT {
    private static final int ROUNDS = Rounds.orElse(2);
    private static final String ID = "0123456789abcdef".repeat(4);
    private static final Path TOP = Path.of("exitbox-containers-" + ProcessHandle.current().pid());

    /// A cgroup's path, and the words container, runtime and unit.
    private static final Map<String, String> GROUPS = new LinkedHashMap<>();

    static {
        String slice = "kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice/";
        GROUPS.put("docker/ID", "ID docker -");
        GROUPS.put("system.slice/docker-ID.scope", "ID docker docker-ID.scope");
        GROUPS.put(slice + "cri-containerd-ID.scope", "ID containerd cri-containerd-ID.scope");
        GROUPS.put("system.slice/containerd.service/kubepods-burstable-pod1.slice:cri-containerd:ID", "ID containerd containerd.service");
        GROUPS.put(slice + "crio-ID.scope", "ID cri-o crio-ID.scope");
        GROUPS.put("machine.slice/libpod-ID.scope/container", "ID podman libpod-ID.scope");
        GROUPS.put("kubepods/besteffort/pod1-2/ID", "ID kubernetes -");
        GROUPS.put("system.slice/nginx.service", "- - nginx.service");
    }

    @TempDir
    static Path folder;

    private static final Map<String, List<Long>> VICTIMS = new LinkedHashMap<>();
    private static Path root;
    private static Recorded recorded;

    @BeforeAll
    static void recordDeaths() throws Exception {
        NeedsBpf.assumeBpf();
        root = Stream.of("/sys/fs/cgroup/memory", "/sys/fs/cgroup").map(Path::of)
                .filter(path -> Files.exists(path.resolve("cgroup.procs")) && Files.isWritable(path)).findFirst().orElse(null);
        assumeTrue(root != null, "needs a cgroup hierarchy where a group can be made");
        try (LiveRecorder recorder = LiveRecorder.armed(folder.resolve("recording"))) {
            for (String path : GROUPS.keySet()) {
                try {
                    Files.createDirectories(root.resolve(TOP).resolve(path.replace("ID", ID)));
                } catch (IOException e) {
                    assumeTrue(false, "needs the right to make a cgroup: " + e);
                }
                for (int round = 0; round < ROUNDS; round++) {
                    Process victim = new ProcessBuilder("sh", "-c", "echo 0 >\"$1/cgroup.procs\" && kill -9 $$", "sh",
                            root.resolve(TOP).resolve(path.replace("ID", ID)).toString()).inheritIO().start();
                    assertEquals(137, victim.waitFor());
                    VICTIMS.computeIfAbsent(path, _ -> new ArrayList<>()).add(victim.pid());
                }
            }
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        recorded = Recorded.open(folder.resolve("recording"));
        recorded.execute("CREATE TABLE told AS FROM deaths WHERE comm = 'sh' AND cgroup LIKE '/" + TOP + "/%'");
    }

    @AfterAll
    static void close() throws Exception {
        if (recorded != null) {
            recorded.close();
        }
        if (root != null && Files.exists(root.resolve(TOP))) {
            List<Path> groups;
            try (Stream<Path> found = Files.walk(root.resolve(TOP))) {
                groups = found.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList();
            }
            for (Path group : groups) {
                Await.until(group + " can be removed", () -> group.toFile().delete());
            }
        }
    }

    static Stream<Arguments> groups() {
        return VICTIMS.entrySet().stream().map(group -> Arguments.of(group.getKey(), group.getValue().size()));
    }

    @ParameterizedTest(name = "{0}, {1} times")
    @MethodSource("groups")
    void areTold(String path, int times) throws SQLException {
        List<Object> want = new ArrayList<>(List.of("/" + TOP + "/" + path.replace("ID", ID)));
        for (String word : GROUPS.get(path).split(" ")) {
            want.add(word.equals("-") ? null : word.replace("ID", ID));
        }
        want.addAll(Arrays.asList(9, "self"));
        for (long pid : VICTIMS.get(path)) {
            assertEquals(List.of(want),
                    recorded.rows("SELECT cgroup, container, runtime, unit, signal, cause FROM told WHERE pid = " + pid));
        }
        assertEquals(ROUNDS, times);
    }
}
