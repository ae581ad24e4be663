-- Which processes had lived longest when they died. A row per death, by age.
-- @top 20
-- @shown host ts age_ns pid ppid uid comm reason
CREATE VIEW longest_lives AS
SELECT host, boot_id, ts, age_ns, pid, start_boot_ns, ppid, uid, comm, cgroup, reason, cpu_ns, max_rss_bytes
FROM deaths WHERE age_ns IS NOT NULL ORDER BY age_ns DESC, ts, pid;
