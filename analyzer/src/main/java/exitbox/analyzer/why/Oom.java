package exitbox.analyzer.why;

import exitbox.schemas.contract.Table;

/// That the OOM killer chose the process, and whose allocation found no memory.
///
/// @param trigger who asked for memory; null when that is not known
record Oom(Fact row, Party trigger) {
    /// Null when no such row stands in the recording.
    static Oom of(Death death, Recorded recorded, Lives lives) {
        if (!death.id().isSure() || death.signal() == null) {
            return null;
        }
        Fact row = recorded.one("SELECT * FROM " + recorded.all(Table.OOMS, death.id(), death.id().startBootNs(), death.bootNs())
                + " WHERE " + death.id().sameBoot() + " AND "
                + death.id().named("pid", "start_boot_ns") + " ORDER BY boot_ns DESC LIMIT 1");
        if (row == Fact.NONE) {
            return null;
        }
        return new Oom(row, Party.of(ProcessId.of(row, "trigger_pid", "trigger_start_boot_ns"), row.number("boot_ns", 0), lives,
                row.text("trigger_comm"), null, null));
    }

    /// What was resident of its memory, bytes; null when the kernel did not say.
    Long residentBytes() {
        return row.has("anon_rss_bytes") ? Long.valueOf(row.number("anon_rss_bytes") + row.number("file_rss_bytes", 0)
                + row.number("shmem_rss_bytes", 0)) : null;
    }
}
