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
    SELECT host, boot_id, comm, regexp_replace(cgroup, '[0-9a-f]{12,}', '*', 'g') AS place, ts, boot_ns, seq, age_ns, status, reason FROM deaths
), failure AS (
    SELECT *, boot_ns - lag(boot_ns) OVER (PARTITION BY host, boot_id, comm, place ORDER BY boot_ns, seq) AS wait_ns
    FROM death WHERE status <> 0
), numbered AS (
    SELECT *, count(*) FILTER (WHERE wait_ns IS NULL OR wait_ns > 600000000000)
        OVER (PARTITION BY host, boot_id, comm, place ORDER BY boot_ns, seq) AS loop
    FROM failure
), counted AS (
    SELECT host, boot_id, comm, place, loop, reason, count(*) AS n FROM numbered GROUP BY ALL
), usual AS (
    SELECT host, boot_id, comm, place, loop, max_by(reason, (n, reason)) AS reason FROM counted GROUP BY ALL
), span AS (
    SELECT host, boot_id, comm, place, loop, count(*) AS deaths, min(ts) AS first_ts, max(ts) AS last_ts,
        min(boot_ns) AS first_boot_ns, max(boot_ns) AS last_boot_ns,
        median(wait_ns) FILTER (WHERE wait_ns <= 600000000000)::BIGINT AS interval_ns, median(age_ns)::BIGINT AS age_ns
    FROM numbered GROUP BY ALL HAVING count(*) >= 3
), among AS (
    SELECT span.host, span.boot_id, span.comm, span.place, loop, count(*) AS n
    FROM span JOIN death ON death.host = span.host AND death.boot_id = span.boot_id AND death.comm = span.comm
        AND death.place IS NOT DISTINCT FROM span.place AND death.boot_ns BETWEEN first_boot_ns AND last_boot_ns
    GROUP BY ALL
)
SELECT span.host, span.boot_id, span.comm, span.place, deaths, round(100.0 * deaths / among.n, 1) AS failed_percent, first_ts, last_ts,
    interval_ns, age_ns, usual.reason
FROM span
    JOIN usual ON usual.host = span.host AND usual.boot_id = span.boot_id AND usual.comm = span.comm
        AND usual.place IS NOT DISTINCT FROM span.place AND usual.loop = span.loop
    JOIN among ON among.host = span.host AND among.boot_id = span.boot_id AND among.comm = span.comm
        AND among.place IS NOT DISTINCT FROM span.place AND among.loop = span.loop
ORDER BY failed_percent < 50, deaths DESC, first_ts, span.comm;
