package exitbox.analyzer.dialect;

import exitbox.analyzer.Failure;
import exitbox.analyzer.session.Row;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.contract.Table;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/// libbpf-tools' sigsnoop.
final class Sigsnoop extends EventTool {
    private static final int TS = 0;
    private static final int PID = 1;
    private static final int COMM = 2;
    private static final int SIGNAL = 3;
    private static final int TARGET = 4;
    private static final int TARGET_COMM = 5;
    private static final int SENDER = 6;
    private static final int SENDER_COMM = 7;
    private static final int CAUSE = 8;
    private static final int RESULT = 9;
    private static final int PROCESS = 10;
    private static final String[] NAMES = {"N/A", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
        "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH",
        "IO", "PWR", "SYS"};
    private static final int LAST_SIGNAL = 64;
    private static final String[] RESULTS = {"", "was ignored", "found one of its kind waiting already, and was dropped",
        "was lost for want of memory", "went without its siginfo, for want of memory"};

    private final Line line = new Line();
    private final DayTime time;
    private final Given given;

    Sigsnoop(Given given, ZoneId zone) {
        super("sigsnoop");
        this.given = given;
        this.time = new DayTime(zone);
    }

    @Override
    public Table table() {
        return Table.SIGNALS;
    }

    @Override
    public List<String> columns() {
        // With -k the tool looks at calls, which name a process, or a thread.
        String target = given.has("kill") ? "CASE WHEN thread_directed THEN tid ELSE pid END" : "tid";
        return List.of("epoch_us(ts)", "coalesce(current_pid, sender_pid)", "coalesce(current_comm, sender_comm)", "signal", target, "comm",
                "sender_pid", "sender_comm", "cause", "result", "pid");
    }

    @Override
    public String condition() {
        List<String> all = new ArrayList<>();
        if (given.has("kill")) {
            all.add("si_code IN (0, -6) AND cause IN ('user', 'self')");
        }
        if (given.has("failed")) {
            // What it takes for the result is siginfo's errno, which hardly any signal has.
            all.add("false");
        }
        if (given.has("pid")) {
            all.add("coalesce(current_pid, sender_pid) = " + given.number("pid", "process id", 1, Integer.MAX_VALUE, 0));
        }
        if (given.has("signal")) {
            List<String> numbers = new ArrayList<>();
            for (String signal : given.text("signal").split(",")) {
                if (!signal.matches("[1-9]|[12][0-9]|3[01]")) {
                    throw Failure.usage(given.typed("signal") + " " + given.text("signal")
                            + ": no such signal — sigsnoop takes numbers from 1 to 31; by name: --signal KILL in front of --as");
                }
                numbers.add(signal);
            }
            all.add("signal IN (" + String.join(", ", numbers) + ")");
        }
        return and(all);
    }

    @Override
    public void header(TextOut out) {
        out.plain("TIME     PID     COMM             SIG          TPID    TCOMM            RESULT").line();
    }

    @Override
    public boolean line(Row row, long startMicros, TextOut out) {
        time.seconds(line, row.longOr(TS, Exit.UNKNOWN)).blank().number(row.longOr(PID, Exit.UNKNOWN), 7).blank()
                .name(row.textAt(COMM), 16).blank();
        long signal = row.longOr(SIGNAL, Exit.UNKNOWN);
        if (given.has("name") && signal >= 0 && signal <= LAST_SIGNAL) {
            String name = signal == 0 ? NAMES[0] : signal < NAMES.length ? "SIG" + NAMES[(int) signal] : "SIGNAL-" + signal;
            line.text(name).blanks(12 - name.length());
        } else {
            line.number(signal, 12);
        }
        line.blank().number(row.longOr(TARGET, Exit.UNKNOWN), 7).blank().name(row.textAt(TARGET_COMM), 16).blank().number(0, 6).end(out);
        return true;
    }

    @Override
    public String wrong(Row row) {
        List<String> all = new ArrayList<>();
        long shown = row.longOr(PID, Exit.UNKNOWN);
        long sender = row.longOr(SENDER, Exit.UNKNOWN);
        String cause = row.textAt(CAUSE);
        if (sender == Exit.UNKNOWN && cause != null) {
            all.add("named " + shown + " as the sender, which only happened to run; no process sent it: " + cause);
        } else if (sender != Exit.UNKNOWN && sender != shown) {
            String comm = row.textAt(SENDER_COMM);
            all.add("named " + shown + " as the sender; it was " + sender + (comm == null ? "" : " " + comm));
        }
        long result = row.longOr(RESULT, 0);
        if (result > 0 && result < RESULTS.length) {
            all.add("showed RESULT 0; the signal " + RESULTS[(int) result]);
        }
        if (row.longOr(TARGET, Exit.UNKNOWN) != row.longOr(PROCESS, Exit.UNKNOWN)) {
            all.add("showed a thread as TPID; its process is " + row.longOr(PROCESS, Exit.UNKNOWN));
        }
        return all.isEmpty() ? null : String.join("; ", all);
    }

    @Override
    public String caution() {
        return given.has("failed")
                ? "sigsnoop takes siginfo's errno for the result of a signal, and that is 0: -x shows nothing, whatever failed"
                : null;
    }

    @Override
    public String recorderOption() {
        return "--signals";
    }
}
