package exitbox.recorder;

import exitbox.recorder.kernel.ExitHook;
import exitbox.recorder.kernel.KernelBtf;
import exitbox.recorder.kernel.KernelException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The C of the BPF programs, as they were compiled into this program's jar, in one piece that compiles by itself.
final class Sources {
    private static final Pattern OWN_HEADER = Pattern.compile("#include \"([a-z_.]+)\"");
    private static final String MAIN = "exitbox.bpf.c";

    private Sources() {}

    /// The whole text, begun by a comment that says which of the exit programs this kernel gets.
    static String text() {
        StringBuilder text = new StringBuilder();
        text.append("/*\n * The BPF programs of exitbox ").append(Recorder.version()).append(", in one piece. To compile them:\n *\n")
                .append(" *     clang -g -O2 -target bpf -D__TARGET_ARCH_").append(arch()).append(" -idirafter /usr/include/")
                .append(System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch"))
                .append("-linux-gnu -c FILE.c -o FILE.o\n *\n");
        text.append(" * Loaded: heartbeat, and ").append(exitProgram()).append(".\n */\n\n");
        append(text, MAIN, new HashSet<>());
        return text.toString();
    }

    private static String exitProgram() {
        try {
            KernelBtf kernel = KernelBtf.read();
            ExitHook first = kernel.candidates().getFirst();
            return first.program() + " at " + first.target() + " (" + kernel.reason() + ")";
        } catch (KernelException e) {
            return "one of the exit programs; which one is not known here: " + e.getMessage().lines().findFirst().orElse("");
        }
    }

    private static String arch() {
        return System.getProperty("os.arch").equals("amd64") ? "x86" : System.getProperty("os.arch").equals("aarch64") ? "arm64" : "NAME";
    }

    private static void append(StringBuilder text, String file, Set<String> included) {
        for (String line : read(file).split("\n", -1)) {
            Matcher own = OWN_HEADER.matcher(line);
            if (!own.matches()) {
                text.append(line).append('\n');
            } else if (included.add(own.group(1))) {
                text.append("/* ---- ").append(own.group(1)).append(" ---- */\n\n");
                append(text, own.group(1), included);
            }
        }
    }

    private static String read(String file) {
        try (InputStream in = Sources.class.getResourceAsStream("/exitbox/bpf/c/" + file)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks the C source " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).stripTrailing() + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
