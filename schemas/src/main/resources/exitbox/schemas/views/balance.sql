-- The proof that nothing is missing. For each run that has stopped, and each CPU, every event that the kernel's hooks saw
-- was written, left out by a filter, or is counted as lost. SELECT * FROM balance WHERE missing <> 0 has no rows then.
-- Filters choose the runs that are shown, by their stop rows; what is counted is the whole run.
-- A run without a stop row has none here: what it saw last is not known. Rows that --keep, --keep-size or --on-full had deleted are missing too: exitbox verify tells them apart. With the exit hook live (runs.hooks) deaths that
-- two threads claimed are rows of thread_exits, so that table has as many too many as exits has too few.
-- @column run_id The run, as in runs.
-- @column table_name The table whose events are counted.
-- @column cpu The CPU they happened on.
-- @column seen Events that the kernel's hooks saw, by the kernel's own count in the run's stop row.
-- @column written Rows of the table between the run's start and stop.
-- @column filtered Events left out because a filter or option said so, by the kernel's own count and the recorder's.
-- @column lost Events that rows of gaps account for.
-- @column missing What is left of seen: 0; more when rows are missing, less when some are there twice.
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
)
SELECT counted.host, counted.boot_id, counted.run_id, table_name, cpu, seen, coalesce(written, 0) AS written, filtered, coalesce(lost, 0) AS lost,
    seen - coalesce(written, 0) - filtered - coalesce(lost, 0) AS missing
FROM counted LEFT JOIN found USING (run_id, table_name, cpu) LEFT JOIN known USING (run_id, table_name, cpu)
ORDER BY counted.host, counted.run_id, table_name, cpu;
