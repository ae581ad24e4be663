-- Which commands live shortest. A row per host and command, by the median of their ages.
-- @top 20
-- @column deaths Processes of that name that died.
-- @column failures Those of them that did not succeed.
-- @column shortest_ns The shortest life, nanoseconds of CLOCK_MONOTONIC.
-- @column median_ns The life in the middle, nanoseconds.
-- @column longest_ns The longest life, nanoseconds.
-- @column last_ts Wall time of the last death.
CREATE VIEW shortest_lives AS
SELECT host, comm, count(*) AS deaths, count(*) FILTER (WHERE status <> 0) AS failures, min(age_ns) AS shortest_ns,
    median(age_ns)::BIGINT AS median_ns, max(age_ns) AS longest_ns, max(ts) AS last_ts
FROM deaths WHERE age_ns IS NOT NULL GROUP BY host, comm ORDER BY median_ns, comm, host;
