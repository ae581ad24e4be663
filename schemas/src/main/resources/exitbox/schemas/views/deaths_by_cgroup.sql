-- In which services and containers processes died. A row per host and cgroup, the most failures first.
-- @top 20
-- @column deaths Processes of that cgroup that died.
-- @column failures Those of them that did not succeed.
-- @column failed_percent Failures in percent of deaths.
-- @column commands How many different names they had.
-- @column comm The most frequent of these names.
-- @column cpu_ns CPU time of them all, nanoseconds.
-- @column last_ts Wall time of the last death.
CREATE VIEW deaths_by_cgroup AS
WITH command AS (
    SELECT host, cgroup, comm, count(*) AS n, count(*) FILTER (WHERE status <> 0) AS failed, sum(cpu_ns) AS cpu_ns, max(ts) AS last_ts
    FROM deaths GROUP BY ALL
)
SELECT host, cgroup, sum(n)::BIGINT AS deaths, sum(failed)::BIGINT AS failures, round(100.0 * sum(failed) / sum(n), 1) AS failed_percent,
    count(*) AS commands, max_by(comm, (n, comm)) AS comm, sum(cpu_ns)::BIGINT AS cpu_ns, max(last_ts) AS last_ts
FROM command GROUP BY host, cgroup ORDER BY failures DESC, deaths DESC, cgroup, host;
