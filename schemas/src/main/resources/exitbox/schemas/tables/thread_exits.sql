-- A row is a thread's end that is not the death of its process: a leader that leaves before its workers, always; any other thread with --threads.
CREATE TABLE thread_exits (
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
    -- Process id (the kernel's tgid), seen from the initial PID namespace.
    pid INTEGER,
    -- Thread id; equal to pid for a leader.
    tid INTEGER,
    -- Process id of the parent (real_parent->tgid).
    ppid INTEGER,
    -- Real user id of the thread.
    uid BIGINT,
    -- The thread's name, at most 15 bytes, control characters and invalid UTF-8 escaped as \xNN.
    comm VARCHAR,
    -- The bytes of comm as the kernel had them.
    comm_raw BLOB,
    -- The thread's own exit word (task->exit_code) as the kernel gave it: no verdict on the process.
    status INTEGER,
    -- When the process began, nanoseconds of CLOCK_MONOTONIC (the leader's task->start_time).
    start_mono_ns BIGINT,
    -- When the process began, nanoseconds of CLOCK_BOOTTIME (the leader's task->start_boottime); with host, boot_id and pid the process's identity.
    start_boot_ns BIGINT,
    -- When the thread began, nanoseconds of CLOCK_MONOTONIC.
    thread_start_mono_ns BIGINT,
    -- When the thread began, nanoseconds of CLOCK_BOOTTIME.
    thread_start_boot_ns BIGINT
);
