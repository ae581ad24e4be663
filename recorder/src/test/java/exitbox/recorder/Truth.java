package exitbox.recorder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs testdata/truth.c, which makes deaths and says what waitpid(2) said of each.
public final class Truth {
    public static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private static final long TICK_NS = 10_000_000; // USER_HZ is 100 everywhere

    private final Path program;
    private final Path folder;

    private Truth(Path program, Path folder) {
        this.program = program;
        this.folder = folder;
    }

    /// A death as its parent saw it; `startTicks` is field 22 of /proc/PID/stat.
    public record Death(long pid, long startTicks, int status) {
        /// The same words from columns of `exits`.
        static Death of(long pid, long startBootNs, int status) {
            return new Death(pid, startBootNs / TICK_NS, status);
        }
    }

    /// Compiles it into a folder, which is also where cores go.
    public static Truth compile(Path folder) throws IOException, InterruptedException {
        return new Truth(compile(folder, "truth"), folder);
    }

    /// Compiles a program of testdata into a folder.
    public static Path compile(Path folder, String name) throws IOException, InterruptedException {
        Path program = folder.resolve(name);
        Process compiler = new ProcessBuilder("cc", "-O2", "-pthread", "-o", program.toString(),
                ROOT.resolve("testdata/" + name + ".c").toString(), "-lm").inheritIO().start();
        if (compiler.waitFor() != 0) {
            throw new IOException("cc does not compile testdata/" + name + ".c");
        }
        return program;
    }

    /// Runs a program to its good end; returns the words of each line it said.
    public static List<String[]> lines(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<String[]> lines = new String(process.getInputStream().readAllBytes()).lines().map(line -> line.split(" ")).toList();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + " failed");
        }
        return lines;
    }

    /// When a process that is alive began: field 22 of /proc/PID/stat.
    static long startTicks(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19]);
    }

    public Path program() {
        return program;
    }

    /// Makes deaths and returns them all.
    public List<Death> deaths(String... arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        List<Death> deaths = new ArrayList<>();
        for (String line : new String(process.getInputStream().readAllBytes()).lines().toList()) {
            String[] words = line.split(" ");
            deaths.add(new Death(Long.parseLong(words[0]), Long.parseLong(words[1]), Integer.parseInt(words[2])));
        }
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("truth " + String.join(" ", arguments) + " failed");
        }
        return deaths;
    }

    /// Makes deaths in the background.
    public Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(Files.createDirectories(folder).toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }
}
