package exitbox.recorder;

import exitbox.recorder.kernel.Wait;

/// What other threads want of the drain, which sees to it when it comes by. They may ask at any time, also when it has ended.
final class Orders {
    private final Wait wait;
    private boolean listening = true;
    private volatile String stopReason;
    private volatile boolean leaving;
    private volatile boolean rotation;
    private volatile Runnable rotated;
    private volatile String refusal;

    Orders(Wait wait) {
        this.wait = wait;
    }

    /// The run is to end soon. The first reason counts.
    void stop(String reason) {
        if (stopReason == null) {
            stopReason = reason;
        }
        wake();
    }

    /// The same; what is pinned is to stay at work then, for a recorder that takes over.
    void leave(String reason) {
        leaving |= stopReason == null;
        stop(reason);
    }

    /// The spool is to be closed soon, and sealed.
    void rotate() {
        rotation = true;
        wake();
    }

    /// The same; `then` is called when the next one stands.
    void rotate(Runnable then) {
        rotated = then;
        rotate();
    }

    /// What was written did not come to the disk for want of room: it is to be sealed, if that can be, and `--on-full` says
    /// the rest.
    void lacks(String why) {
        refusal = why;
        rotate();
    }

    /// The rings are to be looked at now.
    synchronized void wake() {
        if (listening) {
            wait.wake();
        }
    }

    /// From now on nobody is woken: what [Wait] has may be given back.
    synchronized void stopListening() {
        listening = false;
    }

    /// Why the run is to end; null when it is not.
    String stopReason() {
        return stopReason;
    }

    /// Whether what is pinned is to stay at work then.
    boolean leaving() {
        return leaving;
    }

    /// Whether the spool is to be closed.
    boolean rotation() {
        return rotation;
    }

    /// The next spool stands.
    void rotationDone() {
        rotation = false;
        Runnable then = rotated;
        if (then != null) {
            rotated = null;
            then.run();
        }
    }

    /// Why what was written did not come to the disk; null when it did, or when that was asked before.
    String takeRefusal() {
        String why = refusal;
        if (why != null) {
            refusal = null;
        }
        return why;
    }
}
