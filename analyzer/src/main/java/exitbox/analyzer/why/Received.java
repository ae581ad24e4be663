package exitbox.analyzer.why;

import exitbox.schemas.contract.Table;
import java.util.ArrayList;
import java.util.List;

/// A signal that the process got, and who sent it.
///
/// @param sender null when no process sent it
record Received(Fact row, Party sender) {
    private static final int MOST = 20;

    /// Those of the minute before its end, oldest first; of very many the last ones.
    static List<Received> before(Death death, Recorded recorded, Lives lives) {
        if (!death.id().isSure()) {
            return List.of();
        }
        List<Fact> rows = recorded.ask("SELECT *, epoch_us(ts) AS us, count(*) OVER () AS total FROM "
                + recorded.all(Table.SIGNALS, death.id(), death.bootNs() - Explainer.MINUTE_NS, death.bootNs())
                + " WHERE " + death.id().sameBoot() + " AND " + death.id().named("pid", "start_boot_ns") + " AND boot_ns BETWEEN "
                + (death.bootNs() - Explainer.MINUTE_NS) + " AND " + death.bootNs() + " ORDER BY boot_ns DESC, seq DESC LIMIT " + MOST);
        lives.meet(rows.stream().map(row -> ProcessId.of(row, "sender_pid", "sender_start_boot_ns")).toList());
        List<Received> received = new ArrayList<>();
        for (Fact row : rows.reversed()) {
            received.add(
                    new Received(row, Party.of(ProcessId.of(row, "sender_pid", "sender_start_boot_ns"), row.number("boot_ns", 0), lives,
                            row.text("sender_comm"), row.number("sender_uid"), row.number("sender_loginuid"))));
        }
        return received;
    }

    long signal() {
        return row.number("signal", 0);
    }

    long bootNs() {
        return row.number("boot_ns", 0);
    }

    boolean dooms() {
        return row.is("dooms");
    }

    /// How many there were in that minute, those left out included.
    long total() {
        return row.number("total", 0);
    }

    /// What became of it, in a word or two.
    String fate() {
        if (dooms()) {
            return "killed it";
        }
        return switch ((int) row.number("result", 0)) {
            case 1 -> "ignored";
            case 2 -> "waiting already";
            case 3 -> "lost";
            default -> row.is("blocked") ? "blocked" : "handler".equals(row.text("action")) ? "handled"
                    : "ignore".equals(row.text("action")) ? "ignored" : "survived";
        };
    }
}
