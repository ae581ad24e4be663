-- Which processes had used most CPU time when they died. A row per death. What still runs is not among them.
-- @top 20
-- @shown host ts pid uid comm cpu_ns busy_percent age_ns reason
-- @column cpu_ns CPU time on the scheduler's clock, nanoseconds, all threads; where that is not known, user and kernel mode as accounted.
-- @column busy_percent CPU time in percent of the age: 100 is one CPU all its life.
CREATE VIEW hungriest_cpu AS
WITH death AS (
    SELECT * REPLACE (coalesce(cpu_ns, utime_ns + stime_ns) AS cpu_ns) FROM deaths
)
SELECT host, boot_id, ts, pid, start_boot_ns, ppid, uid, comm, cgroup, cpu_ns, utime_ns, stime_ns, run_delay_ns,
    round(100.0 * cpu_ns / nullif(age_ns, 0), 1) AS busy_percent, age_ns, reason
FROM death WHERE cpu_ns IS NOT NULL ORDER BY cpu_ns DESC, ts, pid;
