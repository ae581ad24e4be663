-- The proof that nothing is missing. For each run that has stopped, and each CPU, every event that the kernel's hooks saw
-- was written, left out by a filter, or is counted as lost. SELECT * FROM balance WHERE missing <> 0 has no rows then.
-- Filters choose the runs that are shown, by their stop rows; what is counted is the whole run.
-- A run without a stop row has none here: what it saw last is not known. With the exit hook live (runs.hooks) deaths that
-- two threads claimed are rows of thread_exits, so that table has as many too many as exits has too few.
-- @column run_id The run, as in runs.
-- @column table_name The table whose events are counted.
-- @column cpu The CPU they happened on; NULL for all of them together, where rows were deleted: a catalog does not tell those by CPU.
-- @column seen Events that the kernel's hooks saw, by the kernel's own count in the run's stop row.
-- @column written Rows of the table between the run's start and stop.
-- @column filtered Events left out because a filter or option said so, by the kernel's own count and the recorder's.
-- @column lost Events that rows of gaps account for.
-- @column deleted Rows that --keep, --keep-size or --on-full had deleted, by the catalog (0 where there is none to read).
-- @column missing What is left of seen: 0; more when rows are missing, less when some are there twice. NULL where that is not known,
-- as the run's rows of gaps were deleted too.
CREATE VIEW balance AS
WITH run AS (
    SELECT host, boot_id, run_id, min(seq) FILTER (WHERE event <> 'stop') AS first_seq, max(seq) FILTER (WHERE event = 'stop') AS last_seq
    FROM _whole_runs GROUP BY ALL HAVING last_seq IS NOT NULL
), counted AS (
    SELECT host, boot_id, run_id, unnest(counter_tables) AS table_name, unnest(counter_cpus) AS cpu, unnest(counter_seen) AS seen,
        unnest(counter_filtered) AS filtered
    FROM runs WHERE event = 'stop'
), event AS (
    SELECT 'exits' AS table_name, host, seq, cpu FROM _whole_exits
    UNION ALL SELECT 'thread_exits', host, seq, cpu FROM _whole_thread_exits
    UNION ALL SELECT 'execs', host, seq, cpu FROM _whole_execs
    UNION ALL SELECT 'forks', host, seq, cpu FROM _whole_forks
    UNION ALL SELECT 'signals', host, seq, cpu FROM _whole_signals
    UNION ALL SELECT 'ooms', host, seq, cpu FROM _whole_ooms
    UNION ALL SELECT 'runqs', host, seq, cpu FROM _whole_runqs
    UNION ALL SELECT 'tasks', host, seq, cpu FROM _whole_tasks
    UNION ALL SELECT 'heartbeats', host, seq, cpu FROM _whole_heartbeats
), found AS (
    SELECT run.run_id, table_name, cpu, count(*) AS written FROM event ASOF JOIN run ON event.host = run.host AND seq >= first_seq
    WHERE seq <= last_seq GROUP BY ALL
), known AS (
    SELECT run.run_id, table_name, cpu, sum(count)::BIGINT AS lost FROM _whole_gaps gap ASOF JOIN run ON gap.host = run.host AND seq >= first_seq
    WHERE seq <= last_seq GROUP BY ALL
), gone AS (
    SELECT run.run_id, table_name, sum(rows)::BIGINT AS deleted FROM _deleted ASOF JOIN run ON _deleted.host = run.host AND seq >= first_seq
    WHERE seq <= last_seq GROUP BY ALL
), summed AS (
    SELECT counted.host, counted.boot_id, counted.run_id, table_name, CASE WHEN deleted IS NULL THEN cpu END AS cpu, sum(seen)::BIGINT AS seen,
        coalesce(sum(written), 0)::BIGINT AS written, sum(filtered)::BIGINT AS filtered, coalesce(sum(lost), 0)::BIGINT AS lost,
        coalesce(any_value(deleted), 0) AS deleted
    FROM counted LEFT JOIN found USING (run_id, table_name, cpu) LEFT JOIN known USING (run_id, table_name, cpu)
    LEFT JOIN gone USING (run_id, table_name) GROUP BY ALL
)
SELECT * EXCLUDE (rest), CASE WHEN rest <= 0 OR run_id NOT IN (SELECT run_id FROM gone WHERE table_name = 'gaps') THEN rest END AS missing
FROM (SELECT *, seen - written - filtered - lost - deleted AS rest FROM summed)
ORDER BY host, run_id, table_name, cpu;
