package exitbox.analyzer;

/// Ends the program with a message for a person and an exit status. The message says what cannot
/// be done, to which object, because of what, and what to do; only [Main] prints it.
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public static final int NOTHING_FOUND = 1;
    public static final int USAGE = 2;
    public static final int DAMAGED = 65;
    public static final int NO_RECORDING = 66;
    public static final int SOFTWARE = 70;
    public static final int CANNOT_CREATE = 73;
    public static final int CANNOT_WRITE = 74;
    public static final int NOT_PERMITTED = 77;

    private final int status;

    public Failure(int status, String message) {
        this(status, message, null);
    }

    public Failure(int status, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /// A mistake in the command line or in a query.
    public static Failure usage(String message) {
        return new Failure(USAGE, message);
    }

    public int status() {
        return status;
    }
}
