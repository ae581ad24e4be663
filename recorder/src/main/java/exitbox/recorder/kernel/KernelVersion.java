package exitbox.recorder.kernel;

import java.nio.file.Files;
import java.nio.file.Path;

/// The running kernel's release, such as `6.1.0-38-amd64`.
record KernelVersion(String release, int major, int minor) {

    /// The oldest with all that is used: BPF_PROG_TEST_RUN of raw tracepoint programs, for the heartbeat.
    private static final int[] OLDEST = {5, 10};

    private static final Path BTF = Path.of("/sys/kernel/btf/vmlinux");

    /// The running one. Throws [KernelException] when it has not what is needed.
    static KernelVersion supported() {
        KernelVersion kernel = running();
        if (!kernel.isAtLeast(OLDEST[0], OLDEST[1])) {
            throw new KernelException(KernelException.BPF_REFUSED,
                    "cannot record on Linux " + kernel + ": too old — exitbox needs 5.10 or newer");
        }
        if (!Files.exists(BTF)) {
            throw new KernelException(KernelException.BPF_REFUSED, "cannot record: the kernel does not describe its types (" + BTF
                    + " is missing) — use a kernel built with CONFIG_DEBUG_INFO_BTF");
        }
        return kernel;
    }

    static KernelVersion running() {
        return of(System.getProperty("os.version"));
    }

    static KernelVersion of(String release) {
        int dot = release.indexOf('.');
        int end = dot + 1;
        while (end < release.length() && Character.isDigit(release.charAt(end))) {
            end++;
        }
        return new KernelVersion(release, Integer.parseInt(release, 0, dot, 10),
                Integer.parseInt(release, dot + 1, end, 10));
    }

    boolean isAtLeast(int major, int minor) {
        return this.major > major || this.major == major && this.minor >= minor;
    }

    @Override
    public String toString() {
        return release;
    }
}
