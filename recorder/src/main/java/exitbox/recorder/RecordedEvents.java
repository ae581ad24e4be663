package exitbox.recorder;

import exitbox.recorder.kernel.EventHook;
import exitbox.recorder.kernel.EventOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/// The options of `exitbox record` that say what is recorded beside deaths.
final class RecordedEvents {
    @Option(names = "--signals", paramLabel = "all", description = {
        "Record all signals, not only those that end processes: HUP, INT,", "QUIT, ABRT, TERM, KILL, XCPU, and each that did."})
    String signals;

    @Option(names = "--failed-execs", description = "Record execs that failed, too. Costs a little on every system call.")
    boolean failedExecs;

    @Option(names = "--runq-min", paramLabel = "TIME", description = "Record waits for a CPU longer than this, such as 10ms.",
            converter = Converters.OfDuration.class)
    Duration runqMin;

    @Option(names = "--max-args-bytes", paramLabel = "SIZE", defaultValue = "128K", converter = Converters.OfBytes.class, description = {
        "Keep this much of a program's arguments, 0 for none.", "(default, and the most: 128K)"})
    long maxArgsBytes;

    @Option(names = "--no-hook", paramLabel = "HOOK", split = ",", description = {
        "Leave out what is recorded beside deaths: exec, fork, signal (and", "who killed), oom, tasks (the processes alive), or all."})
    List<String> without = new ArrayList<>();

    @Option(names = "--events-ring-size", paramLabel = "SIZE", defaultValue = "32M", converter = Converters.OfBytes.class, description = {
        "The kernel's buffer for execs, forks, signals and waits for a CPU:", "they cannot push deaths out of theirs. (default: 32M)"})
    long ringSize;

    /// The same for the probe; a [Failure] says what is wrong.
    EventOptions chosen() {
        if (signals != null && !signals.equals("all")) {
            throw new Failure(Failure.USAGE, "--signals " + signals + ": there is all", null);
        }
        if (maxArgsBytes > EventOptions.MAX_ARGS_BYTES) {
            throw new Failure(Failure.USAGE, "--max-args-bytes " + maxArgsBytes + ": 128K is the most", null);
        }
        Set<EventHook> hooks = EnumSet.copyOf(EventHook.DEFAULT);
        if (failedExecs) {
            hooks.add(EventHook.FAILED_EXEC);
        }
        if (runqMin != null) {
            hooks.add(EventHook.RUNQ);
        }
        without.forEach(word -> leaveOut(word, hooks));
        if (signals != null && !hooks.contains(EventHook.SIGNAL)) {
            throw new Failure(Failure.USAGE, "--signals all and --no-hook " + String.join(",", without)
                    + " exclude each other: of no signal more is recorded than that it killed", null);
        }
        return new EventOptions(hooks, ringSize, signals != null, runqMin == null ? 0 : runqMin.toNanos(), (int) maxArgsBytes);
    }

    private static void leaveOut(String word, Set<EventHook> hooks) {
        if (word.equals("all")) {
            hooks.clear();
            return;
        }
        EventHook named = EventHook.DEFAULT.stream().filter(hook -> hook.word().equals(word)).findFirst().orElseThrow(
                () -> new Failure(Failure.USAGE, "--no-hook " + word + ": there are " + Arrays.stream(EventHook.values())
                        .filter(EventHook.DEFAULT::contains).map(EventHook::word).collect(Collectors.joining(", ")) + " and all", null));
        hooks.remove(named);
    }
}
