-- A row is a new process; with --threads also a new thread (its clone_flags have CLONE_THREAD).
CREATE TABLE forks (
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
    -- Process id of the new process; of a new thread its process's.
    pid INTEGER,
    -- Thread id of the new task; equal to pid for a new process.
    tid INTEGER,
    -- Process id of its parent (real_parent->tgid): as a rule the one that called fork.
    ppid INTEGER,
    -- When the new process began, nanoseconds of CLOCK_MONOTONIC; of a new thread when its process began.
    start_mono_ns BIGINT,
    -- When the new process began, nanoseconds of CLOCK_BOOTTIME; with host, boot_id and pid the process's identity.
    start_boot_ns BIGINT,
    -- When the parent began, nanoseconds of CLOCK_BOOTTIME; with host, boot_id and ppid the parent's identity.
    parent_start_boot_ns BIGINT,
    -- The name the new process has from its maker until it execs, at most 15 bytes, control characters and invalid UTF-8 escaped as \xNN (task->comm).
    comm VARCHAR,
    -- The bytes of comm as the kernel had them.
    comm_raw BLOB,
    -- The parent's name, escaped like comm.
    parent_comm VARCHAR,
    -- The bytes of parent_comm as the kernel had them.
    parent_comm_raw BLOB,
    -- Process id of the process that called fork or clone: not the parent when CLONE_PARENT was asked for.
    creator_pid INTEGER,
    -- Thread id of the thread that called fork or clone.
    creator_tid INTEGER,
    -- The flags of clone(2), such as 0x4000 for vfork; the lowest byte is the signal the parent gets at the end.
    clone_flags BIGINT,
    -- Real user id of the new process.
    uid BIGINT,
    -- Id of the cgroup (its kernfs node): the v2 one, or on hybrid hosts that leave it at the root the memory controller's.
    cgroup_id BIGINT,
    -- Path of that cgroup below its mount, escaped like comm; NULL when its name did not reach the recording.
    cgroup VARCHAR,
    -- The bytes of cgroup as the kernel had them.
    cgroup_raw BLOB
);
