package exitbox.analyzer.replay;

import exitbox.analyzer.session.Rows;
import exitbox.analyzer.session.Session;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.Paint.Tone;
import exitbox.analyzer.text.Screen;
import exitbox.analyzer.text.TextOut;
import exitbox.analyzer.text.Timestamps;
import exitbox.schemas.contract.Table;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Set;

/// Events of several kinds, a line each: when, who, and what happened, in the words of the view `timeline`. On a terminal
/// a line ends where the screen does.
public final class EventTextDialect implements EventDialect {
    private static final int TS = 0;
    private static final int PID = 1;
    private static final int COMM = 2;
    private static final int WHAT = 3;
    private static final int TABLE = 4;
    private static final int HOST = 5;
    private static final int NUMBER = 8;
    private static final int NAME = 17;
    private static final int WIDE_ENOUGH = 110;

    private final Collection<Table> tables;
    private final int screenWidth;
    private final String condition;
    private LineHead head;

    /// @param screenWidth the terminal's columns; 0 when lines may be of any length
    /// @param condition on rows of `timeline`; "" for none
    public EventTextDialect(Collection<Table> tables, int screenWidth, String condition) {
        this.tables = tables;
        this.screenWidth = screenWidth;
        this.condition = condition;
    }

    @Override
    public Set<String> sources() {
        return Set.of("timeline");
    }

    @Override
    public String query(Collection<String> hosts) {
        head = head == null ? new LineHead(hosts, screenWidth, WIDE_ENOUGH) : head;
        return "SELECT epoch_us(ts), pid, comm, what, table_name, host FROM timeline AS event WHERE table_name IN ("
                + String.join(", ", tables.stream().map(table -> Session.quote(table.sqlName())).toList()) + ")"
                + (condition.isEmpty() ? "" : " AND " + condition);
    }

    @Override
    public long write(Rows rows, TextOut out, ZoneId zone, Paint paint) {
        head.begin();
        if (!rows.next()) {
            return 0;
        }
        header(out, zone, paint);
        line(rows, out, new Timestamps(zone), paint);
        return 1 + more(rows, out, zone, paint);
    }

    @Override
    public void header(TextOut out, ZoneId zone, Paint paint) {
        paint.begin(out, Tone.STRONG);
        head.heading(out, new Timestamps(zone));
        out.plain("     PID  COMM").padTo(out.column() + NAME - 4).plain("WHAT");
        paint.end(out);
        out.line();
    }

    @Override
    public long more(Rows rows, TextOut out, ZoneId zone, Paint paint) {
        Timestamps times = new Timestamps(zone);
        long lines = 0;
        for (; rows.next(); lines++) {
            line(rows, out, times, paint);
        }
        return lines;
    }

    private void line(Rows rows, TextOut out, Timestamps times, Paint paint) {
        head.write(rows, TS, HOST, out, times, paint);
        long pid = rows.longOr(PID, LineHead.NONE);
        if (pid == LineHead.NONE) {
            out.repeat(' ', NUMBER - 1).plain('-');
        } else {
            out.repeat(' ', Math.max(1, NUMBER - TextOut.length(Math.abs(pid)))).number(pid);
        }
        out.plain("  ");
        long name = out.column();
        String comm = rows.textAt(COMM);
        out.safe(comm == null ? "-" : comm).padTo(name + NAME - 1);
        out.plain(' ');
        String what = rows.isNull(WHAT) ? "unknown" : rows.textAt(WHAT);
        Tone tone = tone(rows.textAt(TABLE), what);
        if (tone != null) {
            paint.begin(out, tone);
        }
        long left = screenWidth - out.column();
        if (screenWidth == 0 || what.length() <= left && Screen.width(what) <= left) {
            out.safe(what);
        } else {
            out.safe(Screen.cut(what, (int) Math.max(1, left - 1))).plain("…");
        }
        if (tone != null) {
            paint.end(out);
        }
        out.line();
    }

    private static Tone tone(String table, String what) {
        return switch (table) {
            case "exits" -> what.startsWith("crashed") ? Tone.CRASHED : what.startsWith("killed") ? Tone.KILLED
                    : what.equals("exited 0") ? null : Tone.FAILED;
            case "ooms" -> Tone.KILLED;
            case "gaps", "clock_steps" -> Tone.NOTE;
            case "runs", "heartbeats", "tasks", "thread_exits" -> Tone.FAINT;
            default -> null;
        };
    }
}
