package exitbox.analyzer.tree;

import exitbox.analyzer.filter.Window;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Row;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.text.Ages;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.Paint.Tone;
import exitbox.analyzer.text.Screen;
import exitbox.analyzer.text.TextOut;
import exitbox.analyzer.text.Timestamps;
import exitbox.analyzer.tree.Forest.Line;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Draws the tree for people: when each process began and ended, how old it got, its place, what became of it, what it ran.
final class TreeWriter {
    private static final int COLUMN = 10;
    private static final int AGE = 7;
    private static final int DEEPEST = 24;
    private static final long NONE = Long.MIN_VALUE;

    /// What is known of a process.
    private record Process(String host, String boot, long pid, String comm, String cmdline, long beganMicros, long endedMicros,
            String outcome,
            long status, boolean known, boolean olderThanParent) {}

    private final Reading reading;
    private final Forest forest;
    private final TextOut out;
    private final Paint paint;
    private final int screenWidth;
    private final Timestamps times;
    private final Map<Integer, Process> processes = new HashMap<>();
    private boolean highlights;
    private long dayMicros;

    TreeWriter(Reading reading, Forest forest, TextOut out, Paint paint, int screenWidth) {
        this.reading = reading;
        this.forest = forest;
        this.out = out;
        this.paint = paint;
        this.screenWidth = screenWidth;
        this.times = new Timestamps(reading.zone());
    }

    /// @param highlight whether those that are wanted stand out among the others
    void write(List<Line> lines, boolean highlight) {
        highlights = highlight;
        read(lines);
        dayMicros = processes.values().stream().mapToLong(process -> Math.max(process.beganMicros, process.endedMicros)).max().orElse(0);
        boolean several = processes.values().stream().map(process -> process.host + process.boot).distinct().count() > 1;
        String boot = null;
        paint.begin(out, Tone.STRONG);
        out.plain("BEGAN     ENDED         AGE  PROCESS (times of ").plain(times.day(dayMicros)).plain(", ").plain(times.zoneName())
                .plain(")");
        paint.end(out);
        out.line();
        for (Line line : lines) {
            Process process = processes.get(line.node());
            if (several && line.depth() == 0 && !process.boot.equals(boot)) {
                boot = process.boot;
                paint.begin(out, Tone.STRONG);
                out.plain("── ").safe(process.host).plain(", booted ").plain(booted(process)).plain(" ──");
                paint.end(out);
                out.line();
            }
            line(line, process);
        }
    }

    private String booted(Process process) {
        return reading.boots().stream().filter(boot -> boot.host().equals(process.host) && boot.id().equals(process.boot))
                .map(boot -> times.brief(Window.ofMicros(boot.beganMicros()))).findFirst().orElse("-");
    }

    private void line(Line line, Process process) {
        Process last = processes.get(line.last());
        long ended = line.count() > 1 ? last.endedMicros : process.endedMicros;
        moment(process.beganMicros);
        if (ended != NONE) {
            moment(ended);
        } else {
            out.plain(process.outcome == null ? "alive" : "-").padTo(2L * COLUMN);
        }
        if (line.count() == 1 && ended != NONE && process.beganMicros != NONE) {
            Ages.write(out, (ended - process.beganMicros) * 1_000, AGE);
        }
        out.padTo(2L * COLUMN + AGE + 2);
        draw(line);
        String name = process.comm == null ? "?" : process.comm;
        boolean strong = highlights && forest.isWanted(line.node());
        if (strong) {
            paint.begin(out, Tone.STRONG);
        }
        rest((line.count() > 1 ? Counts.text(line.count()) + " × " : process.pid + " ") + name);
        if (strong) {
            paint.end(out);
        }
        if (process.outcome != null) {
            Tone tone = tone(process);
            if (tone != null) {
                paint.begin(out, tone);
            }
            rest("  " + process.outcome);
            if (tone != null) {
                paint.end(out);
            }
        }
        if (line.circle()) {
            rest("  (its ancestors lead back to it)");
        } else if (process.olderThanParent) {
            rest("  (older than its parent)");
        }
        if (line.count() == 1 && process.cmdline != null && !process.cmdline.isEmpty()) {
            paint.begin(out, Tone.FAINT);
            rest("  " + process.cmdline);
            paint.end(out);
        }
        out.line();
    }

    private void draw(Line line) {
        StringBuilder drawn = new StringBuilder();
        if (line.depth() > 0) {
            drawn.append(line.more() ? "├─ " : "└─ ");
            Line above = line.above();
            for (int step = 1; above.depth() > 0 && step < DEEPEST; step++) {
                drawn.insert(0, above.more() ? "│  " : "   ");
                above = above.above();
            }
            if (above.depth() > 0) {
                drawn.insert(0, "⋯" + above.depth() + " ");
            }
        }
        out.plain(drawn.toString());
    }

    /// Writes text up to the terminal's edge.
    private void rest(String text) {
        long left = screenWidth - out.column();
        if (screenWidth == 0 || Screen.width(text) <= left - 1) {
            out.safe(text);
        } else if (left > 1) {
            out.safe(Screen.cut(text, (int) left - 1)).plain("…");
        }
    }

    private void moment(long micros) {
        long column = out.column() + COLUMN;
        if (micros == NONE) {
            out.plain('-');
        } else if (times.day(micros).equals(times.day(dayMicros))) {
            StringBuilder text = new StringBuilder(times.brief(Window.ofMicros(micros)));
            out.plain(text.substring(11, 19));
        } else {
            out.plain(times.day(micros).substring(2));
        }
        out.padTo(column);
    }

    private static Tone tone(Process process) {
        if (process.status == NONE) {
            return Tone.NOTE;
        }
        return process.status == 0 ? null : (process.status & 127) == 0 ? Tone.FAILED
                : process.outcome.startsWith("crashed") ? Tone.CRASHED : Tone.KILLED;
    }

    private void read(List<Line> lines) {
        StringBuilder wanted = new StringBuilder("-1");
        lines.forEach(line -> wanted.append(", ").append(line.node()).append(line.last() == line.node() ? "" : ", " + line.last()));
        try (Rows rows = reading.session().query("SELECT idx, host, boot_id, pid, comm, cmdline, began_us, ended_us, "
                + Processes.outcome(reading) + ", status, known, older_than_parent FROM _node WHERE idx IN (" + wanted + ")", false)) {
            while (rows.next()) {
                processes.put((int) rows.longAt(0), process(rows));
            }
        }
    }

    private static Process process(Row row) {
        return new Process(row.textAt(1), row.textAt(2), row.longOr(3, 0), row.textAt(4), row.textAt(5), row.longOr(6, NONE),
                row.longOr(7, NONE), row.textAt(8), row.longOr(9, NONE), row.longOr(10, 0) != 0, row.longOr(11, 0) != 0);
    }
}
