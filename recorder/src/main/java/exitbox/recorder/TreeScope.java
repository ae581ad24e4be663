package exitbox.recorder;

import exitbox.recorder.kernel.Followed;
import exitbox.recorder.kernel.Probe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// A living process and all its descendants, those that live already and those to come, until the last has died.
final class TreeScope implements Scope {
    private static final Path PROC = Path.of("/proc");
    private static final long LOOK_EVERY_NS = 200_000_000;

    private final int root;
    private final Long first;

    /// Throws a [Failure] when there is no such process.
    TreeScope(int root) {
        this.root = root;
        this.first = living(root);
        if (first == null) {
            throw new Failure(Failure.USAGE, "--tree " + root + ": " + (Files.exists(PROC.resolve(root + "/stat"))
                    ? "this process is dead already" : "no such process") + " — see ps -e", null);
        }
        int process = process(root);
        if (process != root) {
            throw new Failure(Failure.USAGE, "--tree " + root + ": a thread of process " + process + " — try --tree " + process, null);
        }
        Scope.checkNumbers();
    }

    @Override
    public boolean some() {
        return true;
    }

    @Override
    public List<String> filters() {
        return List.of("--tree " + root);
    }

    @Override
    public void armed(Probe probe) {
        probe.followed().addTree(root);
        if (!first.equals(living(root))) {
            // Not to record the tree of whoever has the number by now.
            throw new Failure(Failure.USAGE, "--tree " + root + ": this process has died meanwhile", null);
        }
    }

    @Override
    public void begun(Probe probe, Orders orders) {
        Followed followed = probe.followed();
        Thread.ofPlatform().daemon().name("tree").start(() -> {
            // In /proc too, for with the hook that cannot tell the last thread the kernel's programs do not remove the dead.
            while (!hasEnded(followed, probe)) {
                LockSupport.parkNanos(LOOK_EVERY_NS);
            }
            orders.stop("tree ended");
        });
    }

    /// One that forks and dies while the list is read leaves a child that is not on it.
    private static boolean hasEnded(Followed followed, Probe probe) {
        long before = probe.control().follows();
        return followed.pids().stream().noneMatch(TreeScope::isAlive) && followed.pids().stream().noneMatch(TreeScope::isAlive)
                && probe.control().follows() == before;
    }

    static boolean isAlive(int pid) {
        return living(pid) != null;
    }

    /// When it was started, in clock ticks; null when it is dead, waited for or not. Fields of proc(5)'s stat, counted behind the name, which
    /// may hold anything.
    private static Long living(int pid) {
        String stat = read(pid, "stat");
        if (stat == null) {
            return null;
        }
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        boolean leaderDead = fields[0].equals("Z") || fields[0].equals("X");
        int threads = Integer.parseInt(fields[17]);
        return leaderDead && threads <= 1 ? null : Long.valueOf(fields[19]);
    }

    /// The process that a task belongs to; the task itself when that cannot be read.
    private static int process(int task) {
        String status = read(task, "status");
        return status == null ? task
                : status.lines().filter(line -> line.startsWith("Tgid:")).map(line -> Integer.valueOf(line.substring(5).strip()))
                        .findFirst().orElse(task);
    }

    private static String read(int pid, String file) {
        try {
            return Files.readString(PROC.resolve(pid + "/" + file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return null;
        }
    }
}
