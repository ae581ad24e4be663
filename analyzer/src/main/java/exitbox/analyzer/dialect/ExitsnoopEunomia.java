package exitbox.analyzer.dialect;

import exitbox.analyzer.text.TextOut;
import java.time.ZoneId;

/// The exitsnoop of eunomia-bpf's tutorial, as its loader prints it. It has no options, and knows no signals:
/// whoever was killed shows as 0.
final class ExitsnoopEunomia implements ExitTool {
    private static final String HEADER = "TIME     PID     PPID    EXIT_CODE  DURATION_NS  COMM    ";
    private static final int PID = HEADER.indexOf("PID");
    private static final int PPID = HEADER.indexOf("PPID");
    private static final int EXIT_CODE = HEADER.indexOf("EXIT_CODE");
    private static final int DURATION = HEADER.indexOf("DURATION_NS");
    private static final int COMM = HEADER.indexOf("COMM");

    private final ToolOptions options;
    private final DayTime time;

    ExitsnoopEunomia(ToolOptions options, ZoneId zone) {
        this.options = options;
        this.time = new DayTime(zone);
    }

    @Override
    public String name() {
        return "exitsnoop-eunomia";
    }

    @Override
    public ToolOptions options() {
        return options;
    }

    @Override
    public void header(TextOut out, long micros) {
        out.plain(HEADER).line();
    }

    @Override
    public void line(Exit exit, TextOut out) {
        time.seconds(out, exit.micros);
        out.plain(' ');
        under(out, PID);
        Printf.number(out, exit.pid, 1);
        under(out, PPID);
        Printf.number(out, exit.ppid, 1);
        under(out, EXIT_CODE);
        word(exit.status, out);
        under(out, DURATION);
        boolean known = exit.startMonoNs != Exit.UNKNOWN && exit.monoNs != Exit.UNKNOWN;
        Printf.number(out, known ? exit.monoNs - exit.startMonoNs : Exit.UNKNOWN, 1);
        under(out, COMM);
        Printf.name(out, exit, 0, true);
        out.line();
    }

    @Override
    public void word(long status, TextOut out) {
        Printf.number(out, status == Exit.UNKNOWN ? Exit.UNKNOWN : status >> 8 & 0xff, 1);
    }

    @Override
    public boolean tells(long status) {
        return (status & 0xff) == 0;
    }

    // Up to the column of the headline, or one blank when the line is there already: so a PID stands a column too far right.
    private static void under(TextOut out, int column) {
        out.repeat(' ', (int) Math.max(1, column - out.column()));
    }
}
