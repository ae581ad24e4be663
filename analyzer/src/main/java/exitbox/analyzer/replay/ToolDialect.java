package exitbox.analyzer.replay;

import exitbox.analyzer.dialect.Exit;
import exitbox.analyzer.dialect.ExitTool;
import exitbox.analyzer.dialect.ToolOptions;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.session.Session;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.contract.Table;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What an exit tracer in wide use would have printed for the recorded events, its errors included: it takes the end of
/// a leader thread for the death of its process.
public final class ToolDialect implements Dialect {
    private static final int NAME = 0;
    private static final int PID = 1;
    private static final int PPID = 2;
    private static final int AGE_NS = 3;
    private static final int STATUS = 4;
    private static final int TID = 5;
    private static final int TS = 6;
    /// How many columns these are.
    static final int COLUMNS = 7;

    private final String name;
    private final ToolOptions options;
    private final Explanation explanation;
    private final Long limit;
    private final Instant now;

    /// @param explanation says where the tool is wrong; null when nobody asked
    /// @param limit the most lines, or null; only when there is an explanation, else the query is limited
    /// @param now what the headline's zone is named by when there is no event
    public ToolDialect(String name, ToolOptions options, Explanation explanation, Long limit, Instant now) {
        this.name = name;
        this.options = options;
        this.explanation = explanation;
        this.limit = limit;
        this.now = now;
    }

    @Override
    public Set<String> sources() {
        return Set.of(Table.EXITS.sqlName(), Table.THREAD_EXITS.sqlName());
    }

    @Override
    public String query(Reading reading) {
        String events = "SELECT * FROM (" + ends(Table.EXITS) + " UNION ALL " + ends(Table.THREAD_EXITS) + ")" + condition(reading);
        if (explanation != null) {
            events = explanation.query(reading, events, options);
        }
        // Columns cost more to fetch than to make: what no line needs is a constant.
        String tid = options.perThread() || explanation != null ? "tid" : "NULL::BIGINT";
        String ts = ExitTool.of(name, options, reading.zone()).timed() ? "epoch_us(ts)" : "NULL::BIGINT";
        return "SELECT comm, pid, ppid, mono_ns - start_mono_ns, word, " + tid + ", " + ts
                + (explanation == null ? "" : ", " + Explanation.COLUMNS) + " FROM (" + events + ")";
    }

    /// The ends of threads in a table, as the kernel told of them, under the same names.
    private String ends(Table table) {
        boolean processes = table == Table.EXITS;
        String start = "start_mono_ns";
        String comm = "comm";
        String word = processes ? "coalesce(leader_status, status)" : "status";
        if (options.perThread()) {
            start = "coalesce(" + (processes ? "last_start_mono_ns" : "thread_start_mono_ns") + ", start_mono_ns)";
            comm = processes ? "CASE WHEN tid = pid THEN comm ELSE last_comm END" : comm;
            word = processes ? "CASE WHEN tid = pid THEN " + word + " ELSE coalesce(last_status, status) END" : word;
        }
        return "SELECT ts, host, boot_id, boot_ns, seq, mono_ns, start_boot_ns, " + start + " AS start_mono_ns, pid, tid, ppid, " + comm
                + " AS comm, " + word + " AS word, " + (processes ? "status" : "NULL") + " AS true_status, " + processes + " AS died FROM "
                + table.sqlName() + (options.perThread() ? "" : " WHERE tid = pid");
    }

    private String condition(Reading reading) {
        List<String> all = new ArrayList<>();
        if (options.pid() != 0) {
            all.add("pid = " + options.pid());
        }
        if (options.failed() && explanation == null) {
            all.add("word <> 0");
        }
        if (options.cgroup() != null) {
            // Threads have no cgroup of their own in a recording: that of their process holds.
            String path = Session.quote(cgroup(options.cgroup()));
            all.add("(host, boot_id, pid, start_boot_ns) IN (SELECT (host, boot_id, pid, start_boot_ns) FROM " + reading.whole(Table.EXITS)
                    + " WHERE cgroup = " + path + " OR starts_with(cgroup, rtrim(" + path + ", '/') || '/'))");
        }
        return all.isEmpty() ? "" : " WHERE " + String.join(" AND ", all);
    }

    /// A cgroup's path below its mount: the tool is given the folder.
    static String cgroup(String folder) {
        String path = folder.length() > 1 && folder.endsWith("/") ? folder.substring(0, folder.length() - 1) : folder;
        for (String mount : List.of("/sys/fs/cgroup/unified", "/sys/fs/cgroup/memory", "/sys/fs/cgroup")) {
            if (path.equals(mount)) {
                return "/";
            }
            if (path.startsWith(mount + "/")) {
                return path.substring(mount.length());
            }
        }
        return path;
    }

    @Override
    public boolean limitsItself() {
        return explanation != null;
    }

    @Override
    public long write(Rows rows, TextOut out, ZoneId zone, Paint paint) {
        ExitTool tool = ExitTool.of(name, options, zone);
        Exit exit = new Exit();
        long lines = 0;
        boolean headed = false;
        while ((limit == null || lines < limit) && rows.next()) {
            read(rows, exit, tool.timed());
            if (!headed) {
                tool.header(out, exit.micros == Exit.UNKNOWN ? Window.micros(now) : exit.micros);
                headed = true;
            }
            boolean shown = tool.shows(exit);
            if (shown) {
                tool.line(exit, out);
                lines++;
            }
            if (explanation != null) {
                explanation.say(rows, tool, exit, shown, out);
            }
        }
        if (!headed) {
            tool.header(out, Window.micros(now));
        }
        return lines;
    }

    private void read(Rows rows, Exit exit, boolean timed) {
        exit.comm(rows.textAt(NAME));
        exit.pid = rows.longOr(PID, Exit.UNKNOWN);
        exit.ppid = rows.longOr(PPID, Exit.UNKNOWN);
        exit.status = rows.longOr(STATUS, Exit.UNKNOWN);
        exit.monoNs = rows.longOr(AGE_NS, Exit.UNKNOWN);
        exit.startMonoNs = 0;
        exit.tid = options.perThread() || explanation != null ? rows.longOr(TID, Exit.UNKNOWN) : exit.pid;
        exit.micros = timed ? rows.longOr(TS, Exit.UNKNOWN) : Exit.UNKNOWN;
    }
}
