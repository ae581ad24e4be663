-- A row is a program that a process began to run: a successful execve or execveat; with --failed-execs also one that failed (ret below 0).
CREATE TABLE execs (
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
    -- Thread id of the thread that called exec; where it is not pid, a worker took the leader's place.
    tid INTEGER,
    -- Process id of the parent (real_parent->tgid).
    ppid INTEGER,
    -- When the process began, nanoseconds of CLOCK_MONOTONIC (the leader's task->start_time).
    start_mono_ns BIGINT,
    -- When the process began, nanoseconds of CLOCK_BOOTTIME (the leader's task->start_boottime); with host, boot_id and pid the process's identity.
    start_boot_ns BIGINT,
    -- When the parent began, nanoseconds of CLOCK_BOOTTIME; with host, boot_id and ppid the parent's identity.
    parent_start_boot_ns BIGINT,
    -- The process's name from now on, at most 15 bytes, control characters and invalid UTF-8 escaped as \xNN (task->comm).
    comm VARCHAR,
    -- The bytes of comm as the kernel had them.
    comm_raw BLOB,
    -- The name it had until now, escaped like comm; NULL when it is not known.
    old_comm VARCHAR,
    -- The bytes of old_comm as the kernel had them.
    old_comm_raw BLOB,
    -- The parent's name, escaped like comm.
    parent_comm VARCHAR,
    -- The bytes of parent_comm as the kernel had them.
    parent_comm_raw BLOB,
    -- The path that exec was asked for (bprm->filename): for a script the script, where exe is its interpreter; escaped like comm.
    filename VARCHAR,
    -- The bytes of filename as the kernel had them.
    filename_raw BLOB,
    -- The program that runs, the path of its file as the process's own root has it (mm->exe_file), escaped like comm.
    exe VARCHAR,
    -- The bytes of exe as the kernel had them.
    exe_raw BLOB,
    -- The working directory at exec (fs->pwd), escaped like comm.
    cwd VARCHAR,
    -- The bytes of cwd as the kernel had them.
    cwd_raw BLOB,
    -- The arguments as the kernel laid them out for the new program (mm->arg_start to arg_end), byte for byte; NULL when none were kept (--max-args-bytes 0).
    argv BLOB[],
    -- The arguments with a blank between them, each as a shell would want it quoted where it needs that, escaped like comm.
    cmdline VARCHAR,
    -- How many arguments the program got (bprm->argc).
    argc INTEGER,
    -- Whether argv lacks the end of the arguments: they were longer than --max-args-bytes.
    argv_truncated BOOLEAN,
    -- Real user id of the process.
    uid BIGINT,
    -- Login user id: who logged in, whatever sudo made of it; 4294967295 when unset.
    loginuid BIGINT,
    -- Id of the cgroup (its kernfs node): the v2 one, or on hybrid hosts that leave it at the root the memory controller's.
    cgroup_id BIGINT,
    -- Path of that cgroup below its mount, escaped like comm; NULL when its name did not reach the recording.
    cgroup VARCHAR,
    -- The bytes of cgroup as the kernel had them.
    cgroup_raw BLOB,
    -- What execve returned: 0, or for a failed one the negative error number.
    ret INTEGER
);
