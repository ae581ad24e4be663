package exitbox.recorder.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/// How much of a sweep is run: some places, by a seed that is printed, or all of them (`bin/test --faults=all`).
final class Sweep {
    static final boolean ALL = "all".equals(System.getProperty("exitbox.faults"));

    private static final long SEED = Long.getLong("exitbox.seed", System.nanoTime());

    private Sweep() {}

    static Random random() {
        System.out.println("seed: -Dexitbox.seed=" + SEED);
        return new Random(SEED);
    }

    /// All of these numbers in their order; unless all are wanted, so many of them.
    static List<Integer> of(Collection<Integer> numbers, int some) {
        List<Integer> all = new ArrayList<>(new TreeSet<>(numbers));
        return ALL ? all : some(all, some);
    }

    /// So many of them, in their order and spread over the whole.
    static List<Integer> some(List<Integer> all, int some) {
        int count = Math.min(some, all.size());
        Random random = random();
        List<Integer> chosen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int from = i * all.size() / count;
            chosen.add(all.get(from + random.nextInt((i + 1) * all.size() / count - from)));
        }
        return chosen;
    }

    /// Skips a case, with the reason, where a program is missing.
    static void assumeTool(String program) throws Exception {
        assumeTrue(new ProcessBuilder("sh", "-c", "command -v " + program + " >/dev/null").start().waitFor() == 0,
                "needs " + program + ": apt install " + program);
    }

    /// Makes a file of 64 MiB that is an empty ext4 file system.
    static Path ext4(Path image) throws Exception {
        assumeTool("mkfs.ext4");
        assertEquals(0, run("truncate", "-s", "64M", image.toString()));
        assertEquals(0, run("mkfs.ext4", "-q", image.toString()));
        return image;
    }

    /// Runs a command; its exit status.
    static int run(String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }
}
