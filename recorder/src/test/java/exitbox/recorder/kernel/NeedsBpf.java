package exitbox.recorder.kernel;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Skips a test, with the reason, where BPF programs cannot be loaded.
public final class NeedsBpf {

    private NeedsBpf() {
    }

    public static void assumeBpf() {
        List<String> missing = Capabilities.missing();
        assumeTrue(missing.isEmpty(), () -> "needs BPF: not root, without " + String.join(" and ", missing));
        assumeTrue(Files.exists(Path.of("/sys/kernel/btf/vmlinux")), "needs BPF: this kernel has no BTF");
    }
}
