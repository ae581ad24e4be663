package exitbox.analyzer.dialect;

import exitbox.analyzer.session.Row;
import exitbox.analyzer.session.Session;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.contract.Table;
import exitbox.schemas.text.Escape;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/// libbpf-tools' runqslower.
final class Runqslower extends EventTool {
    private static final int TS = 0;
    private static final int COMM = 1;
    private static final int TID = 2;
    private static final int MICROS = 3;
    private static final int PREV_COMM = 4;
    private static final int PREV_TID = 5;
    private static final long DEFAULT_MICROS = 10_000;

    private final Line line = new Line();
    private final DayTime time;
    private final Given given;
    private final long leastMicros;

    Runqslower(Given given, ZoneId zone) {
        super("runqslower");
        this.given = given;
        this.time = new DayTime(zone);
        this.leastMicros = given.number("min_us", "number of microseconds", 1, Integer.MAX_VALUE, DEFAULT_MICROS);
    }

    @Override
    public Table table() {
        return Table.RUNQS;
    }

    @Override
    public List<String> columns() {
        return List.of("epoch_us(ts)", "comm", "tid", "waited_ns // 1000", "prev_comm", "prev_tid");
    }

    @Override
    public String condition() {
        List<String> all = new ArrayList<>();
        all.add("waited_ns // 1000 > " + leastMicros);
        if (given.has("pid")) {
            all.add("pid = " + given.number("pid", "process id", 1, Integer.MAX_VALUE, 0));
        }
        if (given.has("tid")) {
            all.add("tid = " + given.number("tid", "thread id", 1, Integer.MAX_VALUE, 0));
        }
        if (given.has("comm")) {
            byte[] start = ExecTool.upTo(given.text("comm").getBytes(StandardCharsets.UTF_8), 15);
            all.add("starts_with(comm, " + Session.quote(Escape.escape(start)) + ")");
        }
        return and(all);
    }

    @Override
    public void header(TextOut out) {
        out.plain("Tracing run queue latency higher than ").number(leastMicros).plain(" us").line();
        out.plain("TIME     COMM             TID           LAT(us)").plain(given.has("previous") ? " PREV COMM        PREV TID" : "")
                .line();
    }

    @Override
    public boolean line(Row row, long startMicros, TextOut out) {
        time.seconds(line, row.longOr(TS, Exit.UNKNOWN)).blank().name(row.textAt(COMM), 16).blank().number(row.longOr(TID, Exit.UNKNOWN), 6)
                .blank().right(row.longOr(MICROS, Exit.UNKNOWN), 14);
        if (given.has("previous")) {
            line.blank().name(row.textAt(PREV_COMM), 16).blank().number(row.longOr(PREV_TID, Exit.UNKNOWN), 6);
        }
        line.end(out);
        return true;
    }

    @Override
    public String wrong(Row row) {
        return null;
    }

    @Override
    public String recorderOption() {
        return "--runq-min";
    }
}
