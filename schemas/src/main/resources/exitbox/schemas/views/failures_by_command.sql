-- Which commands fail, and how often. A row per host and command, the most failures first.
-- @top 20
-- @column deaths Processes of that name that died.
-- @column failures Those of them that did not succeed: an exit code other than 0, or a signal.
-- @column failed_percent Failures in percent of deaths.
-- @column reason What most of the failures died of, in words.
-- @column first_ts Wall time of the first failure.
-- @column last_ts Wall time of the last failure.
CREATE VIEW failures_by_command AS
WITH command AS (
    SELECT host, comm, reason, status <> 0 AS failed, count(*) AS n, min(ts) AS first_ts, max(ts) AS last_ts FROM deaths GROUP BY ALL
)
SELECT host, comm, sum(n)::BIGINT AS deaths, (sum(n) FILTER (WHERE failed))::BIGINT AS failures,
    round(100.0 * failures / deaths, 1) AS failed_percent, max_by(reason, (n, reason)) FILTER (WHERE failed) AS reason,
    min(first_ts) FILTER (WHERE failed) AS first_ts, max(last_ts) FILTER (WHERE failed) AS last_ts
FROM command GROUP BY host, comm HAVING failures > 0 ORDER BY failures DESC, comm, host;
