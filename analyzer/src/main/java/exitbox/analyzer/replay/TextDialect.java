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
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// The truth, a line per death: when, who, how old, and what it died of. Hosts have a column when there are several.
public final class TextDialect implements Dialect {
    private static final int TIME = 24;
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
    private static final long UNSET = 0xFFFF_FFFFL;

    private final String[] reasons = new String[1 << 16];
    // 0 when there is one host only.
    private int hostWidth;

    @Override
    public String query(Reading reading) {
        return "SELECT " + String.join(", ", columns(reading.hosts())).replaceFirst("ts", "epoch_us(ts)") + " FROM deaths";
    }

    /// The columns of `deaths` that a line is made of, when these hosts are to be seen.
    public List<String> columns(Collection<String> hosts) {
        List<String> columns = new ArrayList<>(List.of("ts", "pid", "ppid", "uid", "comm", "age_ns", "status", "reason"));
        if (hosts.size() > 1) {
            hostWidth = "HOST".length();
            hosts.forEach(host -> hostWidth = Math.max(hostWidth, Screen.width(host)));
            columns.add("host");
        }
        return columns;
    }

    @Override
    public long write(Rows rows, TextOut out, ZoneId zone, Paint paint) {
        Timestamps times = new Timestamps(zone);
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
        out.plain("TIME (").plain(times.zoneName()).plain(")").padTo(TIME - 1);
        if (hostWidth > 0) {
            out.plain("  HOST").padTo(TIME + 1 + hostWidth);
        }
        right(out, "PID");
        right(out, "PPID");
        right(out, "UID");
        out.plain("  COMM").padTo(out.column() + COMM - 4 + AGE - 3).plain("AGE  DIED OF");
        paint.end(out);
        out.line();
    }

    private static void right(TextOut out, String text) {
        out.repeat(' ', NUMBER - text.length()).plain(text);
    }

    public void line(Row rows, TextOut out, Timestamps times, Paint paint) {
        if (rows.isNull(TS)) {
            out.plain('-');
        } else {
            times.millis(out, rows.longAt(TS));
        }
        out.padTo(TIME - 1);
        if (hostWidth > 0) {
            out.plain("  ").safe(rows.isNull(HOST) ? "-" : rows.textAt(HOST)).padTo(TIME + 1 + hostWidth);
        }
        number(rows, PID, out);
        number(rows, PPID, out);
        number(rows, UID, out);
        out.plain("  ");
        long name = out.column();
        out.safe(rows.isNull(NAME) ? "-" : rows.textAt(NAME)).padTo(name + COMM);
        String age = rows.isNull(AGE_NS) ? "-" : Ages.text(rows.longAt(AGE_NS));
        paint.begin(out, Tone.FAINT);
        out.repeat(' ', AGE - age.length()).plain(age);
        paint.end(out);
        out.plain("  ");
        reason(rows, out, paint);
        out.line();
    }

    private void reason(Row rows, TextOut out, Paint paint) {
        long status = rows.isNull(STATUS) ? 0 : rows.longAt(STATUS);
        String reason = reason(rows, status);
        if (status == 0) {
            out.safe(reason);
        } else {
            paint.begin(out, (status & 127) == 0 ? Tone.FAILED : reason.startsWith("crashed") ? Tone.CRASHED : Tone.KILLED);
            out.safe(reason);
            paint.end(out);
        }
    }

    private String reason(Row rows, long status) {
        // A word says all that the reason is made of (_reason.sql), and a text costs as much to fetch as ten numbers.
        boolean word = status > 0 && status < reasons.length || status == 0 && !rows.isNull(STATUS);
        if (word && reasons[(int) status] != null) {
            return reasons[(int) status];
        }
        String reason = rows.isNull(REASON) ? "unknown" : rows.textAt(REASON);
        if (word) {
            reasons[(int) status] = reason;
        }
        return reason;
    }

    private static void number(Row rows, int column, TextOut out) {
        if (rows.isNull(column)) {
            right(out, "-");
            return;
        }
        long value = rows.longAt(column);
        if (column == UID && value == UNSET) {
            right(out, "unset");
        } else {
            out.repeat(' ', Math.max(1, NUMBER - TextOut.length(value))).number(value);
        }
    }
}
