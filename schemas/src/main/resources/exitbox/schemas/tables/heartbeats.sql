-- A row is a sign of life, one each second, that travelled the way every event takes: kernel, ring, spool, file.
-- No rows of a table mean that nothing happened only where heartbeats stand.
CREATE TABLE heartbeats (
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
    -- CLOCK_REALTIME in nanoseconds since 1970, sampled together with real_boot_ns.
    real_ns BIGINT,
    -- CLOCK_BOOTTIME in nanoseconds at that sample; real_ns minus it is the offset that makes wall time.
    real_boot_ns BIGINT,
    -- How far apart the two clocks were read at most, nanoseconds.
    real_error_ns BIGINT,
    -- Bytes waiting in the ring of deaths and OOM kills.
    ring_fill_bytes BIGINT,
    -- Size of that ring, bytes.
    ring_bytes BIGINT,
    -- Size of the open spool, bytes.
    spool_bytes BIGINT,
    -- The tables that the three counters below are about, in their order.
    tables VARCHAR[],
    -- Events that the kernel's hooks saw since the run began, by table.
    seen BIGINT[],
    -- Of those, events left out because a filter or option said so, by table.
    filtered BIGINT[],
    -- Of those, events lost because the ring was full, by table.
    lost BIGINT[],
    -- Bytes waiting in the ring of execs, forks, signals and waits for a CPU.
    events_fill_bytes BIGINT,
    -- Size of that ring, bytes.
    events_ring_bytes BIGINT
);
