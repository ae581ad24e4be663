-- When processes came and went in crowds. A row per stretch of seconds in each of which a hundred or more were born or died;
-- with at most two quieter seconds in between it is one.
-- @shown host first_ts last_ts deaths forks peak failed_percent comm parent_comm cgroup
-- @column first_ts Wall time of the first birth or death of the stretch.
-- @column last_ts Wall time of the last birth or death of the stretch.
-- @column deaths Processes that died in it.
-- @column forks Processes that began in it.
-- @column peak The most deaths or births of one second.
-- @column failed_percent Deaths that were no success, in percent of deaths; NULL when none died.
-- @column comm The most frequent name among them.
-- @column ppid The most frequent parent's process id.
-- @column parent_comm That parent's name.
-- @column cgroup The most frequent cgroup.
CREATE VIEW storms AS
WITH event AS (
    SELECT host, boot_id, boot_ns // 1000000000 AS second, ts, true AS died, status <> 0 AS failed, comm, ppid, parent_comm, cgroup FROM exits
    UNION ALL
    SELECT host, boot_id, boot_ns // 1000000000, ts, false, false, comm, ppid, parent_comm, cgroup FROM forks WHERE tid = pid
), busy AS (
    SELECT host, boot_id, second, greatest(count(*) FILTER (WHERE died), count(*) FILTER (WHERE NOT died)) AS n FROM event GROUP BY ALL HAVING n >= 100
), parted AS (
    SELECT *, CASE WHEN second - lag(second) OVER (PARTITION BY host, boot_id ORDER BY second) <= 3 THEN 0 ELSE 1 END AS begins FROM busy
), storm AS (
    SELECT *, sum(begins) OVER (PARTITION BY host, boot_id ORDER BY second) AS storm FROM parted
), caught AS (
    SELECT storm, event.*, n FROM event JOIN storm USING (host, boot_id, second)
), name AS (
    SELECT host, boot_id, storm, comm, count(*) AS many FROM caught GROUP BY ALL
), usual AS (
    SELECT host, boot_id, storm, max_by(comm, (many, comm)) AS comm FROM name GROUP BY ALL
), family AS (
    SELECT host, boot_id, storm, ppid, max(parent_comm) AS parent_comm, count(*) AS many FROM caught GROUP BY ALL
), parent AS (
    SELECT host, boot_id, storm, max_by(ppid, (many, ppid)) AS ppid, max_by(parent_comm, (many, ppid)) AS parent_comm FROM family GROUP BY ALL
), place AS (
    SELECT host, boot_id, storm, cgroup, count(*) AS many FROM caught GROUP BY ALL
), where_most AS (
    SELECT host, boot_id, storm, max_by(cgroup, (many, cgroup)) AS cgroup FROM place GROUP BY ALL
), total AS (
    SELECT host, boot_id, storm, min(ts) AS first_ts, max(ts) AS last_ts, count(*) FILTER (WHERE died) AS deaths, count(*) FILTER (WHERE NOT died) AS forks,
        max(n) AS peak, count(*) FILTER (WHERE failed) AS failures
    FROM caught GROUP BY ALL
)
SELECT host, boot_id, first_ts, last_ts, deaths, forks, peak, round(100.0 * failures / nullif(deaths, 0), 1) AS failed_percent, comm, ppid, parent_comm,
    cgroup
FROM total JOIN usual USING (host, boot_id, storm) JOIN parent USING (host, boot_id, storm) JOIN where_most USING (host, boot_id, storm)
ORDER BY host, first_ts;
