package exitbox.recorder;

import exitbox.recorder.kernel.OwnDeath;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.contract.Table;
import exitbox.schemas.decode.SpoolFollower;
import exitbox.schemas.rows.Batch;
import exitbox.schemas.rows.Vector;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// Proof that a run records: a death of its own is read back from the spool, as any reader would. Where the run's filters
/// leave that death out, a heartbeat has to do, which takes the same way.
final class Readiness {
    private static final Duration LOOK_EVERY = Duration.ofMillis(5);

    private final OwnDeath death;
    private boolean found;

    private Readiness(OwnDeath death) {
        this.death = death;
    }

    /// Calls `ready` when it is proven, on a thread that may take its time.
    ///
    /// @param spool the run's first; it stands
    /// @param wake has the drain look at the rings
    static void prove(Path spool, boolean filtered, Log log, Runnable wake, Runnable ready) {
        Thread.ofPlatform().name("ready").daemon().start(() -> {
            OwnDeath death = filtered ? null : OwnDeath.make();
            if (death == null && !filtered) {
                log.warning("no process can be started here to see whether its death is recorded: a heartbeat has to do");
            }
            wake.run();
            try {
                new Readiness(death).await(spool);
                ready.run();
            } catch (IOException e) {
                log.warning("cannot read what is recorded: " + Failure.reason(e) + " — the service is not reported as ready");
            }
        });
    }

    private void await(Path spool) throws IOException {
        try (SpoolFollower follower = new SpoolFollower(spool.getParent(), Recording.spoolNumber(spool), this::look)) {
            while (!found) {
                if (!follower.poll()) {
                    LockSupport.parkNanos(LOOK_EVERY.toNanos());
                }
            }
        }
    }

    private void look(Batch batch) {
        if (death == null) {
            found |= batch.table().table() == Table.HEARTBEATS;
        } else if (batch.table().table() == Table.EXITS) {
            Vector pids = batch.columns()[batch.table().indexOf("ns_pid")];
            Vector namespaces = batch.columns()[batch.table().indexOf("pid_ns")];
            for (int row = 0; row < batch.rows(); row++) {
                found |= is(pids, row, death.pid()) && is(namespaces, row, death.pidNamespace());
            }
        }
    }

    private static boolean is(Vector column, int row, long value) {
        return column instanceof Vector.Longs longs && !longs.isNull(row) && longs.values()[row] == value;
    }
}
