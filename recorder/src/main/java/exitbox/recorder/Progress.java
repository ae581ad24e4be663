package exitbox.recorder;

import exitbox.recorder.kernel.Counters;
import exitbox.recorder.kernel.Probe;
import exitbox.recorder.kernel.Ring;
import exitbox.schemas.contract.Table;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// What the person at the terminal sees: one line that is rewritten each second, nothing when stderr is no
/// terminal, and a summary at the end in either case. Any thread may [#say] something in between.
final class Progress {
    private static final String REWRITE = "\r\u001b[K";
    // Without automatic margins a line too long for the terminal is cut instead of making a second one.
    private static final String NO_WRAP = "\u001b[?7l";
    // Of most terminals at least, with room for the ^C.
    private static final int MOST_COLUMNS = 77;
    private static final String WRAP = "\u001b[?7h";

    private final Log log;
    private final PrintStream err;
    private final boolean terminal;
    private final Path dir;
    private final long startNanos = System.nanoTime();
    private long lastEvents;
    private long lastNanos = startNanos;
    private long events;
    private long deaths;
    private long lost;
    private long filtered;
    private boolean shown;

    Progress(Log log, boolean terminal, Path dir) {
        this.log = log;
        this.err = log.stream();
        this.terminal = terminal;
        this.dir = dir;
    }

    /// Takes the kernel's counters of this second; `bytes` are on disk, spooled and sealed.
    synchronized void beat(Counters counters, Probe probe, long bytes) {
        deaths = written(counters, Table.EXITS);
        events = 0;
        lost = 0;
        for (Table table : Table.values()) {
            if (table != Table.HEARTBEATS) {
                events += written(counters, table);
                lost += counters.lost(table.number());
            }
        }
        filtered = counters.filtered(Table.EXITS.number());
        log.settle();
        if (!terminal) {
            return;
        }
        long now = System.nanoTime();
        double perSecond = (events - lastEvents) * 1e9 / Math.max(now - lastNanos, 1);
        lastEvents = events;
        lastNanos = now;
        String line = String.format(Locale.ROOT, "armed %s  %,d events  %,.0f/s  lost %,d  ring %d%%  %s  ", elapsed(), events,
                perSecond, lost, Math.max(percent(probe.deaths()), percent(probe.eventsRing())), bytes(bytes));
        int columns = columns();
        String cut = line.length() > columns ? line.substring(0, columns) : line;
        err.print(REWRITE + NO_WRAP + cut + shortened(columns - cut.length()) + WRAP);
        err.flush();
        shown = true;
    }

    /// A message on a line of its own; the progress goes on below it.
    synchronized void say(String message) {
        end();
        log.warning(message);
    }

    /// Ends the line so that a message can follow.
    synchronized void end() {
        if (shown) {
            err.print(REWRITE);
            err.flush();
            shown = false;
        }
    }

    synchronized void summary(long bytes, Scope scope) {
        end();
        log.finish();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("deaths", deaths);
        fields.put("events", events);
        fields.put("lost", lost);
        fields.put("filtered", filtered);
        fields.put("dir", dir.toString());
        fields.put("bytes", bytes);
        log.info(String.format(Locale.ROOT, "recorded %,d deaths (%,d events) in %s, lost %,d%s: %s, %s", deaths, events, elapsed(), lost,
                filtered > 0 && !scope.some() ? String.format(Locale.ROOT, ", left out %,d by filter", filtered) : "", dir, bytes(bytes)),
                fields);
    }

    // As the start script found the terminal.
    private static int columns() {
        String given = System.getenv("COLUMNS");
        return given == null || !given.matches("[0-9]{1,4}") ? MOST_COLUMNS : Math.clamp(Integer.parseInt(given) - 3L, 1, MOST_COLUMNS);
    }

    private static long percent(Ring ring) {
        return ring.fillBytes() * 100 / ring.bytes();
    }

    private static long written(Counters counters, Table table) {
        return counters.seen(table.number()) - counters.filtered(table.number()) - counters.lost(table.number());
    }

    private String elapsed() {
        Duration d = Duration.ofNanos(System.nanoTime() - startNanos);
        return d.toHours() > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", d.toHours(), d.toMinutesPart(), d.toSecondsPart())
                : String.format(Locale.ROOT, "%02d:%02d", d.toMinutes(), d.toSecondsPart());
    }

    private String shortened(int most) {
        String path = dir.toString();
        return path.length() <= most ? path : most < 2 ? "" : "…" + path.substring(path.length() - most + 1);
    }

    private static String bytes(long bytes) {
        return bytes < 1 << 20 ? String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0)
                : String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
    }
}
