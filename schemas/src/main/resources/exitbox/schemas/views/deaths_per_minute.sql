-- How many processes died in each minute, and in which nothing was recorded. A row per host and minute.
-- A stretch of minutes in which nothing was recorded is one row, whose numbers are NULL: not zero, not known.
-- @shown host minute_ts minutes deaths failures crashes note
-- @column minute_ts Wall time at which the minute begins.
-- @column minutes How many minutes the row stands for: 1, or more where nothing was recorded.
-- @column deaths Processes that died; NULL when nothing was recorded.
-- @column failures Those of them that did not succeed.
-- @column crashes Those of them that died by a signal that tells of a fault in the program (see crashes).
-- @column beats Heartbeats in the minute: one a second, one more where a run ended.
-- @column lost Events known to be lost in gaps that touch the minute; NULL when one of them has no count.
-- @column note What to know about the numbers, in words.
CREATE VIEW deaths_per_minute AS
WITH death AS (
    SELECT host, date_trunc('minute', ts) AS minute_ts, count(*) AS deaths, count(*) FILTER (WHERE status <> 0) AS failures,
        count(*) FILTER (WHERE reason LIKE 'crashed %') AS crashes
    FROM deaths GROUP BY ALL
), beat AS (
    SELECT host, date_trunc('minute', ts) AS minute_ts, count(*) AS beats, max_by((awake_ns, slept_ns, set_ns), ts) AS after_last,
        -- As in coverage: more than three seconds without a heartbeat are a hole.
        greatest(round(coalesce(sum(wait_ns) FILTER (WHERE wait_ns <= 3000000000), 0) / 1e9), 1)::BIGINT AS seconds
    FROM (SELECT *, coalesce(mono_ns - lag(mono_ns) OVER boot, boot_ns - lag(boot_ns) OVER boot) AS wait_ns,
            -- What lies between a heartbeat and the boot's next one. Each is of a clock that the others do not move.
            coalesce(lead(mono_ns) OVER boot - mono_ns, lead(boot_ns) OVER boot - boot_ns) AS awake_ns,
            lead(boot_ns) OVER boot - boot_ns - awake_ns AS slept_ns,
            date_diff('microseconds', ts, lead(ts) OVER boot) * 1000 - (lead(boot_ns) OVER boot - boot_ns) AS set_ns
        FROM heartbeats WINDOW boot AS (PARTITION BY host, boot_id ORDER BY boot_ns)) GROUP BY ALL
), known AS (
    SELECT host, minute_ts, deaths, failures, crashes, coalesce(beats, 0) AS beats, seconds, lead(minute_ts) OVER minutes AS next_ts,
        CASE WHEN after_last[1] <= 3000000000 AND after_last[2] > 3000000000 AND after_last[3] > 3000000000 THEN 'suspended, clock was set'
            WHEN after_last[1] <= 3000000000 AND after_last[2] > 3000000000 THEN 'suspended'
            WHEN after_last[1] <= 3000000000 AND after_last[3] > 3000000000 THEN 'clock was set'
            ELSE 'not recorded' END AS why
    FROM death FULL JOIN beat USING (host, minute_ts) WINDOW minutes AS (PARTITION BY host ORDER BY minute_ts)
), gap AS (
    SELECT host, count, ts - to_microseconds((boot_ns - coalesce(first_boot_ns, boot_ns)) // 1000) AS first_ts,
        ts - to_microseconds((boot_ns - coalesce(last_boot_ns, boot_ns)) // 1000) AS last_ts
    FROM gaps
), loss AS (
    SELECT known.host, minute_ts, count(*) AS gaps, CASE WHEN count(*) = count(gap.count) THEN sum(gap.count)::BIGINT END AS lost
    FROM known JOIN gap ON gap.host = known.host AND gap.last_ts >= minute_ts AND gap.first_ts < minute_ts + INTERVAL 1 MINUTE GROUP BY ALL
), minute AS (
    SELECT host, minute_ts, 1 AS minutes, coalesce(deaths, 0) AS deaths, coalesce(failures, 0) AS failures, coalesce(crashes, 0) AS crashes,
        beats, CASE WHEN gaps IS NULL THEN 0 ELSE lost END AS lost,
        CASE WHEN beats = 0 THEN 'no heartbeats: maybe not all' WHEN seconds < 58 THEN 'recorded for ' || seconds || ' s of it' ELSE 'whole' END
            || CASE WHEN gaps IS NULL THEN '' WHEN lost IS NULL THEN ', events were lost' ELSE ', ' || lost || ' events lost' END AS note
    FROM known LEFT JOIN loss USING (host, minute_ts)
    UNION ALL
    SELECT host, minute_ts + INTERVAL 1 MINUTE, date_diff('minute', minute_ts, next_ts) - 1, NULL, NULL, NULL, 0, NULL,
        why
    FROM known WHERE next_ts > minute_ts + INTERVAL 1 MINUTE
)
SELECT * FROM minute ORDER BY host, minute_ts;
