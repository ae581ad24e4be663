package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Programs that never rest share one CPU: each waits for the others. What is recorded of that, beside the kernel's own sum,
/// and beside what libbpf-tools' runqslower printed of them.
class RunqslowerIT {
    private static final int LINES = 200;
    // Theirs is measured from a wake-up to a switch, ours on the clock of the run queue.
    private static final long APART_US = 1_000;
    private static final Pattern LINE = Pattern.compile("\\S{8} (.{16,}?) (\\d+) +(\\d+) (.{16,}?) (\\d+) *");

    @TempDir
    static Path folder;

    private static SideBySide together;
    private static long one;
    private static long two;
    private static List<Long> all;
    private static String why;

    @BeforeAll
    static void watchTogether() throws Exception {
        SideBySide.assumeRecorder();
        together = new SideBySide(folder);
        for (String name : List.of("busy-one", "busy-two")) {
            Files.createSymbolicLink(folder.resolve(name), Path.of("/bin/sh"));
        }
        together.record("--runq-min", "1ms");
        together.awaitArmed();
        Process tool = tool();
        String cpu = firstCpu();
        Process first = together.start("one", "taskset", "-c", cpu, "./busy-one", "-c", "while :; do :; done");
        // Three of these, so that a wait is long also where a slice of time is short.
        List<Process> others = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            others.add(together.start("two", "taskset", "-c", cpu, "./busy-two", "-c", "while :; do :; done"));
        }
        one = first.pid();
        two = others.getFirst().pid();
        all = Stream.concat(Stream.of(first), others.stream()).map(Process::pid).toList();
        if (tool != null) {
            together.await("runqslower has printed enough", () -> !tool.isAlive() || theirs().size() >= LINES, first);
        }
        together.await("they have waited for each other", () -> waited(one) > 300_000_000 && waited(two) > 300_000_000, first);
        if (tool != null && tool.isAlive()) {
            together.stop(tool, "INT");
        } else if (why == null) {
            why = "needs a runqslower that runs here: " + together.said().strip();
        }
        first.destroyForcibly().waitFor();
        for (Process other : others) {
            other.destroyForcibly().waitFor();
        }
        together.stopRecorder();
    }

    private static Process tool() throws Exception {
        Path runqslower = Path.of("/usr/sbin/runqslower");
        if (!Files.isExecutable(runqslower)) {
            why = "needs " + runqslower + ": apt install libbpf-tools";
            return null;
        }
        Process tool = together.watch(runqslower, "runqslower", "-P", "2000");
        together.await("runqslower is armed", () -> !tool.isAlive() || !together.lines("runqslower").isEmpty(), together.recorder());
        return tool;
    }

    private static String firstCpu() throws Exception {
        String allowed = Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("Cpus_allowed_list:"))
                .findFirst().orElseThrow();
        return allowed.replaceAll("\\D*(\\d+).*", "$1");
    }

    /// What the kernel has summed up of a process's waits so far.
    private static long waited(long pid) throws Exception {
        return Long.parseLong(Files.readString(Path.of("/proc/" + pid + "/schedstat")).split(" ")[1]);
    }

    private static List<String> theirs() throws Exception {
        return of(together.lines("runqslower"));
    }

    private static List<String> of(List<String> lines) {
        // Not before their exec: a process that is just being made waits by other rules.
        return lines.stream().filter(line -> LINE.matcher(line).matches()).filter(line -> tid(line) == one || tid(line) == two)
                .filter(line -> parts(line).group(1).startsWith("busy-")).toList();
    }

    private static long tid(String line) {
        return Long.parseLong(parts(line).group(2));
    }

    private static Matcher parts(String line) {
        Matcher parts = LINE.matcher(line);
        assertTrue(parts.matches(), line);
        return parts;
    }

    @AfterAll
    static void end() {
        if (together != null) {
            together.close();
        }
    }

    @Test
    void waitsAreMostOfWhatTheKernelSummedUpAndNeverMore() {
        for (long pid : all) {
            // Which of them goes first is the scheduler's choice, and may stay the same one.
            String others = all.stream().filter(other -> other != pid).map(String::valueOf).collect(Collectors.joining(", "));
            List<String> answer = together.answer("sql", "--format", "tsv", "SELECT sum(r.waited_ns) <= any_value(e.run_delay_ns), "
                    + "sum(r.waited_ns) > any_value(e.run_delay_ns) // 2, min(r.waited_ns) >= 1000000, "
                    + "count(*) FILTER (r.prev_comm LIKE 'busy-%' AND r.prev_pid IN (" + others + ")) > 0, "
                    + "count(*) FILTER (r.prev_pid = r.pid) FROM runqs r JOIN exits e USING (host, boot_id, pid, start_boot_ns) WHERE pid = "
                    + pid);
            assertEquals("true\ttrue\ttrue\ttrue\t0", answer.get(1));
        }
    }

    @Test
    void aReplayHasWhatRunqslowerPrinted() throws Exception {
        assumeTrue(why == null, why);
        List<String> left = new ArrayList<>(of(together.answer("replay", "--as", "runqslower", "-P", "1000")));
        assertTrue(theirs().size() >= LINES);
        List<String> alone = new ArrayList<>();
        for (String line : theirs()) {
            Matcher their = parts(line);
            int found = 0;
            while (found < left.size() && !isSame(their, parts(left.get(found)))) {
                found++;
            }
            if (found == left.size()) {
                alone.add(line);
            } else {
                left.remove(found);
            }
        }
        // It takes the time at the wake-up and at the switch, the kernel's own sum begins with the queue: once in a while they differ.
        assertTrue(alone.size() <= theirs().size() / 20, () -> "runqslower alone: " + alone);
    }

    /// The same thread behind the same one, and a wait as long.
    private static boolean isSame(Matcher their, Matcher our) {
        return their.group(1).equals(our.group(1)) && their.group(2).equals(our.group(2)) && their.group(4).equals(our.group(4))
                && their.group(5).equals(our.group(5))
                && Math.abs(Long.parseLong(their.group(3)) - Long.parseLong(our.group(3))) <= APART_US;
    }
}
