package exitbox.recorder.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.recorder.LiveRecorder;
import exitbox.recorder.Truth;
import exitbox.recorder.kernel.NeedsBpf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A night squeezed into minutes: rotation every two seconds, retention, and a load that never ends. Memory and open files stay
/// as they are, the folder stays below its quota, nothing is lost, and what is left verifies.
@Tag("soak")
class SoakIT {
    private static final int MINUTES = Integer.getInteger("exitbox.minutes", 10);
    private static final long QUOTA = 50 << 20;
    private static final int SAMPLE_SECONDS = 2;
    private static final int LINE_SECONDS = 30;

    @TempDir
    Path folder;

    /// @param rssBytes without what the rings' pages take, which are the kernel's and never change
    private record Sample(long rssBytes, long files, long diskBytes) {
        static Sample of(long pid, Path dir) throws IOException {
            Path proc = Path.of("/proc", Long.toString(pid));
            Matcher anonymous = Pattern.compile("RssAnon:\\s+(\\d+) kB").matcher(Files.readString(proc.resolve("status")));
            anonymous.find();
            try (Stream<Path> files = Files.list(proc.resolve("fd"))) {
                return new Sample(Long.parseLong(anonymous.group(1)) << 10, files.count(), bytes(dir));
            }
        }

        private static long bytes(Path dir) throws IOException {
            long bytes = 0;
            for (Path file : all(dir)) {
                try {
                    bytes += Files.size(file);
                } catch (NoSuchFileException e) {
                    // Deleted meanwhile.
                }
            }
            return bytes;
        }

        private static List<Path> all(Path dir) throws IOException {
            while (true) {
                try (Stream<Path> files = Files.walk(dir)) {
                    return files.filter(Files::isRegularFile).toList();
                } catch (UncheckedIOException e) {
                    // A folder was deleted while it was listed.
                }
            }
        }
    }

    @Test
    void aNightStaysFlat() throws Exception {
        NeedsBpf.assumeBpf();
        Verified.assumeAnalyzer();
        Path dir = folder.resolve("recording");
        String night = Truth.compile(folder, "night").toString();
        long end = System.nanoTime() + Duration.ofMinutes(MINUTES).toNanos();
        List<Sample> samples = new ArrayList<>();
        long deaths = 0;
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--rotate-every", "2s", "--rotate-size", "4M", "--keep-size", "50M",
                "--keep-free", "0")) {
            // Besides, or a night's deaths alone would not fill the quota in ten minutes.
            Process storm =
                    new ProcessBuilder(Truth.compile(folder, "storm").toString(), "-r", "2000", "-s", Integer.toString(MINUTES * 60))
                            .start();
            System.out.println("  time       RSS  files      disk");
            while (System.nanoTime() < end) {
                Process load = new ProcessBuilder(night).redirectErrorStream(true).start();
                for (boolean ended = false; !ended;) {
                    ended = load.waitFor(SAMPLE_SECONDS, TimeUnit.SECONDS);
                    samples.add(Sample.of(recorder.pid(), dir));
                    if (samples.size() % (LINE_SECONDS / SAMPLE_SECONDS) == 1) {
                        print(samples);
                    }
                }
                deaths += Long.parseLong(new String(load.getInputStream().readAllBytes()).split(" ")[0]);
            }
            print(samples);
            deaths += Long.parseLong(new String(storm.getInputStream().readAllBytes()).split(" ")[0]);
            assertEquals(0, recorder.stop(), recorder.stderr());
            System.out.print(recorder.stderr());
            Matcher said = Pattern.compile("recorded ([0-9,]+) deaths .* lost 0:").matcher(recorder.stderr());
            assertTrue(said.find(), recorder.stderr());
            assertTrue(Long.parseLong(said.group(1).replace(",", "")) >= deaths, deaths + " deaths were made");
        }
        Verified verified = Verified.of(dir);
        assertEquals(0, verified.status(), verified.text());
        assertTrue(verified.notes().contains("deleted"), "the quota was never reached: " + verified.text());
        assertTrue(samples.stream().allMatch(sample -> sample.diskBytes <= QUOTA),
                "more than " + QUOTA + " bytes on disk: " + samples.stream().mapToLong(Sample::diskBytes).max());
        int third = samples.size() / 3;
        List<Sample> before = samples.subList(third, 2 * third);
        List<Sample> after = samples.subList(2 * third, samples.size());
        assertFlat("bytes of memory", median(before, Sample::rssBytes), median(after, Sample::rssBytes), 0.05);
        assertFlat("open files", median(before, Sample::files), median(after, Sample::files), 0);
        System.out.println(deaths + " deaths made in " + MINUTES + " minutes, " + verified.text().lines().toList().getLast());
    }

    private static void print(List<Sample> samples) {
        Sample last = samples.getLast();
        int seconds = (samples.size() - 1) * SAMPLE_SECONDS;
        System.out.printf(Locale.ROOT, "%3d:%02d %6.1f MiB  %5d  %4.1f MiB%n", seconds / 60, seconds % 60, last.rssBytes / 1048576.0,
                last.files,
                last.diskBytes / 1048576.0);
    }

    /// What is open or taken for a moment, while a spool is sealed, is in no median.
    private static long median(List<Sample> samples, ToLongFunction<Sample> what) {
        return samples.stream().mapToLong(what).sorted().skip(samples.size() / 2).findFirst().orElseThrow();
    }

    private static void assertFlat(String what, long before, long after, double slack) {
        assertTrue(after <= before * (1 + slack), "a median of " + before + " " + what + ", later " + after);
    }
}
