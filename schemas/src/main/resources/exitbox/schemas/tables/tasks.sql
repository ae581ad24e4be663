-- A row is a process that was alive when a run began, or at a later snapshot (at most one per --rotate-every).
CREATE TABLE tasks (
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
    -- Process id of the parent (real_parent->tgid).
    ppid INTEGER,
    -- When the process began, nanoseconds of CLOCK_MONOTONIC (the leader's task->start_time).
    start_mono_ns BIGINT,
    -- When the process began, nanoseconds of CLOCK_BOOTTIME (the leader's task->start_boottime); with host, boot_id and pid the process's identity.
    start_boot_ns BIGINT,
    -- When the parent began, nanoseconds of CLOCK_BOOTTIME; with host, boot_id and ppid the parent's identity.
    parent_start_boot_ns BIGINT,
    -- The leader thread's name, at most 15 bytes, control characters and invalid UTF-8 escaped as \xNN (task->comm).
    comm VARCHAR,
    -- The bytes of comm as the kernel had them.
    comm_raw BLOB,
    -- The program that runs, the path of its file as the process's own root has it (mm->exe_file), escaped like comm; NULL for kernel threads.
    exe VARCHAR,
    -- The bytes of exe as the kernel had them.
    exe_raw BLOB,
    -- The working directory (fs->pwd), escaped like comm.
    cwd VARCHAR,
    -- The bytes of cwd as the kernel had them.
    cwd_raw BLOB,
    -- The arguments as they stand in the process's memory, byte for byte; NULL where the kernel cannot give them, and with --max-args-bytes 0.
    argv BLOB[],
    -- The arguments with a blank between them, each as a shell would want it quoted where it needs that, escaped like comm; without empty ones at the end,
    -- which are the room that a title left which the process wrote over them.
    cmdline VARCHAR,
    -- Whether argv lacks the end of the arguments: they were longer than --max-args-bytes, or than the 16 KiB that are read of a living process.
    argv_truncated BOOLEAN,
    -- Real user id.
    uid BIGINT,
    -- Real group id.
    gid BIGINT,
    -- Login user id: who logged in, whatever sudo made of it; 4294967295 when unset.
    loginuid BIGINT,
    -- Session id, the pid of the session's leader.
    sid INTEGER,
    -- Process group id, the pid of the group's leader.
    pgid INTEGER,
    -- The controlling terminal as ps(1) names it, such as pts/3; NULL when there was none.
    tty VARCHAR,
    -- Id of the cgroup (its kernfs node): the v2 one, or on hybrid hosts that leave it at the root the memory controller's.
    cgroup_id BIGINT,
    -- Path of that cgroup below its mount, escaped like comm; NULL when its name did not reach the recording.
    cgroup VARCHAR,
    -- The bytes of cgroup as the kernel had them.
    cgroup_raw BLOB,
    -- Threads alive.
    threads INTEGER,
    -- Whether it was a kernel thread.
    kthread BOOLEAN
);
