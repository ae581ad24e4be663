-- A row is a kill by the OOM killer: the kernel chose this process when memory ran out.
CREATE TABLE ooms (
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
    -- Process id of the victim, seen from the initial PID namespace.
    pid INTEGER,
    -- Thread id of the victim's thread that was marked.
    tid INTEGER,
    -- When the victim began, nanoseconds of CLOCK_MONOTONIC.
    start_mono_ns BIGINT,
    -- When the victim began, nanoseconds of CLOCK_BOOTTIME; with host, boot_id and pid its identity.
    start_boot_ns BIGINT,
    -- The victim's name, at most 15 bytes, control characters and invalid UTF-8 escaped as \xNN (task->comm).
    comm VARCHAR,
    -- The bytes of comm as the kernel had them.
    comm_raw BLOB,
    -- The victim's real user id.
    uid BIGINT,
    -- Id of the cgroup (its kernfs node): the v2 one, or on hybrid hosts that leave it at the root the memory controller's.
    cgroup_id BIGINT,
    -- Path of that cgroup below its mount, escaped like comm; NULL when its name did not reach the recording.
    cgroup VARCHAR,
    -- The bytes of cgroup as the kernel had them.
    cgroup_raw BLOB,
    -- Whether a memory cgroup's limit was reached (true) or the machine's memory (false); NULL when the kernel does not say.
    memcg BOOLEAN,
    -- The victim's address space, bytes (mm->total_vm).
    total_vm_bytes BIGINT,
    -- Of its memory that was resident: anonymous, bytes.
    anon_rss_bytes BIGINT,
    -- Of its memory that was resident: of files, bytes.
    file_rss_bytes BIGINT,
    -- Of its memory that was resident: shared, bytes.
    shmem_rss_bytes BIGINT,
    -- Of its memory what was swapped out, bytes.
    swap_bytes BIGINT,
    -- Its page tables, bytes (mm->pgtables_bytes).
    pgtables_bytes BIGINT,
    -- The OOM killer's adjustment, -1000 to 1000 (signal->oom_score_adj).
    oom_score_adj INTEGER,
    -- Process id of the process whose allocation ran out; it may be the victim itself.
    trigger_pid INTEGER,
    -- Thread id of that process's thread.
    trigger_tid INTEGER,
    -- When that process began, nanoseconds of CLOCK_BOOTTIME; with host, boot_id and trigger_pid its identity.
    trigger_start_boot_ns BIGINT,
    -- The name of that thread, escaped like comm.
    trigger_comm VARCHAR,
    -- The bytes of trigger_comm as the kernel had them.
    trigger_comm_raw BLOB
);
