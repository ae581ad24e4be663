-- Commands that died again and again. A row is three or more failures of one name in one place, each within ten minutes
-- of the one before. Those of which most deaths were failures stand first: `grep` in a script fails often too, and nothing is wrong.
-- @top 20
-- @shown host comm deaths failed_percent first_ts last_ts interval_ns age_ns reason place
-- @column place The cgroup, in which ids of 12 and more hexadecimal digits are *, so that a restarted container stays in its place.
-- @column deaths How many failures the loop has.
-- @column failed_percent Failures in percent of all deaths of that name and place from the first to the last.
-- @column first_ts Wall time of the first failure.
-- @column last_ts Wall time of the last failure.
-- @column interval_ns The median time from one failure to the next, nanoseconds.
-- @column age_ns How long the processes lived, the median, nanoseconds.
-- @column reason What most of them died of, in words.
CREATE VIEW crash_loops AS
WITH death AS (
    SELECT host, boot_id, comm, coalesce(regexp_replace(cgroup, '[0-9a-f]{12,}', '*', 'g'), '') AS place, ts, boot_ns, seq, age_ns, status, reason
    FROM deaths
), candidate AS (
    SELECT host, boot_id, comm, place, row_number() OVER () AS id FROM death WHERE status <> 0 GROUP BY ALL HAVING count(*) >= 3
), failure AS (
    SELECT id, ts, boot_ns, seq, age_ns, reason, boot_ns - lag(boot_ns) OVER (PARTITION BY id ORDER BY boot_ns, seq) AS wait_ns
    FROM death JOIN candidate USING (host, boot_id, comm, place) WHERE status <> 0
), numbered AS (
    SELECT *, sum(CASE WHEN wait_ns <= 600000000000 THEN 0 ELSE 1 END)
        OVER (PARTITION BY id ORDER BY boot_ns, seq ROWS UNBOUNDED PRECEDING) AS loop
    FROM failure
), counted AS (
    SELECT id, loop, reason, count(*) AS n FROM numbered GROUP BY ALL
), usual AS (
    SELECT id, loop, max_by(reason, (n, reason)) AS reason FROM counted GROUP BY ALL
), span AS (
    SELECT id, loop, count(*) AS deaths, min(ts) AS first_ts, max(ts) AS last_ts, min(boot_ns) AS first_boot_ns, max(boot_ns) AS last_boot_ns,
        median(wait_ns) FILTER (WHERE wait_ns <= 600000000000)::BIGINT AS interval_ns, median(age_ns)::BIGINT AS age_ns
    FROM numbered GROUP BY ALL HAVING count(*) >= 3
), found AS (
    SELECT * FROM span JOIN usual USING (id, loop) JOIN candidate USING (id)
), among AS (
    SELECT id, loop, count(*) AS n FROM found JOIN death USING (host, boot_id, comm, place)
    WHERE death.boot_ns BETWEEN first_boot_ns AND last_boot_ns GROUP BY ALL
)
SELECT host, boot_id, comm, nullif(place, '') AS place, deaths, round(100.0 * deaths / n, 1) AS failed_percent, first_ts, last_ts, interval_ns, age_ns,
    reason
FROM found JOIN among USING (id, loop) ORDER BY failed_percent < 50, deaths DESC, first_ts, comm;
