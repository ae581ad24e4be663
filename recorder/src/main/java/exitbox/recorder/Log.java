package exitbox.recorder;

import exitbox.schemas.text.Escape;
import exitbox.schemas.text.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/// The program's words on stderr, one line each: for people (`exitbox: …`), for the journal (with its priority, which
/// names the program itself), or as JSON. A warning that was said is not said again for a minute; what was held back is
/// counted. From any thread.
final class Log {
    private static final long QUIET_NS = 60_000_000_000L;
    // Messages name files and reasons: so many different ones at a time are remembered.
    private static final int REMEMBERED = 100;

    private final PrintStream err;
    private final Format format;
    private final LongSupplier nanoTime;
    private final LinkedHashMap<String, Said> said = new LinkedHashMap<>(16, 0.75f, true);
    private boolean held;

    /// What lines look like.
    enum Format {
        TEXT, JOURNAL, JSON;

        /// The one that `--log-format` names; text for the journal where stderr is that.
        static Format of(String word) {
            return switch (word) {
                case "json" -> JSON;
                case "text" -> isJournal() ? JOURNAL : TEXT;
                default -> throw new Failure(Failure.USAGE, "--log-format " + word + ": there are text and json", null);
            };
        }

        /// As systemd says it: device and inode of the journal's stream.
        private static boolean isJournal() {
            String stream = System.getenv("JOURNAL_STREAM");
            if (stream == null) {
                return false;
            }
            try {
                Map<String, Object> stderr = Files.readAttributes(Path.of("/proc/self/fd/2"), "unix:dev,ino");
                return stream.equals(stderr.get("dev") + ":" + stderr.get("ino"));
            } catch (IOException e) {
                return false;
            }
        }
    }

    /// syslog(3)'s.
    enum Level {
        ERROR(3), WARNING(4), INFO(6);

        private final int priority;

        Level(int priority) {
            this.priority = priority;
        }
    }

    private static final class Said {
        final Level level;
        long atNanos;
        long heldBack;

        Said(Level level, long atNanos) {
            this.level = level;
            this.atNanos = atNanos;
        }
    }

    Log(PrintStream err, Format format) {
        this(err, format, System::nanoTime);
    }

    Log(PrintStream err, Format format, LongSupplier nanoTime) {
        this.err = err;
        this.format = format;
        this.nanoTime = nanoTime;
    }

    PrintStream stream() {
        return err;
    }

    /// Whether lines are for people, so that something else may stand between them.
    boolean isText() {
        return format == Format.TEXT;
    }

    void error(String message) {
        say(Level.ERROR, message);
    }

    void warning(String message) {
        say(Level.WARNING, message);
    }

    /// Something that is as it should be; never held back.
    ///
    /// @param fields what the message tells, for JSON
    void info(String message, Map<String, Object> fields) {
        write(Level.INFO, message, fields);
    }

    private synchronized void say(Level level, String message) {
        long now = nanoTime.getAsLong();
        Said before = said.get(message);
        if (before != null && now - before.atNanos < QUIET_NS) {
            before.heldBack++;
            held = true;
            return;
        }
        if (before != null) {
            release(message, before);
        }
        said.put(message, new Said(level, now));
        if (said.size() > REMEMBERED) {
            Map.Entry<String, Said> oldest = said.pollFirstEntry();
            release(oldest.getKey(), oldest.getValue());
        }
        write(level, message, Map.of());
    }

    /// Says what was held back for a minute; for somebody who calls again and again.
    synchronized void settle() {
        if (held) {
            long now = nanoTime.getAsLong();
            held = false;
            said.forEach((message, before) -> {
                if (now - before.atNanos >= QUIET_NS) {
                    release(message, before);
                    before.atNanos = before.heldBack > 0 ? now : before.atNanos;
                    before.heldBack = 0;
                }
                held |= before.heldBack > 0;
            });
        }
    }

    /// Says all that was held back; before the last line.
    synchronized void finish() {
        said.forEach(this::release);
        said.clear();
        held = false;
    }

    private void release(String message, Said before) {
        if (before.heldBack > 0) {
            write(before.level, message + " (again, " + before.heldBack + (before.heldBack == 1 ? " time)" : " times)"),
                    Map.of("repeated", before.heldBack));
        }
    }

    private synchronized void write(Level level, String message, Map<String, Object> fields) {
        err.println(switch (format) {
            // Names of files can hold anything: what could move a cursor, or end a line, is escaped.
            case TEXT -> "exitbox: " + printable(message);
            case JOURNAL -> "<" + level.priority + ">" + printable(message);
            case JSON -> json(level, message, fields);
        });
    }

    private static String printable(String message) {
        return Escape.escape(message.getBytes(StandardCharsets.UTF_8));
    }

    private static String json(Level level, String message, Map<String, Object> fields) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("ts", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
        line.put("level", level.name().toLowerCase(Locale.ROOT));
        line.put("message", message);
        line.putAll(fields);
        return Json.write(line);
    }
}
