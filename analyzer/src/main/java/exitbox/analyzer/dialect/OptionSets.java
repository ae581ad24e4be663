package exitbox.analyzer.dialect;

import exitbox.analyzer.dialect.OptionSet.Choice;
import java.util.List;

/// The options of each tool. Those without a description are taken, for scripts, and change nothing.
final class OptionSets {
    private static final Choice TIMESTAMP = new Choice('t', "timestamp", null, "the time in front of each line");
    private static final Choice FAILED = new Choice('x', "failed", null, "only lines that are not 0");
    private static final Choice PID = new Choice('p', "pid", "PID", "this process only");
    private static final Choice VERBOSE = new Choice('v', "verbose", null, null);
    private static final Choice CGROUP = new Choice('c', "cgroup", "CGROUP", "only below this cgroup");

    private static final Choice TIME = new Choice('T', "time", null, "the time of day in front of each line");
    private static final Choice SINCE_START = new Choice('t', "timestamp", null, "seconds since --since, or since the recording began");
    private static final Choice FAILS = new Choice('x', "fails", null, "execs that failed too");
    private static final Choice UID = new Choice('u', "uid", "UID", "of this user only");
    private static final Choice QUOTE = new Choice('q', "quote", null, "arguments in quotes");
    private static final Choice PRINT_UID = new Choice('U', "print-uid", null, "the user id");
    private static final Choice MOST_ARGS = new Choice((char) 0, "max-args", "N", "so many arguments, the path included (20)");

    static final List<OptionSet> ALL = List.of(
            new OptionSet("exitsnoop",
                    List.of(TIMESTAMP, new Choice((char) 0, "utc", null, "the same, in UTC"),
                            new Choice((char) 0, "label", "LABEL", "a word in front of each line"), FAILED, PID,
                            new Choice((char) 0, "per-thread", null, "a line for each thread"),
                            new Choice((char) 0, "timespec", null, null)),
                    null),
            new OptionSet("exitsnoop-libbpf",
                    List.of(TIMESTAMP, FAILED, PID, new Choice('T', "threaded", null, "a line for each thread"), CGROUP, VERBOSE), null),
            new OptionSet("exitsnoop-eunomia", List.of(), null),
            new OptionSet("execsnoop",
                    List.of(TIME, SINCE_START, FAILS, UID, QUOTE, new Choice('n', "name", "RE", "whose name matches"),
                            new Choice('l', "line", "RE", "whose arguments match"), PRINT_UID,
                            new Choice('C', "print-cpu", null, "the CPU"), new Choice('M', "print-pcomm", null, "the parent's name"),
                            MOST_ARGS, new Choice('P', "ppid", "PID", "children of this process only"),
                            new Choice((char) 0, "cgroupmap", "MAP", null), new Choice((char) 0, "mntnsmap", "MAP", null)),
                    null),
            new OptionSet("execsnoop-libbpf",
                    List.of(TIME, SINCE_START, FAILS, UID, QUOTE, new Choice('n', "name", "NAME", "whose name has it"),
                            new Choice('l', "line", "LINE", "the same: the tool looks at names"), PRINT_UID, MOST_ARGS, CGROUP, VERBOSE),
                    null),
            new OptionSet("runqslower",
                    List.of(PID, new Choice('t', "tid", "TID", "this thread only"), new Choice('c', "comm", "COMM", "names that begin so"),
                            new Choice('P', "previous", null, "who had the CPU before"), VERBOSE),
                    "min_us"),
            new OptionSet("sigsnoop",
                    List.of(new Choice('x', "failed", null, "only lines whose RESULT is not 0"),
                            new Choice('k', "kill", null, "only those sent by kill, tkill and tgkill"),
                            new Choice('n', "name", null, "names of signals for numbers"), PID,
                            new Choice('s', "signal", "SIG", "these numbers only"), VERBOSE),
                    null));

    private OptionSets() {}
}
