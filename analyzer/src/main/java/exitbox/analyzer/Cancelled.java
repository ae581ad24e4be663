package exitbox.analyzer;

/// Somebody asked this program to stop (Ctrl-C): it unwinds, says nothing and ends with status 130.
public final class Cancelled extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public static final int STATUS = 130;

    public Cancelled() {
        super("cancelled", null, false, false);
    }
}
