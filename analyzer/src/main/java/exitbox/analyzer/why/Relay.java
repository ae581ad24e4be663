package exitbox.analyzer.why;

import exitbox.schemas.contract.Table;
import java.util.List;

/// The same signal as the killer had got it itself, shortly before it sent it: `record -- COMMAND`, sudo and the first
/// processes of containers pass signals on.
///
/// @param sender who sent it to the killer
/// @param ancestry who started that one
record Relay(Fact row, Party sender, Ancestry ancestry) {
    private static final long SOON_NS = 1_000_000_000L;

    /// Null when it was not so, or that is not known.
    static Relay of(Death death, Recorded recorded, Lives lives) {
        ProcessId killer = death.killer();
        if (!"user".equals(death.cause()) || killer == null || !killer.isSure() || killer.equals(death.id())) {
            return null;
        }
        long sent = death.row().number("killer_boot_ns", death.bootNs());
        Fact row = recorded.one("SELECT *, epoch_us(ts) AS us FROM " + recorded.all(Table.SIGNALS, killer, sent - SOON_NS, sent) + " WHERE "
                + killer.sameBoot() + " AND " + killer.named("pid", "start_boot_ns") + " AND signal = " + death.signal()
                + " AND sender_pid IS NOT NULL AND sender_pid <> pid AND boot_ns BETWEEN " + (sent - SOON_NS) + " AND " + sent
                + " ORDER BY boot_ns DESC LIMIT 1");
        if (row == Fact.NONE) {
            return null;
        }
        ProcessId id = ProcessId.of(row, "sender_pid", "sender_start_boot_ns");
        lives.meet(List.of(id));
        Party sender = Party.of(id, row.number("boot_ns", 0), lives, row.text("sender_comm"), row.number("sender_uid"),
                row.number("sender_loginuid"));
        return new Relay(row, sender, Ancestry.of(id, lives));
    }

    /// How long the killer had it.
    long heldNs(Death death) {
        return death.row().number("killer_boot_ns", death.bootNs()) - row.number("boot_ns", 0);
    }
}
