-- What each boot's recording can and cannot answer for: a row per host, boot and stretch of heartbeats without a hole.
-- A heartbeat comes each second; one that is more than three seconds late begins a new stretch.
-- @column first_ts Wall time of the stretch's first heartbeat.
-- @column last_ts Wall time of the stretch's last heartbeat.
-- @column first_boot_ns The stretch's first heartbeat, nanoseconds of CLOCK_BOOTTIME.
-- @column last_boot_ns The stretch's last heartbeat, nanoseconds of CLOCK_BOOTTIME.
-- @column beats How many heartbeats the stretch has.
-- @column dark_ns How long nothing was recorded before this stretch, nanoseconds; NULL for a boot's first.
-- @column deaths Rows of exits within the stretch.
-- @column lost Events known to be lost within the stretch (gaps); NULL when one of them has no count.
CREATE VIEW coverage AS
WITH beat AS (
    SELECT host, boot_id, boot_ns, ts, boot_ns - lag(boot_ns) OVER (PARTITION BY host, boot_id ORDER BY boot_ns) AS wait_ns FROM heartbeats
), stretch AS (
    SELECT *, sum(CASE WHEN wait_ns > 3000000000 THEN 1 ELSE 0 END) OVER (PARTITION BY host, boot_id ORDER BY boot_ns) AS part FROM beat
), span AS (
    SELECT host, boot_id, part, min(ts) AS first_ts, max(ts) AS last_ts, min(boot_ns) AS first_boot_ns, max(boot_ns) AS last_boot_ns,
        count(*) AS beats, max(wait_ns) FILTER (WHERE wait_ns > 3000000000) AS dark_ns
    FROM stretch GROUP BY ALL
)
SELECT host, boot_id, first_ts, last_ts, first_boot_ns, last_boot_ns, beats, dark_ns,
    (SELECT count(*) FROM exits e WHERE e.host = span.host AND e.boot_id = span.boot_id AND e.boot_ns BETWEEN span.first_boot_ns AND span.last_boot_ns) AS deaths,
    (SELECT CASE WHEN count(*) = count(count) THEN coalesce(sum(count), 0)::BIGINT END FROM gaps g
        WHERE g.host = span.host AND g.boot_id = span.boot_id AND g.last_boot_ns >= span.first_boot_ns AND g.first_boot_ns <= span.last_boot_ns) AS lost
FROM span ORDER BY host, first_ts;
