package exitbox.analyzer.dialect;

import exitbox.analyzer.text.TextOut;
import java.time.ZoneId;

/// libbpf-tools' exitsnoop.
final class ExitsnoopLibbpf extends ExitTool {
    // strsignal(3) of glibc, in the C locale: the tool never sets another.
    private static final String[] SIGNALS = {"", "Hangup", "Interrupt", "Quit", "Illegal instruction", "Trace/breakpoint trap", "Aborted",
        "Bus error", "Floating point exception", "Killed", "User defined signal 1", "Segmentation fault", "User defined signal 2",
        "Broken pipe", "Alarm clock", "Terminated", "Stack fault", "Child exited", "Continued", "Stopped (signal)", "Stopped",
        "Stopped (tty input)", "Stopped (tty output)", "Urgent I/O condition", "CPU time limit exceeded", "File size limit exceeded",
        "Virtual timer expired", "Profiling timer expired", "Window changed", "I/O possible", "Power failure", "Bad system call"};
    private static final int FIRST_REAL_TIME = 34;
    private static final int LAST_REAL_TIME = 64;

    private final Line line = new Line();
    private final Words words = new Words(this::word);
    private final DayTime time;

    ExitsnoopLibbpf(ToolOptions options, ZoneId zone) {
        super("exitsnoop-libbpf", options);
        this.time = new DayTime(zone);
    }

    @Override
    public void header(TextOut out, long micros) {
        if (options().timestamp()) {
            out.plain("TIME(s)  ");
        }
        out.plain("PCOMM            PID     PPID    TID     AGE(s)  EXIT_CODE").line();
    }

    @Override
    public void line(Exit exit, TextOut out) {
        if (options().timestamp()) {
            time.seconds(line, exit.micros).blank();
        }
        line.name(exit, 16, false).blank().number(exit.pid, 7).blank().number(exit.ppid, 7).blank().number(exit.tid, 7).blank()
                .seconds(exit.age(), 7).blank();
        byte[] word = words.of(exit.status);
        line.raw(word, 0, word.length).end(out);
    }

    @Override
    public String word(long status) {
        if (status == Exit.UNKNOWN || (status & 0xff) == 0) {
            return Words.code(status);
        }
        int signal = (int) status & 0x7f;
        return (signal == 0 ? "" : "signal " + signal + " (" + name(signal) + ")") + ((status & 0x80) == 0 ? "" : ", core dumped");
    }

    private static String name(int signal) {
        return signal < SIGNALS.length ? SIGNALS[signal]
                : signal >= FIRST_REAL_TIME && signal <= LAST_REAL_TIME ? "Real-time signal " + (signal - FIRST_REAL_TIME)
                : "Unknown signal " + signal;
    }
}
