package exitbox.analyzer.dialect;

import exitbox.analyzer.text.TextOut;
import java.time.ZoneId;

/// libbpf-tools' exitsnoop.
final class ExitsnoopLibbpf implements ExitTool {
    // strsignal(3) of glibc, in the C locale: the tool never sets another.
    private static final String[] SIGNALS = {"", "Hangup", "Interrupt", "Quit", "Illegal instruction", "Trace/breakpoint trap", "Aborted",
        "Bus error", "Floating point exception", "Killed", "User defined signal 1", "Segmentation fault", "User defined signal 2",
        "Broken pipe", "Alarm clock", "Terminated", "Stack fault", "Child exited", "Continued", "Stopped (signal)", "Stopped",
        "Stopped (tty input)", "Stopped (tty output)", "Urgent I/O condition", "CPU time limit exceeded", "File size limit exceeded",
        "Virtual timer expired", "Profiling timer expired", "Window changed", "I/O possible", "Power failure", "Bad system call"};
    private static final int FIRST_REAL_TIME = 34;
    private static final int LAST_REAL_TIME = 64;

    private final ToolOptions options;
    private final DayTime time;

    ExitsnoopLibbpf(ToolOptions options, ZoneId zone) {
        this.options = options;
        this.time = new DayTime(zone);
    }

    @Override
    public String name() {
        return "exitsnoop-libbpf";
    }

    @Override
    public ToolOptions options() {
        return options;
    }

    @Override
    public void header(TextOut out, long micros) {
        if (options.timestamp()) {
            out.plain("TIME(s)  ");
        }
        out.plain("PCOMM            PID     PPID    TID     AGE(s)  EXIT_CODE").line();
    }

    @Override
    public void line(Exit exit, TextOut out) {
        if (options.timestamp()) {
            time.seconds(out, exit.micros);
            out.plain(' ');
        }
        Printf.name(out, exit, 16, false);
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
            out.plain("signal ").number(signal).plain(" (");
            if (signal < SIGNALS.length) {
                out.plain(SIGNALS[signal]);
            } else if (signal >= FIRST_REAL_TIME && signal <= LAST_REAL_TIME) {
                out.plain("Real-time signal ").number(signal - FIRST_REAL_TIME);
            } else {
                out.plain("Unknown signal ").number(signal);
            }
            out.plain(')');
        }
        if ((status & 0x80) != 0) {
            out.plain(", core dumped");
        }
    }
}
