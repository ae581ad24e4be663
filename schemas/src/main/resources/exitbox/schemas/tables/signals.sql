-- A row is a signal that was sent: HUP INT QUIT ABRT TERM KILL XCPU, survived or not, and every signal that dooms its process; all with --signals all.
CREATE TABLE signals (
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
    -- Process id of the process the signal was for, seen from the initial PID namespace.
    pid INTEGER,
    -- Thread id it was for: of the one thread when it was directed at a thread (see thread_directed), else of one of the process's.
    tid INTEGER,
    -- When that process began, nanoseconds of CLOCK_MONOTONIC (the leader's task->start_time).
    start_mono_ns BIGINT,
    -- When that process began, nanoseconds of CLOCK_BOOTTIME; with host, boot_id and pid the process's identity.
    start_boot_ns BIGINT,
    -- The name of the thread it was for, at most 15 bytes, control characters and invalid UTF-8 escaped as \xNN (task->comm).
    comm VARCHAR,
    -- The bytes of comm as the kernel had them.
    comm_raw BLOB,
    -- Real user id of the process the signal was for.
    uid BIGINT,
    -- Id of the cgroup (its kernfs node): the v2 one, or on hybrid hosts that leave it at the root the memory controller's.
    cgroup_id BIGINT,
    -- Path of that cgroup below its mount, escaped like comm; NULL when its name did not reach the recording.
    cgroup VARCHAR,
    -- The bytes of cgroup as the kernel had them.
    cgroup_raw BLOB,
    -- The signal's number.
    signal INTEGER,
    -- What siginfo says of its origin, see sigaction(2): 0 SI_USER, -1 SI_QUEUE, -6 SI_TKILL, 128 SI_KERNEL, above 0 a fault or event.
    si_code INTEGER,
    -- Who made it, one of user, self, parent_death, fault, oom, seccomp, rlimit, timer, tty, kernel; NULL when unknown.
    cause VARCHAR,
    -- The address a memory fault was about; NULL when there was none.
    fault_addr BIGINT,
    -- Whether it was directed at one thread (tgkill, a fault) instead of the whole process.
    thread_directed BOOLEAN,
    -- What became of it: 0 delivered, 1 ignored, 2 one was waiting already, 3 lost for want of memory, 4 delivered without its siginfo (TRACE_SIGNAL_* of the kernel).
    result INTEGER,
    -- What the process had set for it: default, ignore or handler.
    action VARCHAR,
    -- Whether the thread it was for had it blocked, so that it waits.
    blocked BOOLEAN,
    -- Whether this signal decided the process's death.
    dooms BOOLEAN,
    -- Process id of the sender; NULL when no process sent it (cause says what did).
    sender_pid INTEGER,
    -- Thread id of the sender.
    sender_tid INTEGER,
    -- When the sender's process began, nanoseconds of CLOCK_BOOTTIME; with host, boot_id and sender_pid its identity.
    sender_start_boot_ns BIGINT,
    -- The sender's thread name, escaped like comm.
    sender_comm VARCHAR,
    -- The bytes of sender_comm as the kernel had them.
    sender_comm_raw BLOB,
    -- The sender's real user id.
    sender_uid BIGINT,
    -- The sender's login user id: who stood behind sudo; 4294967295 when unset.
    sender_loginuid BIGINT,
    -- Process id of the task that ran when the signal was made: what sigsnoop shows, wrong when no process sent it.
    current_pid INTEGER,
    -- Thread id of that task.
    current_tid INTEGER,
    -- Name of that task, escaped like comm.
    current_comm VARCHAR,
    -- The bytes of current_comm as the kernel had them.
    current_comm_raw BLOB
);
