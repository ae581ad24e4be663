-- Who lived from when to when. A row per process that the answer tells of, by a fork, an exec, a snapshot or its death.
-- @shown host begin_ts end_ts pid ppid comm age_ns reason preexisting cmdline
-- @column begin_ts Wall time at which it began, also before the recording.
-- @column end_ts Wall time of its death; NULL while it lives, or when that was not seen.
-- @column end_boot_ns When it died, nanoseconds of CLOCK_BOOTTIME.
-- @column age_ns How long it lived, nanoseconds of CLOCK_MONOTONIC (time in suspend not counted).
-- @column reason What it died of, in words; alive while it is; not seen when its end is missing.
-- @column cmdline The arguments of its last exec, or those that a snapshot found.
-- @column preexisting Whether it had begun before the recorder did, or in a pause of the recorder.
-- @column end_unseen Whether it is over although its death is not in the recording: its pid came again, a later snapshot lacks
-- it, or the machine was started anew.
CREATE VIEW lifetimes AS
WITH sight AS (
    SELECT host, boot_id, pid, start_boot_ns, ppid, parent_start_boot_ns, comm, uid, cgroup, boot_ns, ts FROM forks WHERE tid = pid
    UNION ALL
    SELECT host, boot_id, pid, start_boot_ns, ppid, parent_start_boot_ns, comm, uid, cgroup, boot_ns, ts FROM execs WHERE coalesce(ret, 0) >= 0
    UNION ALL
    SELECT host, boot_id, pid, start_boot_ns, ppid, parent_start_boot_ns, comm, uid, cgroup, boot_ns, ts FROM tasks
    UNION ALL
    SELECT host, boot_id, pid, start_boot_ns, ppid, parent_start_boot_ns, comm, uid, cgroup, boot_ns, ts FROM exits
), process AS (
    SELECT host, boot_id, pid, start_boot_ns, arg_min(ppid, boot_ns) AS ppid, arg_min(parent_start_boot_ns, boot_ns) AS parent_start_boot_ns,
        arg_max(comm, boot_ns) AS comm, arg_max(uid, boot_ns) AS uid, arg_max(cgroup, boot_ns) AS cgroup, max(boot_ns) AS last_ns,
        arg_min(ts - to_microseconds((boot_ns - start_boot_ns) // 1000), boot_ns) AS begin_ts
    FROM sight GROUP BY ALL
), death AS (
    SELECT host, boot_id, pid, start_boot_ns, max(boot_ns) AS end_boot_ns, max(ts) AS end_ts, arg_max(mono_ns - start_mono_ns, seq) AS age_ns,
        arg_max(_reason(signal, code, core_dumped), seq) AS reason
    FROM _whole_exits GROUP BY ALL
), newest AS (
    SELECT host, boot_id, pid, max(start_boot_ns) AS newest_ns FROM _seen GROUP BY ALL
), snapshot AS (
    SELECT host, boot_id, max(boot_ns) AS snapshot_ns FROM _whole_tasks GROUP BY ALL
), running AS (
    SELECT host, arg_max(boot_id, ts) AS boot_id FROM _whole_runs GROUP BY ALL
), known AS (
    SELECT _boot(host, boot_id) AS boot, pid, start_boot_ns FROM process WHERE start_boot_ns IS NOT NULL
), judged AS (
    -- A snapshot takes its time: who is seen less than a second before its end may have stood at its beginning.
    SELECT process.*, end_ts, end_boot_ns, age_ns, reason, end_boot_ns IS NULL
        AND (newest_ns > start_boot_ns OR coalesce(last_ns < snapshot_ns - 1000000000, false) OR coalesce(running.boot_id <> process.boot_id, false))
        AS end_unseen
    FROM process LEFT JOIN death USING (host, boot_id, pid, start_boot_ns) LEFT JOIN newest USING (host, boot_id, pid)
        LEFT JOIN snapshot USING (host, boot_id) LEFT JOIN running ON running.host = process.host
)
SELECT judged.host, judged.boot_id, judged.pid, judged.start_boot_ns, begin_ts, end_ts, end_boot_ns, age_ns, judged.comm, program.cmdline,
    judged.ppid, judged.parent_start_boot_ns, uid, cgroup, coalesce(reason, CASE WHEN end_boot_ns IS NOT NULL THEN NULL WHEN end_unseen THEN 'not seen' ELSE 'alive' END) AS reason,
    _preexisting(judged.start_boot_ns, begin_ns, end_ns) AS preexisting, end_unseen
FROM judged LEFT JOIN _ran('known') ran ON ran.boot = _boot(judged.host, judged.boot_id) AND ran.pid = judged.pid
        AND ran.start_boot_ns = judged.start_boot_ns AND last_ns >= ran.since_boot_ns AND last_ns < until_boot_ns
    LEFT JOIN _programs program ON program.host = judged.host AND program.seq = program_seq
    LEFT JOIN _recorded ON _recorded.host = judged.host AND _recorded.boot_id = judged.boot_id
ORDER BY judged.host, begin_ts, judged.start_boot_ns, judged.pid;
