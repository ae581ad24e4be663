package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.recorder.kernel.NeedsBpf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `record --check` says what this kernel gives, and makes nothing.
class CheckIT {
    @TempDir
    Path folder;

    private record Answer(int status, List<String> lines) {
        String line(String what) {
            return lines.stream().filter(line -> line.startsWith(what + " ")).findFirst().orElseThrow(() -> new AssertionError(lines));
        }
    }

    @BeforeEach
    void needsBpf() {
        NeedsBpf.assumeBpf();
    }

    @Test
    void saysWhatThisMachineOffersAndMakesNothing() throws Exception {
        Path dir = folder.resolve("recording");
        Answer answer = check(List.of(), "-d", dir.toString(), "--no-hook", "all", "--keep-free", "0");
        assertEquals(0, answer.status(), answer.lines().toString());
        assertEquals(List.of("kernel yes", "libbpf yes", "capabilities yes", "deaths yes", "execs off", "forks off",
                "signals and who killed off", "OOM kills off", "the processes alive off", "failed execs off", "waits for a CPU off",
                "rings yes",
                "clock yes", "folder yes", "disk yes"),
                answer.lines().stream().map(line -> line.replaceFirst(" +(yes|off|NO|\\?)( .*)?$", " $1"))
                        .filter(line -> !line.startsWith("pins"))
                        .toList());
        assertTrue(answer.line("libbpf").matches("libbpf +yes  v1\\.\\d+"), answer.line("libbpf"));
        assertTrue(answer.line("deaths").matches("deaths +yes  \\S+/\\S+ \\(\\w+\\): .+"), answer.line("deaths"));
        assertTrue(answer.line("execs").endsWith("left out by --no-hook"), answer.line("execs"));
        assertTrue(answer.line("rings").contains("32.0 MiB for deaths"), answer.line("rings"));
        assertTrue(answer.line("folder").endsWith(dir + ", to be made"), answer.line("folder"));
        assertTrue(answer.line("disk").contains(" to write on "), answer.line("disk"));
        assertTrue(Files.notExists(dir));
    }

    @Test
    void saysWhatToDoAboutWhatIsMissing() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        Answer answer = check(List.of(), "-d", file.toString(), "--no-hook", "all", "--pin", "--bpffs", folder.toString(), "--keep-free",
                "1000T");
        assertEquals(1, answer.status());
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
        assertTrue(check(List.of(), "-d", link.toString(), "--no-hook", "all").line("folder")
                .endsWith("NO   " + link + ": it is a link — name the folder that it leads to"));
        assertTrue(answer.line("folder").endsWith("NO   " + file + ": " + file + " is no folder — choose another with -d"),
                answer.line("folder"));
        assertTrue(answer.line("disk").contains("  NO   only ") && answer.line("disk").contains(" — make room there"), answer.line("disk"));
        assertTrue(answer.line("pins").contains("  NO   cannot pin in " + folder), answer.line("pins"));
        assertTrue(answer.line("deaths").contains("  yes  "), answer.line("deaths"));
    }

    @Test
    void goesOnWithoutRightsAndEndsAsARecorderWould() throws Exception {
        Answer answer =
                check(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all"), "-d",
                        "/tmp/recording-" + ProcessHandle.current().pid(),
                        "--keep-free", "0");
        assertEquals(77, answer.status());
        assertTrue(
                answer.line("capabilities")
                        .endsWith("NO   CAP_BPF and CAP_PERFMON are missing — run as root (sudo), or grant CAP_BPF and CAP_PERFMON"),
                answer.line("capabilities"));
        assertTrue(answer.line("deaths").endsWith("?    not tried"), answer.line("deaths"));
        assertTrue(answer.line("folder").contains("  yes  "), answer.line("folder"));
    }

    private static Answer check(List<String> under, String... options) throws Exception {
        List<String> command = new ArrayList<>(under);
        command.addAll(List.of(Truth.ROOT.resolve("bin/exitbox").toString(), "record", "--check"));
        command.addAll(List.of(options));
        ProcessBuilder check = new ProcessBuilder(command).redirectErrorStream(true);
        check.environment().put("EXITBOX_NO_BUILD", "1");
        Process process = check.start();
        List<String> lines = new String(process.getInputStream().readAllBytes()).lines().toList();
        return new Answer(process.waitFor(), lines);
    }
}
