-- Whom the OOM killer took. A row per victim, and one per death for want of memory whose OOM kill itself did not reach the
-- recording: its sizes are NULL.
-- @shown host ts pid comm memcg anon_rss_bytes oom_score_adj trigger_comm dying_ns cgroup cmdline
-- @column died_ts Wall time of the victim's death; NULL when that is not in the answer.
-- @column dying_ns How long it took from the choice to the death, nanoseconds of CLOCK_BOOTTIME.
CREATE VIEW oom_kills AS
SELECT ooms.host, ooms.boot_id, ooms.seq, ooms.ts, ooms.boot_ns, ooms.pid, ooms.start_boot_ns, ooms.comm, ooms.uid, ooms.cgroup,
    _unit(ooms.cgroup) AS unit, _container(ooms.cgroup) AS container, memcg, total_vm_bytes, anon_rss_bytes, file_rss_bytes, shmem_rss_bytes,
    swap_bytes, pgtables_bytes, ooms.oom_score_adj, trigger_pid, trigger_start_boot_ns, trigger_comm, deaths.ts AS died_ts,
    deaths.boot_ns - ooms.boot_ns AS dying_ns, deaths.cmdline
FROM ooms LEFT JOIN deaths ON deaths.host = ooms.host AND deaths.boot_id = ooms.boot_id AND deaths.pid = ooms.pid
    AND deaths.start_boot_ns = ooms.start_boot_ns
UNION ALL BY NAME
SELECT host, boot_id, seq, ts, boot_ns, pid, start_boot_ns, comm, uid, cgroup, unit, container, oom_score_adj, killer_pid AS trigger_pid,
    killer_start_boot_ns AS trigger_start_boot_ns, killer_comm AS trigger_comm, ts AS died_ts, cmdline
FROM deaths ANTI JOIN ooms USING (host, boot_id, pid, start_boot_ns) WHERE cause = 'oom';
