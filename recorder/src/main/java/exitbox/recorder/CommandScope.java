package exitbox.recorder;

import exitbox.recorder.kernel.ArrivingSignals;
import exitbox.recorder.kernel.ArrivingSignals.Arrival;
import exitbox.recorder.kernel.Child;
import exitbox.recorder.kernel.Followed;
import exitbox.recorder.kernel.Probe;
import exitbox.recorder.kernel.Spawn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/// A command and all that it starts, from its fork until its death.
///
/// The kernel follows forks, so the recorder follows itself for the moment in which it starts the command: that is how
/// the command's own fork and first exec are in the recording.
final class CommandScope implements Scope {
    private static final int NAMED = 5;
    private static final String NAME = "exitbox";

    private final Command command;
    private final Log log;
    private final ArrivingSignals signals = new ArrivingSignals();
    private final CompletableFuture<Integer> status = new CompletableFuture<>();
    private Failure notStarted;
    private volatile boolean recording;
    private volatile boolean started;

    CommandScope(Command command, Log log) {
        Scope.checkNumbers();
        this.command = command;
        this.log = log;
    }

    @Override
    public boolean some() {
        return true;
    }

    @Override
    public boolean quiet() {
        return true;
    }

    @Override
    public List<String> filters() {
        return List.of("-- " + command.words());
    }

    /// What is refused is refused before the command begins.
    @Override
    public void armed(Probe probe) {
        probe.followed();
        try {
            // What its parent is called, in the recording and in ps.
            Files.writeString(Path.of("/proc/self/comm"), NAME);
        } catch (IOException e) {
            // then it is called java
        }
    }

    @Override
    public void begun(Probe probe, Orders orders) {
        Arrival early = signals.next();
        while (early != null && command.inherited().ignores(early.number())) {
            early = signals.next();
        }
        if (early != null) {
            end(128 + early.number(), orders, "signal " + early.number() + " before the command began");
            return;
        }
        Followed followed = probe.followed();
        int self = (int) ProcessHandle.current().pid();
        followed.add(self);
        Spawn.Outcome outcome = command.start();
        followed.remove(self);
        if (!outcome.started()) {
            notStarted = command.failure(outcome);
            end(notStarted.status(), orders, "command not started");
            return;
        }
        Child child = new Child(outcome.pid());
        recording = true;
        started = true;
        Thread.ofPlatform().daemon().name(NAME).start(() -> attend(child, followed, orders));
    }

    private void attend(Child child, Followed followed, Orders orders) {
        int word = child.await(signals, pid -> recording && followed.contains(pid));
        child.close();
        List<Integer> living = recording ? followed.pids().stream().filter(TreeScope::isAlive).toList() : List.of();
        if (!living.isEmpty()) {
            say(living.size() + (living.size() == 1 ? " descendant of " : " descendants of ") + command.name()
                    + (living.size() == 1 ? " lives on" : " live on") + ", not recorded any more: "
                    + living.stream().limit(NAMED).map(String::valueOf).collect(Collectors.joining(", "))
                    + (living.size() > NAMED ? ", …" : ""));
        }
        int signal = word & 0x7f;
        end(signal == 0 ? word >> 8 & 0xff : 128 + signal, orders, "command ended");
    }

    private void end(int exitStatus, Orders orders, String reason) {
        status.complete(exitStatus);
        orders.stop(reason);
    }

    @Override
    public void ended() {
        recording = false;
        if (!status.isDone()) {
            say("the recording has ended; " + command.name() + " goes on");
        }
    }

    /// Waits for the command's death and returns its status, as a shell gives it. A [Failure] when it never began.
    int await() {
        int exitStatus = status.join();
        if (notStarted != null) {
            throw notStarted;
        }
        return exitStatus;
    }

    /// Whether it has begun, so that its end has to be waited for.
    boolean started() {
        return started;
    }

    private void say(String message) {
        log.warning(message);
    }
}
