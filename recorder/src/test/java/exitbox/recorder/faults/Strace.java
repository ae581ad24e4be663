package exitbox.recorder.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.recorder.LiveRecorder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Short runs of the recorder whose system calls are counted, made to fail, or are their last.
///
/// strace counts the calls of each thread for itself: a run ends at the first thread's nth one. With `--seccomp-bpf` only those
/// are stopped at, which is faster by half a second a run; but version 6.1 sends no signals then.
final class Strace {
    private static final Pattern CALL = Pattern.compile("^(\\d+) +(\\w+)\\(");

    private final Path dir;
    private final String[] options;

    /// @param options of `exitbox record`; a `--duration` has to be among them, or the recorder would outlive a failed test
    Strace(Path dir, String... options) {
        this.dir = dir;
        this.options = options;
    }

    /// For each of these calls, the numbers that one on a file below this folder can have, in a run to which nothing happens.
    Map<String, TreeSet<Integer>> numbers(List<String> calls, Path below) throws Exception {
        Path log = Files.createTempFile("strace", ".log");
        List<String> strace =
                List.of("strace", "-f", "--seccomp-bpf", "-y", "-o", log.toString(), "-e", "trace=" + String.join(",", calls));
        try (LiveRecorder recorder = LiveRecorder.start(strace, dir, options)) {
            assertEquals(0, recorder.await(), recorder.stderr());
            Map<String, Integer> made = new HashMap<>();
            Map<String, TreeSet<Integer>> numbers = new HashMap<>();
            for (String line : Files.readAllLines(log)) {
                Matcher begun = CALL.matcher(line);
                if (begun.find()) {
                    int number = made.merge(begun.group(), 1, Integer::sum);
                    if (line.contains(below.toString())) {
                        numbers.computeIfAbsent(begun.group(2), _ -> new TreeSet<>()).add(number);
                    }
                }
            }
            return numbers;
        } finally {
            Files.delete(log);
        }
    }

    /// How a run ended, how many of its calls something was done to, and what it said.
    record End(int status, int injected, String stderr) {
        boolean killed() {
            return status == 128 + 9;
        }
    }

    /// kill -9 at the nth call of any thread; it passes when no thread makes so many.
    End kill(String call, int n) throws Exception {
        return run(List.of(), call, "signal=KILL:when=" + n);
    }

    /// @param when as strace reads it: `3` for the third call of each thread, `3+` for those behind it too
    /// @param path fails only calls on this one; null for all
    End fail(String call, String error, String when, Path path) throws Exception {
        return run(path == null ? List.of("--seccomp-bpf") : List.of("--seccomp-bpf", "-P", path.toString()), call,
                "error=" + error + ":when=" + when);
    }

    private End run(List<String> more, String call, String what) throws Exception {
        Path log = Files.createTempFile("strace", ".log");
        List<String> strace = new ArrayList<>(List.of("strace", "-f", "-qq", "-o", log.toString(), "-e", "trace=" + call, "-e",
                "inject=" + call + ":" + what));
        strace.addAll(more);
        try (LiveRecorder recorder = LiveRecorder.start(strace, dir, options)) {
            int status = recorder.await();
            return new End(status, (int) Files.readAllLines(log).stream().filter(line -> line.endsWith("(INJECTED)")).count(),
                    recorder.stderr());
        } finally {
            Files.delete(log);
        }
    }
}
