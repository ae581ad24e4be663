package exitbox.recorder.kernel;

/// The kernel, or libbpf for it, refused something the recorder needs. The message is for the person at the
/// terminal; [#exitStatus] is what the program ends with.
public final class KernelException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /// BPF refused: no BTF, kernel too old, object or program refused, libbpf missing.
    public static final int BPF_REFUSED = 70;

    /// Not privileged.
    public static final int NOT_PRIVILEGED = 77;

    private final int exitStatus;
    private final String log;

    KernelException(int exitStatus, String message) {
        this(exitStatus, message, "");
    }

    KernelException(int exitStatus, String message, String log) {
        super(message);
        this.exitStatus = exitStatus;
        this.log = log;
    }

    public int exitStatus() {
        return exitStatus;
    }

    /// What libbpf and the verifier said, for a file that the message names; empty when they said nothing.
    public String log() {
        return log;
    }
}
