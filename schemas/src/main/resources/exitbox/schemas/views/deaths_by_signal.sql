-- By which signals processes died. A row per host and signal, the most frequent first.
-- @column deaths Processes that the signal killed.
-- @column cores Those of them that left a core dump.
-- @column commands How many different names they had.
-- @column comm The most frequent of these names.
-- @column first_ts Wall time of the first of these deaths.
-- @column last_ts Wall time of the last of these deaths.
CREATE VIEW deaths_by_signal AS
WITH command AS (
    SELECT host, signal, signal_name, comm, count(*) AS n, count(*) FILTER (WHERE core_dumped) AS cores, min(ts) AS first_ts, max(ts) AS last_ts
    FROM deaths WHERE signal IS NOT NULL GROUP BY ALL
)
SELECT host, signal, signal_name, sum(n)::BIGINT AS deaths, sum(cores)::BIGINT AS cores, count(*) AS commands, max_by(comm, (n, comm)) AS comm,
    min(first_ts) AS first_ts, max(last_ts) AS last_ts
FROM command GROUP BY host, signal, signal_name ORDER BY deaths DESC, signal, host;
