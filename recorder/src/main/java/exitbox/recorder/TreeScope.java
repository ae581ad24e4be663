package exitbox.recorder;

import exitbox.recorder.kernel.Followed;
import exitbox.recorder.kernel.Probe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// A living process and all its descendants, those that live already and those to come, until the last has died.
final class TreeScope implements Scope {
    private static final Path PROC = Path.of("/proc");
    private static final long LOOK_EVERY_NS = 200_000_000;

    private final int root;

    /// A process as /proc/PID/stat tells it.
    private record Living(int parent, long startTicks) {}

    /// Throws a [Failure] when there is no such process.
    TreeScope(int root) {
        this.root = root;
        if (living(root) == null) {
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

    /// From the root downwards, and again until nothing new is found: what a process starts after it was added, the
    /// kernel adds.
    @Override
    public void armed(Probe probe) {
        Followed followed = probe.followed();
        add(followed, root, living(root));
        for (boolean more = true; more;) {
            more = false;
            Map<Integer, Living> processes = processes();
            for (Map.Entry<Integer, Living> process : processes.entrySet()) {
                more |= !followed.contains(process.getKey()) && followed.contains(process.getValue().parent())
                        && add(followed, process.getKey(), process.getValue());
            }
        }
    }

    @Override
    public void begun(Probe probe, Drain drain) {
        Followed followed = probe.followed();
        Thread.ofPlatform().daemon().name("tree").start(() -> {
            // In /proc too, for with the hook that cannot tell the last thread the kernel's programs do not remove the dead.
            while (followed.pids().stream().anyMatch(TreeScope::isAlive)) {
                LockSupport.parkNanos(LOOK_EVERY_NS);
            }
            drain.stop("tree ended");
        });
    }

    /// One that died while it was added, or whose number another has by now, would stay forever: the kernel removes the
    /// dead at their death only.
    private static boolean add(Followed followed, int pid, Living process) {
        if (process == null) {
            return false;
        }
        if (!followed.add(pid)) {
            throw new Failure(Failure.BPF_REFUSED, "cannot follow process " + pid + ": no room for more", null);
        }
        Living now = living(pid);
        if (now == null || now.startTicks() != process.startTicks()) {
            followed.remove(pid);
            return false;
        }
        return true;
    }

    static boolean isAlive(int pid) {
        return living(pid) != null;
    }

    private static Map<Integer, Living> processes() {
        Map<Integer, Living> processes = new HashMap<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path folder : folders) {
                int pid = Integer.parseInt(folder.getFileName().toString());
                Living process = living(pid);
                if (process != null) {
                    processes.put(pid, process);
                }
            }
        } catch (IOException e) {
            throw new Failure(Failure.CANNOT_WRITE, "cannot list /proc: " + Failure.reason(e), e);
        }
        return processes;
    }

    /// Null when it is dead, waited for or not. Fields of proc(5)'s stat, counted behind the name, which may hold anything.
    private static Living living(int pid) {
        String stat = read(pid, "stat");
        if (stat == null) {
            return null;
        }
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        boolean leaderDead = fields[0].equals("Z") || fields[0].equals("X");
        int threads = Integer.parseInt(fields[17]);
        return leaderDead && threads <= 1 ? null : new Living(Integer.parseInt(fields[1]), Long.parseLong(fields[19]));
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
