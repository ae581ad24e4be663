-- A row is a known loss: events that happened and are not in the recording.
CREATE TABLE gaps (
    -- The machine: its host name, as uname(2) had it when the run began.
    host VARCHAR NOT NULL,
    -- The UTC day of ts, YYYY-MM-DD.
    date VARCHAR,
    -- The kernel's boot, a UUID from /proc/sys/kernel/random/boot_id; times of two boots cannot be compared.
    boot_id VARCHAR NOT NULL,
    -- The row's number, given when it left the ring: one counter over all tables of a host, so that a hole is a missing row.
    seq BIGINT NOT NULL,
    -- The CPU whose events were lost; -1 when that is not known or not one CPU's.
    cpu INTEGER,
    -- Wall time of the event, microseconds, UTC: boot_ns plus the clock offset last sampled before it.
    ts TIMESTAMPTZ,
    -- CLOCK_MONOTONIC of the event in nanoseconds (bpf_ktime_get_ns): stands still in suspend.
    mono_ns BIGINT,
    -- CLOCK_BOOTTIME of the event in nanoseconds (bpf_ktime_get_boot_ns): runs on in suspend; what events are ordered by.
    boot_ns BIGINT,
    -- The table whose rows are missing; NULL when it may be any.
    table_name VARCHAR,
    -- How many events were lost; NULL when that is not known.
    count BIGINT,
    -- Time of the first lost event, nanoseconds of CLOCK_BOOTTIME; of the last sure event when the first loss is not known.
    first_boot_ns BIGINT,
    -- Time of the last lost event, nanoseconds of CLOCK_BOOTTIME; NULL when the loss ended in another boot.
    last_boot_ns BIGINT,
    -- Why: ring_full (the kernel had no room), recursion (a hook ran already on that CPU), undecodable (a record made no sense), damaged (spooled bytes failed their checksum),
    -- follow_full (the chosen process had more descendants than can be followed), removed (the open spool was taken away), disk_full (the recorder had no room for them),
    -- interrupted (the recorder ended while it read which processes are alive), unclean_end (the recorder ended without a stop), unrecovered (exitbox recover could not save them).
    cause VARCHAR,
    -- What else is known, a sentence for people.
    detail VARCHAR
);
