-- A row is a process death: the moment the last thread of the process ended.
-- What a leader thread showed when it left earlier is a row of thread_exits.
CREATE TABLE exits (
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
    -- Thread id of the thread that died last; equal to pid for most processes, a worker's for many multi-threaded ones.
    tid INTEGER,
    -- Process id of the parent at death (real_parent->tgid); 1 or a subreaper when the first parent died before.
    ppid INTEGER,
    -- When the process began, nanoseconds of CLOCK_MONOTONIC (the leader's task->start_time).
    start_mono_ns BIGINT,
    -- When the process began, nanoseconds of CLOCK_BOOTTIME (the leader's task->start_boottime); with host, boot_id and pid the process's identity.
    start_boot_ns BIGINT,
    -- The leader thread's name, at most 15 bytes, control characters and invalid UTF-8 escaped as \xNN (task->comm).
    comm VARCHAR,
    -- The bytes of comm as the kernel had them.
    comm_raw BLOB,
    -- The name of the thread that died last, escaped like comm.
    last_comm VARCHAR,
    -- The bytes of last_comm as the kernel had them.
    last_comm_raw BLOB,
    -- The status word waitpid(2) reports: exit code in bits 15:8, core dumped in bit 7, fatal signal in bits 6:0.
    status INTEGER,
    -- The exit code, 0 to 255; NULL when a signal killed the process.
    code INTEGER,
    -- The number of the signal that killed the process; NULL when it exited by itself.
    signal INTEGER,
    -- Whether the kernel wrote a core dump (bit 7 of status).
    core_dumped BOOLEAN,
    -- The leader thread's own exit word (group_leader->exit_code): what exitsnoop shows, wrong when another thread decided.
    leader_status INTEGER,
    -- Where the signal that killed it came from: user (another process), self, parent_death (prctl), fault, oom, seccomp, rlimit, timer, tty, kernel;
    -- NULL when it exited by itself, or when that is not known.
    cause VARCHAR,
    -- The address a memory fault was about; NULL when there was none.
    fault_addr BIGINT,
    -- Process id of the sender of the fatal signal; NULL when no process sent it or it is not known.
    killer_pid INTEGER,
    -- Thread id of the sender of the fatal signal.
    killer_tid INTEGER,
    -- When the sender's process began, nanoseconds of CLOCK_BOOTTIME.
    killer_start_boot_ns BIGINT,
    -- The sender's thread name, escaped like comm.
    killer_comm VARCHAR,
    -- The bytes of killer_comm as the kernel had them.
    killer_comm_raw BLOB,
    -- The sender's real user id.
    killer_uid BIGINT,
    -- The sender's login user id: who stood behind sudo; 4294967295 when unset.
    killer_loginuid BIGINT,
    -- The fatal signal's si_code, see sigaction(2).
    killer_si_code INTEGER,
    -- When the fatal signal was sent, nanoseconds of CLOCK_BOOTTIME.
    killer_boot_ns BIGINT,
    -- Real user id (cred->uid) of the thread that died last.
    uid BIGINT,
    -- Real group id (cred->gid) of the thread that died last.
    gid BIGINT,
    -- Login user id (task->loginuid): who logged in, whatever sudo made of it; 4294967295 when unset.
    loginuid BIGINT,
    -- Audit session id (task->sessionid); 4294967295 when unset.
    audit_session BIGINT,
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
    -- Inode number of the process's PID namespace, as in /proc/PID/ns/pid.
    pid_ns BIGINT,
    -- Process id seen from that namespace.
    ns_pid INTEGER,
    -- Inode number of the mount namespace, as in /proc/PID/ns/mnt; NULL when it was gone already.
    mnt_ns BIGINT,
    -- Threads not yet released when the last one died, a zombie leader included (signal->nr_threads).
    threads INTEGER,
    -- CPU time in user mode, nanoseconds, all threads, as the kernel accounts it (by ticks on most kernels: often 0 for short lives).
    utime_ns BIGINT,
    -- CPU time in kernel mode, nanoseconds, all threads, accounted like utime_ns.
    stime_ns BIGINT,
    -- CPU time on the scheduler's clock, nanoseconds, all threads (sum_exec_runtime); at most one tick stale.
    cpu_ns BIGINT,
    -- Time spent runnable and waiting for a CPU, nanoseconds, of the thread that died last and of the leader.
    run_delay_ns BIGINT,
    -- The process's own peak resident set, bytes (not the image before its last exec while its memory was readable).
    max_rss_bytes BIGINT,
    -- Page faults served without disk, all threads.
    minor_faults BIGINT,
    -- Page faults that waited for disk, all threads.
    major_faults BIGINT,
    -- Context switches because it waited, all threads (nvcsw).
    voluntary_switches BIGINT,
    -- Context switches because it was pre-empted, all threads (nivcsw).
    involuntary_switches BIGINT,
    -- Bytes read from storage, all threads (task_io_accounting.read_bytes); NULL when the kernel does not count them.
    read_bytes BIGINT,
    -- Bytes written towards storage, all threads (task_io_accounting.write_bytes); NULL when the kernel does not count them.
    write_bytes BIGINT,
    -- The signal the parent gets for this death, 17 (SIGCHLD) for nearly all.
    exit_signal INTEGER,
    -- The OOM killer's adjustment, -1000 to 1000 (signal->oom_score_adj).
    oom_score_adj INTEGER,
    -- Whether it was a kernel thread.
    kthread BOOLEAN,
    -- The own exit word of the thread that died last (task->exit_code); NULL when that was the leader (see leader_status).
    last_status INTEGER,
    -- When the thread that died last began, nanoseconds of CLOCK_MONOTONIC; NULL when that was the leader (see start_mono_ns).
    last_start_mono_ns BIGINT,
    -- When the parent began, nanoseconds of CLOCK_BOOTTIME; with host, boot_id and ppid the parent's identity.
    parent_start_boot_ns BIGINT,
    -- The parent's name at this death, escaped like comm.
    parent_comm VARCHAR,
    -- The bytes of parent_comm as the kernel had them.
    parent_comm_raw BLOB
);
