package exitbox.analyzer.replay;

import exitbox.analyzer.Notices;
import exitbox.analyzer.dialect.EventTool;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.recording.Boots;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.session.Session;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.contract.Table;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What a tracer of execs, waits or signals would have printed for the recorded events, and those it would have missed.
public final class EventToolDialect implements Dialect {
    private final EventTool tool;
    private final TextOut explanations;
    private final boolean together;
    private final Notices notices;
    private final Long limit;
    private long startMicros;

    /// @param explanations where a line goes to for each event that the tool is not right about; null when nobody asked
    /// @param together whether lines and explanations meet on one terminal, so that they have to be written in turn
    /// @param limit the most lines, or null
    public EventToolDialect(EventTool tool, TextOut explanations, boolean together, Notices notices, Long limit) {
        this.tool = tool;
        this.explanations = explanations;
        this.together = together;
        this.notices = notices;
        this.limit = limit;
    }

    @Override
    public Set<String> sources() {
        return Set.of(tool.table().sqlName());
    }

    @Override
    public String query(Reading reading) {
        startMicros = start(reading);
        noteRecorder(reading);
        if (tool.caution() != null && explanations != null) {
            notices.note(tool.caution());
        }
        List<String> columns = new ArrayList<>(tool.columns());
        if (explanations != null) {
            columns.addAll(List.of("pid", "comm"));
        }
        return "SELECT " + String.join(", ", columns) + " FROM " + tool.table().sqlName()
                + (tool.condition().isEmpty() ? "" : " WHERE " + tool.condition());
    }

    /// When the tool would have been started: with the window, or with the recording.
    private static long start(Reading reading) {
        return reading.span().since() != null ? Window.micros(reading.span().since())
                : reading.boots().stream().mapToLong(Boots.Boot::firstMicros).min().orElse(0);
    }

    private void noteRecorder(Reading reading) {
        String option = tool.recorderOption();
        if (option == null) {
            return;
        }
        try (Rows rows = reading.session().query("SELECT count(*) FROM " + reading.whole(Table.RUNS) + " WHERE event <> 'stop' AND NOT "
                + "list_contains(list_transform(options, lambda option: split_part(option, '=', 1)), " + Session.quote(option) + ")",
                false)) {
            rows.next();
            if (rows.longAt(0) > 0) {
                notices.note(switch (option) {
                    case "--failed-execs" -> "execs that failed were not recorded all the time — record with --failed-execs";
                    case "--runq-min" -> "waits for a CPU were not recorded all the time — record with --runq-min 10ms";
                    default ->
                            "of signals only some were recorded all the time: HUP, INT, QUIT, ABRT, TERM, KILL, XCPU and those that killed"
                                    + " — record with --signals all";
                });
            }
        }
    }

    @Override
    public boolean limitsItself() {
        return true;
    }

    @Override
    public long write(Rows rows, TextOut out, ZoneId zone, Paint paint) {
        tool.header(out);
        long lines = 0;
        int who = tool.columns().size();
        while ((limit == null || lines < limit) && rows.next()) {
            if (!tool.line(rows, startMicros, out)) {
                continue;
            }
            lines++;
            String wrong = explanations == null ? null : tool.wrong(rows);
            if (wrong != null) {
                explain(rows, who, wrong, out);
            }
        }
        return lines;
    }

    private void explain(Rows rows, int who, String wrong, TextOut out) {
        if (together) {
            out.flush();
        }
        String comm = rows.textAt(who + 1);
        explanations.plain("pid ").number(rows.longOr(who, 0)).plain(" ").safe(comm == null ? "-" : comm).plain(": ").plain(tool.name())
                .plain(" ").safe(wrong).line();
        if (together) {
            explanations.flush();
        }
    }
}
