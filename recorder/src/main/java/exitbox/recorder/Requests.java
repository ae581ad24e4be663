package exitbox.recorder;

import exitbox.recorder.kernel.Signals;
import java.util.List;

/// What signals ask of the recorder, whichever run it makes just then: INT and TERM to stop, USR1 to end and leave what is
/// pinned at work, HUP to rotate. Who asks to stop a second time ends the process.
final class Requests {
    private final boolean feed;
    private volatile Drain drain;
    private volatile Service service = Service.NONE;
    private volatile String stopReason;

    /// @param feed whether Ctrl-C, which goes to the reader too, is the reader's
    Requests(boolean feed) {
        this.feed = feed;
    }

    /// From now on they are this run's; also one to stop that came before.
    void serve(Drain run, Service supervised) {
        drain = run;
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
                stopReason = "SIG" + signal;
                service.stopping();
                drain.stop(stopReason);
            });
        }
        // What the service gets instead of TERM when it is to come back at once.
        Signals.on("USR1", () -> {
            stopReason = "restart";
            service.stopping();
            drain.leave(stopReason);
        });
        Signals.on("HUP", () -> {
            service.reloading();
            drain.rotate(service::reloaded);
        });
        if (stopReason != null) {
            drain.stop(stopReason);
        }
    }

    /// Whether the recorder is to end.
    boolean isStopAsked() {
        return stopReason != null;
    }
}
