package exitbox.analyzer.dialect;

import exitbox.analyzer.text.TextOut;
import java.time.ZoneId;

/// The exitsnoop of eunomia-bpf's tutorial, as its loader prints it. It has no options, and knows no signals:
/// whoever was killed shows as 0.
final class ExitsnoopEunomia extends ExitTool {
    private static final String HEADER = "TIME     PID     PPID    EXIT_CODE  DURATION_NS  COMM    ";
    private static final int PID = HEADER.indexOf("PID");
    private static final int PPID = HEADER.indexOf("PPID");
    private static final int EXIT_CODE = HEADER.indexOf("EXIT_CODE");
    private static final int DURATION = HEADER.indexOf("DURATION_NS");
    private static final int COMM = HEADER.indexOf("COMM");

    private final Line line = new Line();
    private final Words words = new Words(this::word);
    private final DayTime time;

    ExitsnoopEunomia(ToolOptions options, ZoneId zone) {
        super("exitsnoop-eunomia", options);
        this.time = new DayTime(zone);
    }

    @Override
    public void header(TextOut out, long micros) {
        out.plain(HEADER).line();
    }

    @Override
    public void line(Exit exit, TextOut out) {
        time.seconds(line, exit.micros).blank();
        under(PID).number(exit.pid, 1);
        under(PPID).number(exit.ppid, 1);
        byte[] word = words.of(exit.status);
        under(EXIT_CODE).raw(word, 0, word.length);
        under(DURATION).number(exit.age(), 1);
        under(COMM).name(exit, 0, true).end(out);
    }

    @Override
    public String word(long status) {
        return status == Exit.UNKNOWN ? "-" : Long.toString(status >> 8 & 0xff);
    }

    @Override
    public boolean tells(long status) {
        return (status & 0xff) == 0;
    }

    @Override
    public boolean timed() {
        return true;
    }

    // Up to the column of the headline, or one blank when the line is there already: so a PID stands a column too far right.
    private Line under(int column) {
        return line.blanks(Math.max(1, column - line.size()));
    }
}
