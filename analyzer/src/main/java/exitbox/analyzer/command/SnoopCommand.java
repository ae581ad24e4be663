package exitbox.analyzer.command;

import exitbox.analyzer.Console;
import exitbox.analyzer.Failure;
import exitbox.analyzer.Notices;
import exitbox.analyzer.dialect.ExitTool;
import exitbox.analyzer.dialect.ToolOptions;
import exitbox.analyzer.filter.Durations;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.live.Ending;
import exitbox.analyzer.live.Event;
import exitbox.analyzer.live.Follow;
import exitbox.analyzer.live.Form;
import exitbox.analyzer.live.JsonForm;
import exitbox.analyzer.live.OwnRecorder;
import exitbox.analyzer.live.Sources;
import exitbox.analyzer.live.TextForm;
import exitbox.analyzer.live.Watched;
import exitbox.analyzer.replay.Dialect;
import exitbox.analyzer.text.Nearest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Shows deaths while they happen, as exitsnoop does: a recorder of its own, and the lines of what it records.
@Command(name = "snoop", description = "Shows deaths while they happen, as exitsnoop does (as root).", footer = {
    "",
    "  sudo exitbox snoop -x               # only those that fail",
    "  sudo exitbox snoop -p 181           # until process 181 has died",
    "  sudo exitbox snoop --as text        # the true status of whole processes",
    "",
    "Exit status: 0 done, also by Ctrl-C; 2 usage; 70 BPF refused; 77 no rights."})
final class SnoopCommand implements Callable<Integer> {
    private static final long TICK_MILLIS = 40;
    private static final long START_TICK_MILLIS = 5;
    private static final long LOOK_NANOS = 1_000_000_000L;

    private final Context context;

    @Option(names = "--as", paramLabel = "FORM",
            description = "Whose lines: exitsnoop (bcc's; the default), exitsnoop-libbpf, exitsnoop-eunomia, text, or json.")
    private String as = "exitsnoop";

    @Option(names = "--json", description = "Short for --as json.")
    private boolean json;

    @Option(names = {"-t", "--timestamp"}, description = "The time in front of each line.")
    private boolean timestamp;

    @Option(names = "--utc", description = "The same, in UTC instead of the local zone.")
    private boolean utc;

    @Option(names = {"-p", "--pid"}, paramLabel = "PID", description = "This process only; ends when it has died.")
    private Integer pid;

    @Option(names = "--label", paramLabel = "LABEL", description = "A word in front of each line (exitsnoop).")
    private String label;

    @Option(names = {"-x", "--failed"}, description = "Only what ended with a code other than 0 or by a signal.")
    private boolean failed;

    @Option(names = {"-T", "--per-thread", "--threaded"}, description = "A line for the end of each thread (exitsnoop's forms).")
    private boolean perThread;

    @Option(names = {"-c", "--cgroup"}, paramLabel = "CGROUP", description = "Only below this cgroup, a folder in /sys/fs/cgroup.")
    private Path cgroup;

    @Option(names = "--duration", paramLabel = "TIME", description = "Ends after this time: 90s, 15m, 8h.")
    private String duration;

    @Option(names = "--ring-size", paramLabel = "SIZE",
            description = "The kernel's buffer, and what a temporary file grows to. (default: ${DEFAULT-VALUE})")
    private String ringSize = "8M";

    @Option(names = "--ebpf", hidden = true)
    private boolean ebpf;

    @Option(names = "--timespec", hidden = true)
    private boolean timespec;

    @Mixin
    private final Common common = new Common();

    SnoopCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Console console = context.console();
        Notices notices = context.notices(common);
        if (timespec) {
            notices.say("--timespec is not needed: the kernel itself says how it keeps a task's start");
        }
        Form form = form();
        List<String> options = recorderOptions();
        if (ebpf) {
            return OwnRecorder.print(console, List.of("--ebpf"));
        }
        Watched watched = pid == null ? null : Watched.of(pid);
        Predicate<Event> filter = event -> !failed || isTool() || event.number("status", 0) != 0;
        try (Ending ending = new Ending(console.clock());
                OwnRecorder recorder = OwnRecorder.start(console, options);
                Sources sources = new Sources()) {
            Follow follow = new Follow(sources, form, filter, context.out(), notices);
            follow.onStart(() -> {
                form.header(context.out(), Window.micros(console.clock().instant()));
                context.out().flush();
            });
            return show(follow, sources, recorder, ending, watched, notices);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int show(Follow follow, Sources sources, OwnRecorder recorder, Ending ending, Watched watched, Notices notices)
            throws IOException {
        if (watched != null) {
            follow.await(watched.pid());
        }
        boolean found = false;
        long nextLook = 0;
        boolean gone = false;
        while (true) {
            // Asked before the turn: what a recorder wrote that is no more is all there.
            boolean alive = recorder.isAlive();
            if (ending.isAsked()) {
                follow.endAt(ending.askedMicros());
                recorder.stop();
            }
            Path spools = found ? null : recorder.spoolFolder();
            if (spools != null) {
                sources.add(spools);
                found = true;
            }
            if (follow.turn()) {
                continue;
            }
            if (follow.died() || follow.stopped()) {
                return 0;
            }
            if (!alive) {
                return ending.isAsked() ? 0 : ended(recorder.exitStatus());
            }
            if (watched != null && follow.started() && System.nanoTime() - nextLook >= 0) {
                if (gone) {
                    notices.say("process " + watched.pid() + " is gone; how it ended was not seen");
                    return 0;
                }
                gone = !watched.lives();
                nextLook = System.nanoTime() + LOOK_NANOS;
            }
            pause(ending, follow.started() ? TICK_MILLIS : START_TICK_MILLIS);
        }
    }

    private static void pause(Ending ending, long millis) {
        if (ending.isAsked()) {
            LockSupport.parkNanos(START_TICK_MILLIS * 1_000_000);
        } else {
            ending.await(millis);
        }
    }

    /// The recorder has said itself what went wrong, unless it could not.
    private static int ended(int status) {
        if (status > 128) {
            throw new Failure(Failure.SOFTWARE, "the recorder was killed (status " + status + ") — start again");
        }
        return status;
    }

    private Form form() {
        if (json && !as.equals("exitsnoop") && !as.equalsIgnoreCase("json")) {
            throw Failure.usage("--json and --as " + as + ": are two forms — choose one");
        }
        String name = json ? "json" : as.toLowerCase(Locale.ROOT);
        ZoneId zone = utc ? ZoneOffset.UTC : context.console().zone();
        if (label != null && !name.equals("exitsnoop")) {
            throw Failure.usage("--label: only lines of exitsnoop have one — leave out --as " + name);
        }
        if (isTool()) {
            return Form.of(ExitTool.of(name, new ToolOptions(timestamp || utc, utc, label, failed, pid == null ? 0 : pid, perThread, null),
                    zone));
        }
        if (!name.equals("text") && !name.equals("json")) {
            String near = Nearest.to(name, Dialect.names());
            throw Failure.usage("--as " + as + ": no such form — " + (near == null ? "there are " + String.join(", ", Dialect.names())
                    : "did you mean " + near + "?"));
        }
        if (perThread) {
            throw Failure.usage("--per-thread: " + name + " has a line per process — leave out --as " + name);
        }
        return name.equals("json") ? new JsonForm(context.out(), zone)
                : new TextForm(List.of(), zone, context.paint(common), context.screenWidth());
    }

    private boolean isTool() {
        return !json && ExitTool.names().contains(as.toLowerCase(Locale.ROOT));
    }

    /// What the kernel can leave out is not even recorded. Not -x: what it means differs from form to form.
    private List<String> recorderOptions() {
        List<String> options = new ArrayList<>(List.of("--drain-every", "40ms", "--ring-size", ringSize, "--rotate-size", ringSize));
        if (pid != null) {
            if (pid < 1) {
                throw Failure.usage("-p " + pid + ": no such process id — give a number from 1 on");
            }
            options.addAll(List.of("--pid", pid.toString()));
        }
        if (perThread) {
            options.add("--threads");
        }
        if (cgroup != null) {
            options.addAll(List.of("--cgroup", context.console().resolve(cgroup.toString()).toString()));
        }
        if (duration != null) {
            Duration limit = Durations.parse(duration);
            if (limit == null || limit.toMillis() < 1) {
                throw Failure.usage("--duration " + duration + ": no such time — try 90s, 15m or 8h");
            }
            options.addAll(List.of("--duration", limit.toMillis() + "ms"));
        }
        return options;
    }
}
