package exitbox.recorder;

import exitbox.recorder.kernel.Clock;
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
    private final Clock clock = new Clock();
    private final long beganBootNs;
    private long lastEvents;
    private long lastNanos = System.nanoTime();
    private long events;
    private long deaths;
    private long lost;
    private long removed;
    private long filtered;
    private boolean shown;
    private volatile Vitals vitals;

    /// @param beganBootNs when the run began, CLOCK_BOOTTIME
    Progress(Log log, boolean terminal, Path dir, long beganBootNs) {
        this.log = log;
        this.err = log.stream();
        this.terminal = terminal;
        this.dir = dir;
        this.beganBootNs = beganBootNs;
    }

    /// Takes how the run does in this second.
    synchronized void beat(Vitals now) {
        vitals = now;
        deaths = now.written(Table.EXITS);
        events = 0;
        lost = 0;
        for (Table table : Table.values()) {
            events += table == Table.HEARTBEATS ? 0 : now.written(table);
            lost += now.lost(table);
        }
        events = Math.max(0, events - removed);
        lost += removed;
        filtered = now.filtered(Table.EXITS);
        log.settle();
        if (!terminal) {
            return;
        }
        long nanos = System.nanoTime();
        double perSecond = (events - lastEvents) * 1e9 / Math.max(nanos - lastNanos, 1);
        lastEvents = events;
        lastNanos = nanos;
        String line = String.format(Locale.ROOT, "armed %s  %,d events  %,.0f/s  lost %,d  ring %d%%  %s  ", elapsed(), events,
                perSecond, lost, fullest(now), bytes(now.spoolBytes() + now.retiredBytes()));
        int columns = columns();
        String cut = line.length() > columns ? line.substring(0, columns) : line;
        err.print(REWRITE + NO_WRAP + cut + shortened(columns - cut.length()) + WRAP);
        err.flush();
        shown = true;
    }

    /// Somebody took away rows that had been written.
    synchronized void removed(long rows) {
        removed += rows;
        events = Math.max(0, events - rows);
        lost += rows;
    }

    /// A message on a line of its own; the progress goes on below it.
    synchronized void say(String message) {
        end();
        log.warning(message);
    }

    /// The same for what is as it should be; see [Log#info].
    synchronized void inform(String message, Map<String, Object> fields) {
        end();
        log.info(message, fields);
    }

    /// Ends the line so that a message can follow.
    synchronized void end() {
        if (shown) {
            err.print(REWRITE);
            err.flush();
            shown = false;
        }
    }

    /// @param then what else there is to say at the end; null for nothing
    synchronized void summary(long bytes, Scope scope, String then) {
        end();
        log.finish();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("deaths", deaths);
        fields.put("events", events);
        fields.put("lost", lost);
        fields.put("filtered", filtered);
        fields.put("dir", dir.toString());
        fields.put("bytes", bytes);
        log.info(String.format(Locale.ROOT, "recorded %,d %s (%,d %s) in %s, lost %,d%s: %s, %s%s", deaths,
                deaths == 1 ? "death" : "deaths", events, events == 1 ? "event" : "events", elapsed(), lost,
                filtered > 0 && !scope.some() ? String.format(Locale.ROOT, ", left out %,d by filter", filtered) : "", dir, bytes(bytes),
                then == null ? "" : " — " + then),
                fields);
    }

    // As the start script found the terminal.
    private static int columns() {
        String given = System.getenv("COLUMNS");
        return given == null || !given.matches("[0-9]{1,4}") ? MOST_COLUMNS : Math.clamp(Integer.parseInt(given) - 3L, 1, MOST_COLUMNS);
    }

    private static long fullest(Vitals vitals) {
        return Math.max(vitals.deaths().percent(), vitals.events().percent());
    }

    /// How the run did at the last heartbeat; null before the first.
    Vitals vitals() {
        return vitals;
    }

    /// The same in a few words.
    synchronized String status() {
        return vitals == null ? "starting"
                : String.format(Locale.ROOT, "recording into %s: %,d deaths, %,d events, lost %,d, ring %d%%", dir, deaths,
                        events, lost, fullest(vitals));
    }

    private String elapsed() {
        Duration d = Duration.ofNanos(clock.bootNs() - beganBootNs);
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
