package exitbox.recorder;

import exitbox.recorder.kernel.EventHook;
import exitbox.recorder.kernel.ExitHook;
import exitbox.recorder.kernel.ProbeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What the options want of the kernel's programs. Throws a [Failure] about one that makes no sense.
final class Wanted {
    // CGROUP_V1 in records.h: marks ids of the v1 memory hierarchy.
    private static final long CGROUP_V1 = 1L << 62;

    private Wanted() {}

    static ProbeOptions of(RecordCommand options, Scope scope) {
        checkRing("--ring-size", options.ringSize);
        checkRing("--events-ring-size", options.events.ringSize);
        if (scope.some() && !options.events.chosen().hooks().contains(EventHook.FORK)) {
            throw new Failure(Failure.USAGE, "--no-hook " + String.join(",", options.events.without)
                    + " leaves out forks, and without them nobody can tell what a process starts — record without it", null);
        }
        return new ProbeOptions(options.ringSize, options.uid == null ? OptionalLong.empty() : OptionalLong.of(options.uid),
                cgroupId(options.cgroup),
                options.pid == null ? OptionalInt.empty() : OptionalInt.of(options.pid), options.failed, options.threads,
                hook(options.exitHook),
                options.events.chosen(), scope.some() ? options.followMost : 0);
    }

    private static void checkRing(String option, long bytes) {
        String problem = ProbeOptions.ringProblem(bytes);
        if (problem != null) {
            throw new Failure(Failure.USAGE, option + " " + problem, null);
        }
    }

    private static OptionalLong cgroupId(Path cgroup) {
        if (cgroup == null) {
            return OptionalLong.empty();
        }
        String what = "--cgroup " + cgroup + ": ";
        try {
            String type = Files.getFileStore(cgroup).type();
            if (!type.startsWith("cgroup") || !Files.isDirectory(cgroup)) {
                throw new Failure(Failure.USAGE, what + "not a cgroup's folder — try one below /sys/fs/cgroup", null);
            }
            long inode = (Long) Files.getAttribute(cgroup, "unix:ino");
            return OptionalLong.of(type.equals("cgroup") ? inode | CGROUP_V1 : inode);
        } catch (IOException e) {
            throw new Failure(Failure.USAGE, what + Failure.reason(e) + " — try a folder below /sys/fs/cgroup", e);
        }
    }

    private static ExitHook hook(String word) {
        for (ExitHook hook : ExitHook.values()) {
            if (hook.word().equals(word)) {
                return hook;
            }
        }
        if (!word.equals("auto")) {
            throw new Failure(Failure.USAGE, "--exit-hook " + word + ": there are auto, group_dead, taskstats and live", null);
        }
        return null;
    }
}
