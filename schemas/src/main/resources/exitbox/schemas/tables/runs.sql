-- A row is a start or a stop of the recorder, or its takeover of a run that another had left.
CREATE TABLE runs (
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
    -- What happened: start, stop, or takeover: the kernel had gone on collecting, and a new recorder goes on with the run.
    event VARCHAR,
    -- The run's own id, a UUID; its start, takeovers and stop share it.
    run_id VARCHAR,
    -- Process id of the recorder.
    pid INTEGER,
    -- Version of the recorder.
    version VARCHAR,
    -- The command line's options, as they were given.
    options VARCHAR[],
    -- The options that left deaths out of the recording, such as -x or -- COMMAND; empty when every death was recorded.
    filters VARCHAR[],
    -- Kernel release and version, as uname(2) has them.
    kernel VARCHAR,
    -- The machine's architecture, as uname(2) has it.
    machine VARCHAR,
    -- CPUs the kernel may bring up.
    cpus INTEGER,
    -- BPF hooks that were attached, such as tp_btf/sched_process_exit.
    hooks VARCHAR[],
    -- Hooks that could not be attached, each with the reason.
    hooks_missing VARCHAR[],
    -- Version of libbpf.
    libbpf VARCHAR,
    -- Version of the Java runtime.
    java VARCHAR,
    -- Size of the ring of deaths and OOM kills, bytes.
    ring_bytes BIGINT,
    -- Why the run stopped, such as SIGTERM or duration; NULL at a start.
    reason VARCHAR,
    -- At a stop: the tables of the counters below, one element per table and CPU that saw an event.
    counter_tables VARCHAR[],
    -- At a stop: the CPUs of the counters below.
    counter_cpus INTEGER[],
    -- At a stop: events that the kernel's hooks saw in the whole run, by table and CPU.
    counter_seen BIGINT[],
    -- At a stop: of those, events left out because a filter or option said so.
    counter_filtered BIGINT[],
    -- At a stop: of those, events lost because the ring was full.
    counter_lost BIGINT[],
    -- Size of the ring of execs, forks, signals and waits for a CPU, bytes.
    events_ring_bytes BIGINT
);
