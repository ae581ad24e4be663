package exitbox.analyzer.dialect;

import exitbox.analyzer.Failure;
import exitbox.analyzer.filter.Cgroups;
import exitbox.analyzer.session.Row;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.contract.Table;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/// What the two execsnoops have in common: they look at the system call execve, and read its arguments at its entry.
abstract sealed class ExecTool extends EventTool permits Execsnoop, ExecsnoopLibbpf {
    private static final int COMM = 0;
    private static final int PID = 1;
    private static final int TID = 2;
    private static final int PPID = 3;
    private static final int RET = 4;
    private static final int TS = 5;
    private static final int UID = 6;
    private static final int CPU = 7;
    private static final int PARENT = 8;
    private static final int ARGUMENTS = 9;
    private static final byte[] BY_FD = "/dev/fd/".getBytes(StandardCharsets.US_ASCII);

    final Line line = new Line();
    final DayTime time;
    final ExecArguments exec;
    final Given given;
    final long most;
    private final boolean cutsAtTheLimit;
    private final int argumentBytes;

    /// @param most the most arguments one can ask for, the path included
    /// @param cutsAtTheLimit whether as many arguments as fit count as cut off
    /// @param argumentBytes how much of an argument it reads
    ExecTool(String name, Given given, ZoneId zone, int most, boolean cutsAtTheLimit, int argumentBytes) {
        super(name);
        this.given = given;
        this.time = new DayTime(zone);
        this.most = given.number("max-args", "number of arguments", cutsAtTheLimit ? 0 : 1, most, 20);
        this.exec = new ExecArguments((int) this.most);
        this.cutsAtTheLimit = cutsAtTheLimit;
        this.argumentBytes = argumentBytes;
    }

    @Override
    public final Table table() {
        return Table.EXECS;
    }

    @Override
    public final List<String> columns() {
        List<String> columns = new ArrayList<>(List.of("comm", "pid", "tid", "ppid", "coalesce(ret, 0)", "epoch_us(ts)", "uid", "cpu",
                "parent_comm"));
        columns.addAll(exec.columns());
        return columns;
    }

    @Override
    public final String condition() {
        List<String> all = new ArrayList<>();
        if (!given.has("fails")) {
            all.add("coalesce(ret, 0) = 0");
        }
        if (uid() >= 0) {
            all.add("uid = " + uid());
        }
        if (given.has("ppid")) {
            all.add("ppid = " + given.number("ppid", "process id", 0, Integer.MAX_VALUE, 0));
        }
        if (given.has("cgroup")) {
            all.add(Cgroups.below(List.of(given.text("cgroup"))));
        }
        return and(all);
    }

    /// The user whose execs are shown; -1 for everybody's.
    long uid() {
        if (!given.has("uid")) {
            return -1;
        }
        String user = given.text("uid");
        if (!user.isEmpty() && !Character.isDigit(user.charAt(0)) && user.charAt(0) != '-') {
            if (user.equals("root")) {
                return 0;
            }
            throw Failure.usage(given.typed("uid") + " " + user + ": names of users are this machine's, the recording has numbers — give"
                    + " what id -u " + user + " says where it was made");
        }
        return given.number("uid", "user id", 0, 4_294_967_294L, -1);
    }

    @Override
    public final String recorderOption() {
        return given.has("fails") ? "--failed-execs" : null;
    }

    @Override
    public final boolean line(Row row, long startMicros, TextOut out) {
        exec.read(row, ARGUMENTS);
        String comm = row.textAt(COMM);
        if (!shows(Line.unescaped(comm))) {
            return false;
        }
        long micros = row.longOr(TS, Exit.UNKNOWN);
        if (given.has("time")) {
            time.seconds(line, micros).blank();
        }
        if (given.has("timestamp")) {
            line.sinceStart(micros == Exit.UNKNOWN ? micros : micros - startMicros, 8);
        }
        if (given.has("print-uid")) {
            line.number(row.longOr(UID, Exit.UNKNOWN), 6);
        }
        line.name(comm, 16).blank();
        numbers(row.longOr(PID, Exit.UNKNOWN), row.textAt(PARENT), row.longOr(PPID, Exit.UNKNOWN), row.longOr(CPU, Exit.UNKNOWN));
        line.right(row.longOr(RET, Exit.UNKNOWN), 3).blank();
        arguments();
        line.end(out);
        return true;
    }

    /// Whether its own filters let this exec pass; it has been read.
    abstract boolean shows(byte[] comm);

    /// Writes what stands between name and RET.
    abstract void numbers(long pid, String parent, long ppid, long cpu);

    /// Writes ARGS.
    abstract void arguments();

    /// Whether it loses the exec of a thread that does not lead its process.
    abstract boolean losesThreads();

    @Override
    public final String wrong(Row row) {
        if (startsWith(exec.path(), BY_FD)) {
            return "printed nothing; this was execveat, a call it does not look at";
        }
        if (losesThreads() && row.longOr(TID, Exit.UNKNOWN) != row.longOr(PID, Exit.UNKNOWN)) {
            return "printed nothing; a thread that does not lead its process called execve, and came back as the leader";
        }
        if (!exec.kept()) {
            return null;
        }
        if (exec.none()) {
            return "printed what stood in memory behind the arguments: there were none, not even a name";
        }
        List<String> all = new ArrayList<>();
        if (exec.count() > most - 1) {
            all.add("left out " + (exec.count() - Math.max(0, most - 1)) + " of " + exec.count() + " arguments");
        } else if (cutsAtTheLimit && exec.count() == most - 1) {
            all.add("ended the arguments in ..., and there are no more");
        }
        long cut = exec.arguments().stream().limit(Math.max(0, most - 1)).filter(argument -> argument.length > argumentBytes).count();
        if (cut > 0 || exec.path().length > argumentBytes) {
            all.add((cut == 0 ? "cut the path off" : "cut " + (cut == 1 ? "an argument" : cut + " arguments") + " off") + " behind "
                    + argumentBytes + " bytes");
        }
        return all.isEmpty() ? null : String.join(", ", all);
    }

    private static boolean startsWith(byte[] text, byte[] start) {
        if (text.length < start.length) {
            return false;
        }
        for (int i = 0; i < start.length; i++) {
            if (text[i] != start[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String caution() {
        return name() + " reads arguments when execve begins: those in memory that was not there yet it would have left blank, which no"
                + " recording can tell";
    }

    static byte[] upTo(byte[] text, int bytes) {
        return text.length <= bytes ? text : java.util.Arrays.copyOf(text, bytes);
    }
}
