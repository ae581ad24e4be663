package exitbox.recorder;

import exitbox.recorder.kernel.Signals;
import java.util.List;

/// What signals ask of the recorder, whichever run it makes just then: INT and TERM to stop, USR1 to end and leave what is
/// pinned at work, HUP to rotate. Who asks to stop a second time ends the process.
final class Requests {
    private static final String RESTART = "restart";

    private final boolean feed;
    private volatile Orders orders;
    private volatile Service service = Service.NONE;
    private volatile String stopReason;

    /// @param feed whether Ctrl-C, which goes to the reader too, is the reader's
    Requests(boolean feed) {
        this.feed = feed;
    }

    /// From now on they are heard, on behalf of who supervises; what comes before there is a run waits for it.
    void listen(Service supervised) {
        service = supervised;
        for (String signal : List.of("INT", "TERM")) {
            Signals.on(signal, () -> {
                if (feed && signal.equals("INT")) {
                    // It ends this run when it is done.
                    return;
                }
                if (stopReason != null) {
                    // At once: what is spooled is sealed by the next start.
                    Runtime.getRuntime().halt(signal.equals("INT") ? 130 : 143);
                }
                ask("SIG" + signal);
            });
        }
        // What the service gets instead of TERM when it is to come back at once.
        Signals.on("USR1", () -> ask(RESTART));
        Signals.on("HUP", () -> {
            Orders run = orders;
            if (run != null) {
                service.reloading();
                run.rotate(service::reloaded);
            }
        });
    }

    /// From now on they are this run's.
    void serve(Orders run) {
        orders = run;
        tell(run);
    }

    private void ask(String reason) {
        stopReason = reason;
        service.stopping();
        tell(orders);
    }

    private void tell(Orders run) {
        String reason = stopReason;
        if (run == null || reason == null) {
            return;
        }
        if (reason.equals(RESTART)) {
            run.leave(reason);
        } else {
            run.stop(reason);
        }
    }

    /// Whether the recorder is to end.
    boolean isStopAsked() {
        return stopReason != null;
    }
}
