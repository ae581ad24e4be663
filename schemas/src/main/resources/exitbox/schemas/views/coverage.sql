-- What the recording can and cannot answer for. A row per host, boot and stretch of heartbeats without a hole.
-- A heartbeat comes each second; one that is more than three seconds late begins a new stretch. A suspend is no hole.
-- @shown host first_ts last_ts dark_ns beats deaths lost
-- @column first_ts Wall time of the stretch's first heartbeat.
-- @column last_ts Wall time of the stretch's last heartbeat.
-- @column first_boot_ns The stretch's first heartbeat, nanoseconds of CLOCK_BOOTTIME.
-- @column last_boot_ns The stretch's last heartbeat, nanoseconds of CLOCK_BOOTTIME.
-- @column beats How many heartbeats the stretch has.
-- @column dark_ns How long no heartbeat came before this stretch, nanoseconds of CLOCK_MONOTONIC; NULL for a boot's first.
-- @column deaths Rows of exits from this stretch's beginning to the next's; those before a boot's first heartbeat count to its first stretch.
-- @column lost Events known to be lost (gaps) in that time, by when the loss began; NULL when one of them has no count.
CREATE VIEW coverage AS
WITH beat AS (
    SELECT host, boot_id, boot_ns, ts, coalesce(mono_ns - lag(mono_ns) OVER boot, boot_ns - lag(boot_ns) OVER boot) AS wait_ns
    FROM heartbeats WINDOW boot AS (PARTITION BY host, boot_id ORDER BY boot_ns)
), stretch AS (
    SELECT *, sum(CASE WHEN wait_ns > 3000000000 THEN 1 ELSE 0 END) OVER (PARTITION BY host, boot_id ORDER BY boot_ns) AS part FROM beat
), span AS (
    SELECT host, boot_id, part, min(ts) AS first_ts, max(ts) AS last_ts, min(boot_ns) AS first_boot_ns, max(boot_ns) AS last_boot_ns,
        count(*) AS beats, max(wait_ns) FILTER (WHERE wait_ns > 3000000000) AS dark_ns,
        min(CASE WHEN part = 0 THEN 0 ELSE boot_ns END) AS begin_ns
    FROM stretch GROUP BY ALL
), death AS (
    -- ASOF, not BETWEEN: that would compare each death with each stretch.
    SELECT span.host, span.boot_id, part, count(*) AS deaths
    FROM exits ASOF JOIN span ON exits.host = span.host AND exits.boot_id = span.boot_id AND exits.boot_ns >= begin_ns GROUP BY ALL
), loss AS (
    SELECT span.host, span.boot_id, part, CASE WHEN count(*) = count(count) THEN sum(count)::BIGINT END AS lost
    FROM (SELECT host, boot_id, count, coalesce(first_boot_ns, boot_ns) AS since_ns FROM gaps) AS gap
        ASOF JOIN span ON gap.host = span.host AND gap.boot_id = span.boot_id AND since_ns >= begin_ns GROUP BY ALL
)
SELECT host, boot_id, first_ts, last_ts, first_boot_ns, last_boot_ns, beats, dark_ns, coalesce(deaths, 0) AS deaths,
    CASE WHEN loss.part IS NULL THEN 0 ELSE lost END AS lost
FROM span LEFT JOIN death USING (host, boot_id, part) LEFT JOIN loss USING (host, boot_id, part) ORDER BY host, first_ts;
