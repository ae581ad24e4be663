package exitbox.analyzer.dialect;

import exitbox.analyzer.text.Screen;
import exitbox.analyzer.text.TextOut;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;

/// bcc's exitsnoop (tools/exitsnoop.py, from 0.25 on).
final class Exitsnoop extends ExitTool {
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

    private static final int LABEL = 6;

    private final Line line = new Line();
    private final Words words = new Words(this::word);
    private final DayTime time;
    // As it stands in each line; empty without.
    private final byte[] label;

    Exitsnoop(ToolOptions options, ZoneId zone) {
        super("exitsnoop", options);
        this.time = new DayTime(options.utc() ? ZoneOffset.UTC : zone);
        String text = "".equals(options.label()) ? "exit" : options.label();
        this.label = text == null ? new byte[0]
                : (Screen.safe(text) + " ".repeat(Math.max(0, LABEL - text.codePointCount(0, text.length()))))
                        .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void header(TextOut out, long micros) {
        if (options().timestamp()) {
            String title = "TIME-" + time.abbreviation(micros);
            out.plain(title).repeat(' ', 13 - title.length());
        }
        if (label.length > 0) {
            out.plain("LABEL ");
        }
        out.plain("PCOMM            PID     PPID    TID     AGE(s)  EXIT_CODE ").line();
    }

    @Override
    public void line(Exit exit, TextOut out) {
        if (options().timestamp()) {
            time.millis(line, exit.micros).blank();
        }
        line.raw(label, 0, label.length).name(exit, 16, true).blank().number(exit.pid, 7).blank().number(exit.ppid, 7).blank()
                .number(exit.tid, 7).blank().seconds(exit.age(), 7).blank();
        byte[] word = words.of(exit.status);
        line.raw(word, 0, word.length).end(out);
    }

    @Override
    public String word(long status) {
        if (status == Exit.UNKNOWN || (status & 0xff) == 0) {
            return Words.code(status);
        }
        int signal = (int) status & 0x7f;
        String name = SIGNALS[signal] == null ? "unknown" : SIGNALS[signal];
        return (signal == 0 ? "" : "signal " + signal + " (" + name + ")") + ((status & 0x80) == 0 ? "" : ", core dumped ");
    }
}
