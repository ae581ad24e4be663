-- Where exitsnoop would have misled. A leader thread left before its process died, and that is what exitsnoop prints as the
-- death. A row per such leader, the most wrong first.
-- @top 20
-- @shown host ts pid comm printed died_ts later_ns reason wrong
-- @column ts Wall time at which the leader left: the time exitsnoop prints.
-- @column printed The leader's own status in words: the verdict exitsnoop prints.
-- @column died_ts Wall time of the process's death; NULL when it is not in the recording: it lived on.
-- @column later_ns How much later than exitsnoop says the process died, nanoseconds.
-- @column reason What the process died of in truth, in words.
-- @column wrong What exitsnoop gets wrong: the time, the time and the status, or that it died at all, as far as this recording shows.
CREATE VIEW early_leaders AS
WITH leader AS (
    SELECT host, boot_id, ts, boot_ns, pid, start_boot_ns, comm, status,
        _reason(nullif(status & 127, 0), CASE WHEN status & 127 = 0 THEN status >> 8 & 255 END, status & 128 <> 0) AS printed
    FROM thread_exits WHERE tid = pid
)
SELECT leader.host, leader.boot_id, leader.ts, leader.pid, leader.start_boot_ns, leader.comm, printed, death.ts AS died_ts,
    death.boot_ns - leader.boot_ns AS later_ns, _reason(death.signal, death.code, death.core_dumped) AS reason,
    CASE WHEN death.pid IS NULL THEN 'it lived on' WHEN death.status <> leader.status THEN 'time and status' ELSE 'time' END AS wrong
FROM leader LEFT JOIN _whole_exits death ON death.host = leader.host AND death.boot_id = leader.boot_id AND death.pid = leader.pid
    AND death.start_boot_ns = leader.start_boot_ns
ORDER BY wrong = 'time', later_ns DESC NULLS FIRST, leader.ts, leader.host, leader.pid;
