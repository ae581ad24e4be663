-- Everything that was recorded, a row per event, in words. Its order is that of boot_ns within a boot; exitbox timeline shows it.
-- @shown host ts pid comm what
-- @column table_name The table that the row is of, where all that is known of it stands under the same host and seq.
-- @column what What happened to the process, or to the recording where pid is NULL; escaped like comm.
CREATE VIEW timeline AS
SELECT host, boot_id, seq, ts, boot_ns, 'exits' AS table_name, pid, start_boot_ns, comm,
    coalesce(_reason(signal, code, core_dumped), 'died') || CASE WHEN signal IS NOT NULL AND cause IS DISTINCT FROM 'fault' THEN _by_whom(cause, killer_pid, killer_comm) ELSE '' END AS what
FROM exits
UNION ALL
SELECT host, boot_id, seq, ts, boot_ns, 'thread_exits', pid, start_boot_ns, comm,
    CASE WHEN tid = pid THEN 'its leader thread' ELSE 'thread ' || tid END || ' ended: '
    || coalesce(_reason(nullif(status & 127, 0), CASE WHEN status & 127 = 0 THEN status >> 8 & 255 END, status & 128 <> 0), 'how is not known')
FROM thread_exits
UNION ALL
SELECT host, boot_id, seq, ts, boot_ns, 'execs', pid, start_boot_ns, comm,
    CASE WHEN ret < 0 THEN 'could not run ' || coalesce(filename, cmdline, 'a program') || ': error ' || -ret
        ELSE 'runs ' || coalesce(nullif(cmdline, ''), filename, exe, 'a program') END
FROM execs
UNION ALL
SELECT host, boot_id, seq, ts, boot_ns, 'forks', pid, start_boot_ns, comm,
    CASE WHEN tid <> pid THEN 'thread ' || tid || ' began' ELSE 'began' || coalesce(', a child of ' || ppid || coalesce(' ' || parent_comm, ''), '') END
FROM forks
UNION ALL
SELECT host, boot_id, seq, ts, boot_ns, 'signals', pid, start_boot_ns, comm,
    'got ' || coalesce(_signal_name(signal), 'a signal') || _by_whom(cause, sender_pid, sender_comm)
    || CASE WHEN dooms THEN ', its end' WHEN result = 1 OR action = 'ignore' THEN ', ignored' WHEN result = 2 THEN ', one was waiting already'
        WHEN result = 3 THEN ', lost for want of memory' WHEN blocked THEN ', blocked' WHEN action = 'handler' THEN ', handled' ELSE '' END
FROM signals
UNION ALL
SELECT host, boot_id, seq, ts, boot_ns, 'ooms', pid, start_boot_ns, comm,
    'chosen by the OOM killer' || CASE WHEN memcg THEN ', its cgroup is out of memory' WHEN NOT memcg THEN ', the machine is out of memory' ELSE '' END
    || coalesce(': it held ' || format_bytes(coalesce(anon_rss_bytes, 0) + coalesce(file_rss_bytes, 0) + coalesce(shmem_rss_bytes, 0)), '')
    || coalesce(', ' || trigger_pid || coalesce(' ' || trigger_comm, '') || ' wanted more', '')
FROM ooms
UNION ALL
SELECT host, boot_id, seq, ts, boot_ns, 'runqs', pid, start_boot_ns, comm,
    CASE WHEN tid <> pid THEN 'thread ' || tid || ' ' ELSE '' END || 'waited ' || (waited_ns // 1000000) || ' ms for CPU ' || coalesce(cpu::VARCHAR, '?')
    || coalesce(', which ' || prev_tid || coalesce(' ' || prev_comm, '') || ' had', '')
FROM runqs
UNION ALL
SELECT host, boot_id, seq, ts, boot_ns, 'tasks', pid, start_boot_ns, comm, 'is alive' || coalesce(', runs ' || nullif(cmdline, ''), '')
FROM tasks
UNION ALL
SELECT host, boot_id, seq, ts, boot_ns, 'gaps', NULL, NULL, NULL,
    coalesce(count::VARCHAR, 'an unknown number of') || ' events' || coalesce(' of ' || table_name, '') || ' lost' || coalesce(': ' || replace(cause, '_', ' '), '')
FROM gaps
UNION ALL
SELECT host, boot_id, seq, ts, boot_ns, 'heartbeats', NULL, NULL, NULL,
    'the recorder is at work' || coalesce(', its ring ' || (100 * ring_fill_bytes // nullif(ring_bytes, 0)) || ' % full', '')
FROM heartbeats
UNION ALL
SELECT host, boot_id, seq, ts, boot_ns, 'clock_steps', NULL, NULL, NULL,
    CASE WHEN kind = 'suspend' THEN 'the machine slept for ' || (step_ns // 1000000000) || ' s'
        ELSE 'the clock was set ' || CASE WHEN step_ns < 0 THEN 'back' ELSE 'ahead' END || ' by ' || round(abs(step_ns) / 1e9, 3) || ' s' END
FROM clock_steps
UNION ALL
SELECT host, boot_id, seq, ts, boot_ns, 'runs', NULL, NULL, NULL,
    CASE event WHEN 'start' THEN 'the recorder began' WHEN 'takeover' THEN 'the recorder took over' ELSE 'the recorder stopped' END
    || coalesce(' (' || reason || ')', '')
FROM runs;
