-- A row is a wait for a CPU that was longer than --runq-min: the thread could run and none was free.
CREATE TABLE runqs (
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
    -- Process id (the kernel's tgid) of the thread that waited, seen from the initial PID namespace.
    pid INTEGER,
    -- Id of the thread that waited.
    tid INTEGER,
    -- When its process began, nanoseconds of CLOCK_MONOTONIC.
    start_mono_ns BIGINT,
    -- When its process began, nanoseconds of CLOCK_BOOTTIME; with host, boot_id and pid the process's identity.
    start_boot_ns BIGINT,
    -- The name of the thread that waited, at most 15 bytes, control characters and invalid UTF-8 escaped as \xNN (task->comm).
    comm VARCHAR,
    -- The bytes of comm as the kernel had them.
    comm_raw BLOB,
    -- Real user id of the thread that waited.
    uid BIGINT,
    -- Id of the cgroup (its kernfs node): the v2 one, or on hybrid hosts that leave it at the root the memory controller's.
    cgroup_id BIGINT,
    -- Path of that cgroup below its mount, escaped like comm; NULL when its name did not reach the recording.
    cgroup VARCHAR,
    -- The bytes of cgroup as the kernel had them.
    cgroup_raw BLOB,
    -- How long it waited, nanoseconds of the scheduler's clock.
    waited_ns BIGINT,
    -- Process id of the task that had the CPU before.
    prev_pid INTEGER,
    -- Thread id of the task that had the CPU before.
    prev_tid INTEGER,
    -- Name of the task that had the CPU before, escaped like comm.
    prev_comm VARCHAR,
    -- The bytes of prev_comm as the kernel had them.
    prev_comm_raw BLOB
);
