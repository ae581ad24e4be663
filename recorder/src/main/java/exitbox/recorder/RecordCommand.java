package exitbox.recorder;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options of `exitbox record`.
@Command(name = "exitbox record", sortOptions = false, usageHelpWidth = 96, customSynopsis = "exitbox record [OPTIONS] [-- COMMAND ARG...]",
        description = {
            "Records every process death of this machine, and what led to it: execs, forks, signals and",
            "who sent them, OOM kills. Until Ctrl-C, SIGTERM or --duration.", "",
            "With COMMAND: only COMMAND and all that it starts, until it dies.", ""},
        footer = {"",
            "-p, -x, --comm, --uid and --cgroup choose deaths; what they leave out is counted, and execs,",
            "forks and signals stay whole. Files are sealed as Parquet at each rotation and at the",
            "end; exitbox replay and exitbox sql read them, also while the recorder runs. SIGHUP rotates.",
            "A second Ctrl-C stops at once: what is spooled is sealed by the next start, as after a crash.", "",
            "COMMAND runs as it would without exitbox: same terminal, streams, environment, limits. HUP,",
            "INT, QUIT, TERM, USR1 and USR2 are passed on to it. Descendants that outlive it, daemons say,",
            "are not waited for. --duration ends the recording, not COMMAND. Exit status then: COMMAND's,",
            "128 and the signal's number when it was killed, 127 not found, 126 not executable, 125 for",
            "every failure of exitbox's own.", "",
            "Exit status: 0 done, 2 usage, 70 BPF refused, 73 cannot create, 74 cannot write,",
            "77 not privileged."})
final class RecordCommand {
    @Option(names = {"-d", "--dir"}, paramLabel = "DIR", description = {
        "Folder of the recording; made when missing. (default: $EXITBOX_DIR,",
        "else /var/lib/exitbox for root, else exitbox-recording here)"})
    Path dir;

    @Option(names = "--config", paramLabel = "FILE", description = {
        "Read options from this file, such as /etc/exitbox.conf: lines", "keep-size=10G. Those of the command line win."})
    Path config;

    @Option(names = "--duration", paramLabel = "TIME", description = "Stop after this time: 90s, 15m, 8h.",
            converter = Converters.OfDuration.class)
    Duration duration;

    @Option(names = "--rotate-every", paramLabel = "TIME", defaultValue = "15m", converter = Converters.OfDuration.class, description = {
        "Seal files at least this often, and at midnight UTC. (default: 15m)"})
    Duration rotateEvery;

    @Option(names = "--rotate-size", paramLabel = "SIZE", defaultValue = "64M", converter = Converters.OfBytes.class, description = {
        "Seal files when the open spool has this size. (default: 64M)"})
    long rotateSize;

    @Option(names = "--keep", paramLabel = "TIME", converter = Converters.OfDuration.class, description = {
        "Delete sealed files of which nothing is younger: 7d. (default: never)"})
    Duration keep;

    @Option(names = "--keep-size", paramLabel = "SIZE", converter = Converters.OfBytes.class, description = {
        "Let all below DIR take no more than this: 10G. The oldest sealed", "files are deleted. (default: no limit)"})
    Long keepSize;

    @Option(names = "--keep-free", paramLabel = "SIZE", defaultValue = "10%", converter = Converters.OfKeepFree.class, description = {
        "Leave this much of the file system to others: 5G, 10%%, 0.", "(default: 10%%)"})
    KeepFree keepFree;

    @Option(names = "--on-full", paramLabel = "POLICY", defaultValue = "stop", converter = Converters.OfOnFull.class, description = {
        "When there is no more room: stop (seal, write why, end with 74),",
        "count-only (stay, count what happens as a known loss, go on when",
        "there is room) or drop-oldest (delete the oldest sealed files, no", "more than it takes; none left: count-only). (default: stop)"})
    OnFull onFull;

    @Option(names = {"-p",
        "--pid"}, paramLabel = "PID", description = "Only the death of this process.", converter = Converters.OfPid.class)
    Integer pid;

    @Option(names = {"-x", "--failed"}, description = "Only deaths with a status other than 0.")
    boolean failed;

    @Option(names = "--comm", paramLabel = "RE", description = "Only deaths of processes whose name matches, anywhere in it.",
            converter = Converters.OfPattern.class)
    Pattern comm;

    @Option(names = "--uid", paramLabel = "UID", description = "Only deaths of this user's processes.", converter = Converters.OfUid.class)
    Long uid;

    @Option(names = "--cgroup", paramLabel = "PATH", description = "Only deaths in this cgroup (its folder) and below it.")
    Path cgroup;

    @Option(names = "--tree", paramLabel = "PID", converter = Converters.OfPid.class, description = {
        "Only this living process and all its descendants, those it has and",
        "those to come; stops when the last of them has died."})
    Integer tree;

    @Option(names = "--user", paramLabel = "NAME", description = {
        "Run COMMAND as this user, with the user's groups and HOME, and",
        "none of root's rights. (default: as whoever calls, under sudo root)"})
    String user;

    @Option(names = "--threads", description = {
        "Record every thread's end, not only leaders that leave early, and", "every thread's beginning."})
    boolean threads;

    @Mixin
    final RecordedEvents events = new RecordedEvents();

    @Option(names = "--ring-size", paramLabel = "SIZE", defaultValue = "32M", converter = Converters.OfBytes.class, description = {
        "The kernel's buffer for deaths: what it holds while the recorder", "cannot run. (default: 32M)"})
    long ringSize;

    @Option(names = "--sync-every", paramLabel = "TIME", defaultValue = "1s", converter = Converters.OfDuration.class, description = {
        "Bring the spool to the disk this often: what a power cut can take. (default: 1s)"})
    Duration syncEvery;

    @Option(names = "--seal-key", paramLabel = "FILE", description = {
        "Sign each line of the catalog with the key in FILE, which moves on", "with each; made by: exitbox seal-key new FILE."})
    Path sealKey;

    @Option(names = "--metrics", paramLabel = "ADDRESS", description = {
        "Serve counts for Prometheus: 127.0.0.1:9435, or", "unix:/run/exitbox/metrics.sock."})
    String metrics;

    @Option(names = "--log-format", paramLabel = "FORMAT", defaultValue = "text", description = {
        "What is said on stderr: text, or json with an object a line."})
    String logFormat;

    @Option(names = "--pin", description = {
        "Let the kernel go on collecting when the recorder dies, is killed",
        "or updated: the next start with this DIR takes over, and nothing",
        "is lost while the rings have room. Stopping ends that; SIGUSR1 ends", "the recorder alone."})
    boolean pin;

    @Option(names = "--unpin", description = {
        "Record nothing: end a run that was left so, seal what its rings hold, and free them."})
    boolean unpin;

    @Option(names = "--bpffs", paramLabel = "DIR", description = {
        "Folder in a BPF file system, for --pin. (default: $EXITBOX_BPFFS,", "else /sys/fs/bpf/exitbox)"})
    Path bpffs;

    @Option(names = "--check", description = {
        "Say what this machine offers: what would be recorded and what not,",
        "why, and what to do. Record nothing. Exit status 0; 1 when something", "asked for is missing; 70 and 77 as below."})
    boolean check;

    @Option(names = "--drain-every", hidden = true, defaultValue = "1s", converter = Converters.OfDuration.class)
    Duration drainEvery;

    @Option(names = "--follow-most", hidden = true, defaultValue = "65536")
    int followMost;

    // See Feed.
    @Option(names = "--feed", hidden = true)
    boolean feed;

    @Option(names = "--ebpf", hidden = true)
    boolean ebpf;

    @Option(names = "--exit-hook", hidden = true, defaultValue = "auto")
    String exitHook;

    @Option(names = "--debug", hidden = true)
    boolean debug;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    boolean help;

    /// Throws a [Failure] when options do not go together.
    ///
    /// @param command whether there is `--`
    /// @param words how many words stand behind it
    void checkTogether(boolean command, int words) {
        if (command && words == 0) {
            throw new Failure(Failure.USAGE, "--: no command behind it", null);
        }
        if (command && tree != null) {
            throw new Failure(Failure.USAGE, "--tree and a command: a run records the one or the other", null);
        }
        if (pin && unpin) {
            throw new Failure(Failure.USAGE, "--pin and --unpin: the one or the other", null);
        }
        if ((pin || unpin) && (command || tree != null || feed)) {
            throw new Failure(Failure.USAGE, (pin ? "--pin" : "--unpin") + ": for recordings of the whole machine, not of "
                    + (tree != null ? "--tree" : "a command") + ", which ends by itself", null);
        }
        if (!command && user != null) {
            throw new Failure(Failure.USAGE, "--user " + user + ": no command to run as this user — it stands behind --", null);
        }
    }

    /// The pattern of names to record; null for all.
    String commPattern() {
        return comm == null ? null : comm.pattern();
    }

    /// Those options that leave deaths out, as the recording says them.
    List<String> filters() {
        List<String> filters = new ArrayList<>();
        if (pid != null) {
            filters.add("-p " + pid);
        }
        if (failed) {
            filters.add("-x");
        }
        if (comm != null) {
            filters.add("--comm " + comm);
        }
        if (uid != null) {
            filters.add("--uid " + uid);
        }
        if (cgroup != null) {
            filters.add("--cgroup " + cgroup);
        }
        return filters;
    }
}
