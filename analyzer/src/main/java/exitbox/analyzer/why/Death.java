package exitbox.analyzer.why;

import exitbox.analyzer.filter.Cgroups;
import exitbox.schemas.contract.Table;

/// The death that is explained: its row of `exits`, with the words for how it ended.
record Death(Fact row, ProcessId id) {
    /// The death that a short row tells of: its host, boot, time and number.
    static Death of(Recorded recorded, Fact brief) {
        long bootNs = brief.number("boot_ns", 0);
        ProcessId id = ProcessId.of(brief, "pid", "start_boot_ns");
        Fact row = recorded.one("SELECT *, epoch_us(ts) AS us, _reason(signal, code, core_dumped) AS reason, "
                + "nullif(" + Cgroups.UNIT_NAME + ", '') AS unit, nullif(" + Cgroups.CONTAINER_ID + ", '') AS container FROM "
                + recorded.all(Table.EXITS, id, bootNs, bootNs) + " WHERE " + id.sameBoot() + " AND seq = " + brief.number("seq", -1));
        return new Death(row, id);
    }

    long bootNs() {
        return row.number("boot_ns", 0);
    }

    /// When it died, microseconds since 1970; null when the recording does not say.
    Long micros() {
        return row.number("us");
    }

    long seq() {
        return row.number("seq", -1);
    }

    /// The signal that killed it; null when it exited by itself.
    Long signal() {
        return row.number("signal");
    }

    Long code() {
        return row.number("code");
    }

    boolean isFailure() {
        return row.number("status", 0) != 0;
    }

    /// Where the signal came from, a word of the contract; null when it exited by itself or that is not known.
    String cause() {
        return row.text("cause");
    }

    ProcessId parent() {
        return id.other(row.number("ppid"), row.number("parent_start_boot_ns"));
    }

    /// Who sent the signal; null when nobody did or that is not known.
    ProcessId killer() {
        return id.other(row.number("killer_pid"), row.number("killer_start_boot_ns"));
    }

    /// How long it lived, nanoseconds; negative when that is not known.
    long ageNs() {
        return row.has("start_mono_ns") && row.has("mono_ns") ? row.number("mono_ns") - row.number("start_mono_ns")
                : row.has("start_boot_ns") ? bootNs() - row.number("start_boot_ns") : -1;
    }
}
