package exitbox.recorder;

import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;

/// What becomes of spools that are written no more: they are sealed ([Sealing]), or dropped ([Feed]).
interface Retirement {
    /// Takes a closed spool; returns soon, the drain waits for it.
    void submit(SpoolWriter spool) throws IOException;

    /// Bytes of what this run's spools have become.
    long bytes();
}
