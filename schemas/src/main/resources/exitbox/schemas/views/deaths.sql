-- Process deaths, with the reason in words, the age, and what was executed beside them. All columns of exits follow.
-- @shown host ts pid ppid uid comm age_ns reason cmdline
-- @column reason What it died of, in words: exited 3, killed by SIGKILL, crashed with SIGSEGV, core dumped.
-- @column signal_name The name of the signal that killed it, such as SIGKILL; NULL when it exited by itself.
-- @column age_ns How long the process lived, nanoseconds of CLOCK_MONOTONIC (time in suspend not counted).
-- @column cmdline The arguments of its last exec, with a blank between them; of a process that never execed since the recorder
-- began those that a snapshot found, or its parent's when that forked it; NULL when they are not known.
-- @column exe The program it ran last, the path of its file, known like cmdline.
-- @column cwd The working directory at that exec or snapshot.
-- @column parent_cmdline The arguments of the parent's program at that moment.
-- @column killer_cmdline The arguments of the sender's program when it sent the fatal signal.
-- @column container The id of its container, from the cgroup; NULL when it was in none.
-- @column runtime What ran that container: docker, containerd, cri-o, podman, or kubernetes where the path does not say which.
-- @column unit The systemd unit it was in, from the cgroup: nginx.service, session-3.scope.
-- @column preexisting Whether it had begun before the recorder did, or in a pause of the recorder.
CREATE VIEW deaths AS
SELECT _reason(signal, code, core_dumped) AS reason, _signal_name(signal) AS signal_name, mono_ns - start_mono_ns AS age_ns, text.cmdline, text.exe,
    text.cwd, parent_cmdline, killer_cmdline, _container(cgroup) AS container, _runtime(cgroup) AS runtime, _unit(cgroup) AS unit,
    _preexisting(exits.start_boot_ns, begin_ns, end_ns) AS preexisting, exits.*
FROM exits
    LEFT JOIN _own_programs own ON own.boot = _boot(exits.host, exits.boot_id) AND own.pid = exits.pid AND own.start_boot_ns = exits.start_boot_ns
        AND exits.boot_ns >= own.since_boot_ns AND exits.boot_ns < own.until_boot_ns
    LEFT JOIN _parent_programs parent ON parent.boot = _boot(exits.host, exits.boot_id) AND parent.pid = exits.ppid
        AND parent.start_boot_ns = exits.parent_start_boot_ns AND exits.boot_ns >= parent.since_boot_ns AND exits.boot_ns < parent.until_boot_ns
    LEFT JOIN _killer_programs killer ON killer.boot = _boot(exits.host, exits.boot_id) AND killer.pid = exits.killer_pid
        AND killer.start_boot_ns = exits.killer_start_boot_ns AND coalesce(killer_boot_ns, exits.boot_ns) >= killer.since_boot_ns
        AND coalesce(killer_boot_ns, exits.boot_ns) < killer.until_boot_ns
    LEFT JOIN _recorded ON _recorded.host = exits.host AND _recorded.boot_id = exits.boot_id
    -- Last: texts are not carried through the joins above.
    LEFT JOIN _own_texts text ON text.boot = own.boot AND text.seq = own.program_seq;
