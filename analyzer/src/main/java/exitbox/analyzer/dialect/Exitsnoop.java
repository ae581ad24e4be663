package exitbox.analyzer.dialect;

import exitbox.analyzer.text.TextOut;
import java.time.ZoneId;
import java.time.ZoneOffset;

/// bcc's exitsnoop (tools/exitsnoop.py, from 0.25 on).
final class Exitsnoop implements ExitTool {
    // Python's names: those that are SIG and letters. 10, 12 and most of the real-time ones have a digit.
    private static final String[] SIGNALS = new String[128];

    static {
        String[] names = {"HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", null, "SEGV", null, "PIPE", "ALRM", "TERM",
            "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "POLL", "PWR",
            "SYS"};
        System.arraycopy(names, 0, SIGNALS, 1, names.length);
        SIGNALS[34] = "RTMIN";
        SIGNALS[64] = "RTMAX";
    }

    private final ToolOptions options;
    private final DayTime time;
    private final String label;
    private final int labelPad;

    Exitsnoop(ToolOptions options, ZoneId zone) {
        this.options = options;
        this.time = new DayTime(options.utc() ? ZoneOffset.UTC : zone);
        this.label = "".equals(options.label()) ? "exit" : options.label();
        this.labelPad = label == null ? 0 : 6 - label.codePointCount(0, label.length());
    }

    @Override
    public String name() {
        return "exitsnoop";
    }

    @Override
    public ToolOptions options() {
        return options;
    }

    @Override
    public void header(TextOut out, long micros) {
        if (options.timestamp()) {
            String title = "TIME-" + time.abbreviation(micros);
            out.plain(title).repeat(' ', 13 - title.length());
        }
        if (label != null) {
            out.plain("LABEL ");
        }
        out.plain("PCOMM            PID     PPID    TID     AGE(s)  EXIT_CODE ").line();
    }

    @Override
    public void line(Exit exit, TextOut out) {
        if (options.timestamp()) {
            time.millis(out, exit.micros);
            out.plain(' ');
        }
        if (label != null) {
            out.safe(label).repeat(' ', labelPad);
        }
        Printf.name(out, exit, 16, true);
        out.plain(' ');
        Printf.number(out, exit.pid, 7);
        out.plain(' ');
        Printf.number(out, exit.ppid, 7);
        out.plain(' ');
        Printf.number(out, exit.tid, 7);
        out.plain(' ');
        Reason.age(exit, out);
        word(exit.status, out);
        out.line();
    }

    @Override
    public void word(long status, TextOut out) {
        if ((status & 0xff) == 0 || status == Exit.UNKNOWN) {
            Reason.code(status, out);
            return;
        }
        int signal = (int) status & 0x7f;
        if (signal != 0) {
            String name = SIGNALS[signal];
            out.plain("signal ").number(signal).plain(" (").plain(name == null ? "unknown" : name).plain(')');
        }
        if ((status & 0x80) != 0) {
            out.plain(", core dumped ");
        }
    }
}
