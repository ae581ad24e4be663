package exitbox.recorder;

import exitbox.recorder.kernel.Counters;
import exitbox.recorder.kernel.Probe;
import exitbox.recorder.kernel.Ring;
import exitbox.schemas.contract.Table;

/// How a run does, as of one heartbeat.
///
/// @param counters what the kernel has counted
/// @param unwritten of what it gave, by table, what there was no room for
/// @param deaths the ring of deaths
/// @param events the ring of all else
/// @param spoolBytes of the open spool
/// @param spoolBootNs when it was begun
/// @param retiredBytes what closed spools have become
record Vitals(Counters counters, long[] unwritten, Fill deaths, Fill events, long spoolBytes, long spoolBootNs, long retiredBytes) {

    /// @param fillBytes what waits in a ring
    /// @param bytes its size
    record Fill(long fillBytes, long bytes) {
        static Fill of(Ring ring) {
            return new Fill(ring.fillBytes(), ring.bytes());
        }

        long percent() {
            return fillBytes * 100 / bytes;
        }
    }

    static Vitals of(Probe probe, Counters counters, long[] unwritten, long spoolBytes, long spoolBootNs, long retiredBytes) {
        return new Vitals(counters, unwritten, Fill.of(probe.deaths()), Fill.of(probe.eventsRing()), spoolBytes, spoolBootNs, retiredBytes);
    }

    /// Events that were written, or wait in a ring.
    long written(Table table) {
        return counters.seen(table.number()) - filtered(table) - lost(table);
    }

    long filtered(Table table) {
        return counters.filtered(table.number());
    }

    long lost(Table table) {
        return counters.lost(table.number()) + unwritten[table.number()];
    }
}
