-- A row is a jump of the wall clock: it was set, or the machine was suspended.
CREATE TABLE clock_steps (
    -- The machine: its host name, as uname(2) had it when the run began.
    host VARCHAR NOT NULL,
    -- The UTC day of ts, YYYY-MM-DD.
    date VARCHAR,
    -- The kernel's boot, a UUID from /proc/sys/kernel/random/boot_id; times of two boots cannot be compared.
    boot_id VARCHAR NOT NULL,
    -- The row's number, given when it left the ring: one counter over all tables of a host, so that a hole is a missing row.
    seq BIGINT NOT NULL,
    -- The CPU the event happened on; -1 for rows made in user space.
    cpu INTEGER,
    -- Wall time of the event, microseconds, UTC: boot_ns plus the clock offset last sampled before it.
    ts TIMESTAMPTZ,
    -- CLOCK_MONOTONIC of the event in nanoseconds (bpf_ktime_get_ns): stands still in suspend.
    mono_ns BIGINT,
    -- CLOCK_BOOTTIME of the event in nanoseconds (bpf_ktime_get_boot_ns): runs on in suspend; what events are ordered by.
    boot_ns BIGINT,
    -- What happened: set (CLOCK_REALTIME was changed) or suspend (CLOCK_MONOTONIC stood still).
    kind VARCHAR,
    -- How far the wall clock was moved, nanoseconds, negative for backwards; for a suspend how long it lasted.
    step_ns BIGINT,
    -- CLOCK_REALTIME after it, nanoseconds since 1970.
    real_ns BIGINT,
    -- CLOCK_BOOTTIME at that sample, nanoseconds.
    real_boot_ns BIGINT,
    -- How far apart the two clocks were read at most, nanoseconds.
    real_error_ns BIGINT
);
