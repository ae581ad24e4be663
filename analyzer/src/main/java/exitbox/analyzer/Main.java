package exitbox.analyzer;

/// The program's entry.
public final class Main {
    private Main() {}

    /// Runs the program and returns its exit status.
    public static int run(String... args) {
        return 0;
    }

    public static void main(String[] args) {
        System.exit(run(args));
    }
}
