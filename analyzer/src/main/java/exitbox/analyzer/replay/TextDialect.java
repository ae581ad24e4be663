package exitbox.analyzer.replay;

import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Row;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.text.Ages;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.Paint.Tone;
import exitbox.analyzer.text.Screen;
import exitbox.analyzer.text.TextOut;
import exitbox.analyzer.text.Timestamps;
import exitbox.schemas.contract.Table;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// The truth, a line per death: when, who, how old, what it died of, and its command line where the recording has any. Hosts have a column when there are several.
/// On a terminal too narrow for that, lines do without parent and user, and the day has a line of its own when it changes:
/// what a process died of fits 80 columns then.
public final class TextDialect implements Dialect {
    private static final int NUMBER = 8;
    private static final int COMM = 17;
    private static final int AGE = 7;

    private static final int TS = 0;
    private static final int PID = 1;
    private static final int PPID = 2;
    private static final int UID = 3;
    private static final int NAME = 4;
    private static final int AGE_NS = 5;
    private static final int STATUS = 6;
    private static final int REASON = 7;
    private static final int HOST = 8;
    private static final long NONE = LineHead.NONE;
    private static final long UNSET = 0xFFFF_FFFFL;

    private static final int NARROW_COMM = 16;
    // For "killed by SIGKILL" at the end of a full line.
    private static final int WIDE_ENOUGH = 94;
    // For that too, in front of the command line.
    private static final int REASON_WIDTH = 17;

    private final String[] reasons = new String[1 << 16];
    private final int screenWidth;
    private LineHead head;
    // Where the command line stands; 0 when the lines have none.
    private int command;
    private boolean narrow;

    /// @param screenWidth the terminal's columns; 0 when lines may be of any length
    public TextDialect(int screenWidth) {
        this.screenWidth = screenWidth;
    }

    @Override
    public Set<String> asked() {
        return Set.of("cmdline");
    }

    @Override
    public String query(Reading reading) {
        List<String> columns = new ArrayList<>(columns(reading.hosts()));
        columns.set(TS, "epoch_us(ts)");
        columns.set(REASON, "CASE WHEN status BETWEEN 0 AND 65535 AND ((status & 255) = 0 OR status < 256) THEN NULL ELSE reason END");
        learnReasons(reading);
        if (reading.has(Table.EXECS) || reading.has(Table.TASKS)) {
            command = columns.size();
            columns.add("cmdline");
        }
        return "SELECT " + String.join(", ", columns) + " FROM deaths";
    }

    // A word says all that the reason is made of, and a text costs as much to make, sort and fetch as all the rest of a line:
    // so the words that waitpid(2) gives are asked for once. Others come with their row.
    private void learnReasons(Reading reading) {
        try (Rows rows = reading.session().query("SELECT word, _reason(nullif(word & 127, 0), CASE WHEN word & 127 = 0 THEN word >> 8 END,"
                + " word & 128 <> 0) FROM (SELECT unnest(range(0, 65536, 256) || range(1, 256))::INTEGER AS word)", false)) {
            while (rows.next()) {
                reasons[(int) rows.longAt(0)] = rows.textAt(1);
            }
        }
    }

    /// The columns of `deaths` that a line is made of, when these hosts are to be seen.
    public List<String> columns(Collection<String> hosts) {
        List<String> columns = new ArrayList<>(List.of("ts", "pid", "ppid", "uid", "comm", "age_ns", "status", "reason"));
        head = new LineHead(hosts, screenWidth, WIDE_ENOUGH);
        narrow = head.isNarrow();
        if (head.hasHost()) {
            columns.add("host");
        }
        return columns;
    }

    @Override
    public long write(Rows rows, TextOut out, ZoneId zone, Paint paint) {
        Timestamps times = new Timestamps(zone);
        head.begin();
        long lines = 0;
        while (rows.next()) {
            if (lines++ == 0) {
                header(out, times, paint);
            }
            line(rows, out, times, paint);
        }
        return lines;
    }

    public void header(TextOut out, Timestamps times, Paint paint) {
        paint.begin(out, Tone.STRONG);
        head.heading(out, times);
        right(out, "PID");
        if (!narrow) {
            right(out, "PPID");
            right(out, "UID");
        }
        out.plain("  COMM").padTo(out.column() + comm() - 4 + AGE - 3).plain("AGE  DIED OF");
        if (command > 0) {
            out.repeat(' ', REASON_WIDTH - "DIED OF".length()).plain("  COMMAND");
        }
        paint.end(out);
        out.line();
    }

    private int comm() {
        return narrow ? NARROW_COMM : COMM;
    }

    private static void right(TextOut out, String text) {
        out.repeat(' ', NUMBER - text.length()).plain(text);
    }

    public void line(Row rows, TextOut out, Timestamps times, Paint paint) {
        head.write(rows, TS, HOST, out, times, paint);
        number(rows, PID, out);
        if (!narrow) {
            number(rows, PPID, out);
            number(rows, UID, out);
        }
        out.plain("  ");
        long name = out.column();
        String comm = rows.textAt(NAME);
        out.safe(comm == null ? "-" : comm).padTo(name + comm());
        long age = rows.longOr(AGE_NS, NONE);
        paint.begin(out, Tone.FAINT);
        if (age == NONE) {
            out.repeat(' ', AGE - 1).plain('-');
        } else {
            Ages.write(out, age, AGE);
        }
        paint.end(out);
        out.plain("  ");
        long died = out.column();
        reason(rows, out, paint);
        if (command > 0 && !rows.isNull(command)) {
            out.padTo(died + REASON_WIDTH).plain("  ");
            command(rows.textAt(command), out, paint);
        }
        out.line();
    }

    private void command(String line, TextOut out, Paint paint) {
        paint.begin(out, Tone.FAINT);
        long left = screenWidth - out.column();
        if (screenWidth == 0 || line.length() <= left && Screen.width(line) <= left) {
            out.safe(line);
        } else {
            out.safe(Screen.cut(line, (int) Math.max(0, left - 1))).plain(left > 0 ? "…" : "");
        }
        paint.end(out);
    }

    private void reason(Row rows, TextOut out, Paint paint) {
        long status = rows.longOr(STATUS, NONE);
        String reason = reason(rows, status);
        if (status == 0 || status == NONE) {
            out.safe(reason);
        } else {
            paint.begin(out, (status & 127) == 0 ? Tone.FAILED : reason.startsWith("crashed") ? Tone.CRASHED : Tone.KILLED);
            out.safe(reason);
            paint.end(out);
        }
    }

    private String reason(Row rows, long status) {
        boolean learnt = status >= 0 && status < reasons.length && reasons[(int) status] != null;
        String reason = learnt ? reasons[(int) status] : rows.textAt(REASON);
        return reason == null ? "unknown" : reason;
    }

    private static void number(Row rows, int column, TextOut out) {
        long value = rows.longOr(column, NONE);
        if (value == NONE) {
            right(out, "-");
        } else if (column == UID && value == UNSET) {
            right(out, "unset");
        } else {
            out.repeat(' ', Math.max(1, NUMBER - TextOut.length(value))).number(value);
        }
    }
}
