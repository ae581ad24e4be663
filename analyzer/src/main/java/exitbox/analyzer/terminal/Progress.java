package exitbox.analyzer.terminal;

import exitbox.analyzer.Console;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.function.DoubleSupplier;

/// One line on a terminal's stderr that says how far a query is and when it may be done, for those that take more than
/// a second. It is gone before anything else is written there: whoever writes calls [#aside] or [#end] first.
public final class Progress {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final long TICK_MILLIS = 200;
    // Below that a forecast says nothing.
    private static final double LEAST = 2;

    private final Console console;
    private final DoubleSupplier percent;
    private final boolean possible;
    private Instant begun;
    private boolean ended;
    private boolean shown;

    /// @param percent how far the running query is, 0 to 100; negative while none runs or nobody knows
    public Progress(Console console, DoubleSupplier percent) {
        this.console = console;
        this.percent = percent;
        String terminal = console.environment().get("TERM");
        this.possible = console.errIsTerminal() && terminal != null && !terminal.equals("dumb");
    }

    /// Whether there is a terminal to show it on.
    public boolean isPossible() {
        return possible;
    }

    /// Begins to wait for that second.
    public synchronized void begin() {
        if (possible && begun == null) {
            begun = console.clock().instant();
            Thread.ofPlatform().daemon().name("progress").start(this::tick);
        }
    }

    /// Takes the line away and keeps it away until `writing` is done.
    public synchronized void aside(Writing writing) throws IOException {
        clear();
        writing.run();
    }

    /// Takes the line away for good.
    public synchronized void end() {
        ended = true;
        clear();
        notifyAll();
    }

    /// What somebody else does on the terminal.
    public interface Writing {
        void run() throws IOException;
    }

    private synchronized void tick() {
        try {
            while (!ended) {
                wait(TICK_MILLIS);
                Duration elapsed = Duration.between(begun, console.clock().instant());
                if (!ended && elapsed.compareTo(PATIENCE) >= 0) {
                    show(line(percent.getAsDouble(), elapsed));
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// What is said `elapsed` after the beginning.
    static String line(double percent, Duration elapsed) {
        long seconds = elapsed.toSeconds();
        if (percent < LEAST) {
            return "working, " + time(seconds) + " so far (Ctrl-C stops)";
        }
        if (percent >= 99.5) {
            return "almost done, " + time(seconds) + " so far (Ctrl-C stops)";
        }
        long left = Math.round(Math.ceil(elapsed.toMillis() / 1e3 * (100 - percent) / percent));
        return Math.round(percent) + " % after " + time(seconds) + ", about " + time(Math.max(1, left)) + " left (Ctrl-C stops)";
    }

    private static String time(long seconds) {
        return seconds < 60 ? seconds + " s" : seconds < 3_600 ? seconds / 60 + " min " + seconds % 60 + " s"
                : seconds / 3_600 + " h " + seconds / 60 % 60 + " min";
    }

    // Room for the ^C that a terminal shows stays free, or that would begin a new line.
    private void show(String line) {
        int room = Math.max(0, console.width() - 3);
        write("\r" + line.substring(0, Math.min(line.length(), room)) + "\u001b[K");
        shown = true;
    }

    private void clear() {
        if (shown) {
            shown = false;
            write("\r\u001b[K");
        }
    }

    private void write(String text) {
        try {
            OutputStream err = console.err();
            err.write(text.getBytes(StandardCharsets.UTF_8));
            err.flush();
        } catch (IOException _) {
            ended = true;
        }
    }
}
