-- When the recorder was at work. A row per host and boot: when each of its runs began, and when that ended. A takeover goes on
-- with a run.
-- @asked preexisting
-- @column begin_ns When each run began, nanoseconds of CLOCK_BOOTTIME.
-- @column end_ns When each of them ended, nanoseconds of CLOCK_BOOTTIME; NULL while it goes on.
CREATE VIEW _recorded AS
WITH run AS (
    SELECT host, boot_id, seq, event, boot_ns, lead(boot_ns) OVER (PARTITION BY host, boot_id ORDER BY seq) AS next_ns FROM _whole_runs
    WHERE event <> 'takeover'
)
SELECT host, boot_id, list(boot_ns ORDER BY seq) AS begin_ns, list(next_ns ORDER BY seq) AS end_ns FROM run WHERE event <> 'stop' GROUP BY ALL;
