package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.recorder.kernel.NeedsBpf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `record --check` says what this kernel gives, and makes nothing.
class CheckIT {
    @TempDir
    Path folder;

    @Test
    void saysWhatWouldBeRecordedAndMakesNothing() throws Exception {
        NeedsBpf.assumeBpf();
        Path dir = folder.resolve("recording");
        ProcessBuilder check = new ProcessBuilder(Truth.ROOT.resolve("bin/exitbox").toString(), "record", "-d", dir.toString(), "--check",
                "--no-hook", "all").redirectError(ProcessBuilder.Redirect.INHERIT);
        check.environment().put("EXITBOX_NO_BUILD", "1");
        Process process = check.start();
        List<String> lines = new String(process.getInputStream().readAllBytes()).lines().toList();
        assertEquals(0, process.waitFor());
        assertTrue(lines.get(0).matches("kernel \\d.* libbpf v\\d.*"), lines.get(0));
        assertTrue(lines.get(1).matches("deaths +yes +\\S+/\\S+ \\(\\w+\\): .+"), lines.get(1));
        assertEquals(List.of("execs", "forks", "signals and who killed", "OOM kills", "the processes alive", "failed execs",
                "waits for a CPU"), lines.stream().skip(2).map(line -> line.replaceFirst(" +off$", "")).toList());
        assertTrue(Files.notExists(dir));
    }
}
