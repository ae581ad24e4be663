package exitbox.analyzer.replay;

import exitbox.analyzer.dialect.Exit;
import exitbox.analyzer.dialect.ExitTool;
import exitbox.analyzer.dialect.ToolOptions;
import exitbox.analyzer.filter.Signals;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.text.Ages;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.contract.Table;

/// A line on standard error for each event where a tool's word is not the truth, and why. What it leaves out is told
/// too. A death that the tool shows less than a hundredth of a second early, the rounding of its AGE, counts as right.
public final class Explanation {
    /// The columns that [#query] adds, behind the dialect's own.
    static final String COLUMNS = "died, true_status, later_ns, led_again, host";

    // Behind the dialect's own columns.
    private static final int DIED = ToolDialect.COLUMNS;
    private static final int TRUE_STATUS = DIED + 1;
    private static final int LATER_NS = DIED + 2;
    private static final int LED_AGAIN = DIED + 3;
    private static final int HOST = DIED + 4;
    private static final long EARLY = 10_000_000;
    private static final String IDENTITY = "host, boot_id, pid, start_boot_ns";

    private static final String LOST_CORE = ": only the thread that crashed has the core's bit";

    private final TextOut err;
    private final boolean together;
    private boolean severalHosts;

    /// @param together whether lines and explanations meet on one terminal, so that they have to be written in turn
    public Explanation(TextOut err, boolean together) {
        this.err = err;
        this.together = together;
    }

    /// Adds to the events what became of each: the whole recording is asked, not the window alone.
    String query(Reading reading, String events, ToolOptions options) {
        severalHosts = reading.hosts().size() > 1;
        // A leader that ends twice left a process that went on under another one: a thread's execve.
        String leaders = "SELECT " + IDENTITY + ", max(boot_ns) AS last_ns FROM " + reading.whole(Table.THREAD_EXITS)
                + " WHERE tid = pid GROUP BY ALL";
        String deaths = "SELECT " + IDENTITY + ", any_value(tid) AS tid, any_value(status) AS status, max(boot_ns) AS boot_ns FROM "
                + reading.whole(Table.EXITS) + " SEMI JOIN thread_exits USING (" + IDENTITY + ") GROUP BY ALL";
        String told =
                "SELECT e.* EXCLUDE (true_status), coalesce(e.true_status, d.status) AS true_status, d.boot_ns - e.boot_ns AS later_ns,"
                        + " coalesce(l.last_ns > e.boot_ns, false) OR coalesce(d.tid = d.pid, false) AS led_again FROM (" + events + ") e"
                        + " LEFT JOIN (" + deaths + ") d USING (" + IDENTITY + ") LEFT JOIN (" + leaders + ") l USING (" + IDENTITY + ")";
        if (!options.perThread()) {
            // Deaths of which the tool saw nothing: the leader had left before the recording began.
            told += " UNION ALL BY NAME SELECT ts, " + IDENTITY + ", boot_ns, seq, mono_ns, start_mono_ns, tid, ppid, comm, NULL AS word,"
                    + " true AS died, status AS true_status, 0 AS later_ns, false AS led_again FROM exits ANTI JOIN (" + leaders
                    + ") l USING (" + IDENTITY + ") WHERE tid <> pid" + (options.pid() == 0 ? "" : " AND pid = " + options.pid());
        }
        return options.failed() ? "SELECT * FROM (" + told + ") WHERE coalesce(word, 0) <> 0 OR coalesce(true_status, 0) <> 0" : told;
    }

    /// Explains the event the rows stand at, if there is something to explain.
    void say(Rows rows, ExitTool tool, Exit exit, boolean shown, TextOut out) {
        String why = why(rows, tool, exit, shown);
        if (why == null) {
            return;
        }
        if (together) {
            out.flush();
        }
        if (severalHosts) {
            err.safe(rows.textAt(HOST)).plain(": ");
        }
        err.plain("pid ").number(exit.pid).plain(" ").safe(exit.name()).plain(": ").plain(tool.name());
        if (shown) {
            err.plain(" printed ").plain(tool.word(exit.status).strip());
        } else {
            err.plain(tool.options().failed() ? " -x printed nothing" : " printed nothing");
        }
        err.plain("; ").plain(why).line();
        if (together) {
            err.flush();
        }
    }

    private static String why(Rows rows, ExitTool tool, Exit exit, boolean shown) {
        boolean known = !rows.isNull(TRUE_STATUS);
        long truth = known ? rows.longAt(TRUE_STATUS) : 0;
        long later = rows.isNull(LATER_NS) ? 0 : rows.longAt(LATER_NS);
        if (exit.status == Exit.UNKNOWN) {
            return rows.longAt(DIED) == 0 || exit.tid == exit.pid ? null
                    : "the process died " + words(truth) + ": its leader thread had left before, unseen by this recording";
        }
        if (exit.tid != exit.pid) {
            return null;
        }
        if (rows.longAt(DIED) != 0) {
            return truth == exit.status ? tool.tells(truth) ? null : mute(truth)
                    : "the process died " + words(truth) + (lostCore(truth, exit) ? LOST_CORE : ": another of its threads decided that");
        }
        if (rows.longAt(LED_AGAIN) != 0) {
            return !shown ? null : "nothing died: another of its threads called execve, and the process lived on"
                    + (known ? " for " + Ages.text(later) + " more, until it died " + words(truth) : "");
        }
        if (!known) {
            return "the process lived on: its leader thread left first, and no death of it is in this recording";
        }
        if (truth == exit.status && later < EARLY) {
            return tool.tells(truth) ? null : mute(truth);
        }
        return "the process died " + Ages.text(later) + " later " + words(truth)
                + (lostCore(truth, exit) ? LOST_CORE : ": its leader thread left first");
    }

    private static boolean lostCore(long truth, Exit exit) {
        return truth == (exit.status | 0x80) && (truth & 0x7f) != 0;
    }

    private static String mute(long truth) {
        return "the process died " + words(truth) + ": the tool knows no signals";
    }

    private static String words(long status) {
        long signal = status & 0x7f;
        String core = (status & 0x80) != 0 ? ", core dumped" : "";
        return signal == 0 ? "with code " + (status >> 8 & 0xff) : "of " + Signals.name((int) signal) + core;
    }
}
