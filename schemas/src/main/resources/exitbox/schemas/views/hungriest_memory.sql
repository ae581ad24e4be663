-- Which processes had held most memory when they died. A row per death, by the peak of its resident set.
-- @top 20
-- @shown host ts pid uid comm max_rss_bytes age_ns oom_score_adj reason
CREATE VIEW hungriest_memory AS
SELECT host, boot_id, ts, pid, start_boot_ns, ppid, uid, comm, cgroup, max_rss_bytes, minor_faults, major_faults, oom_score_adj, age_ns, reason
FROM deaths WHERE max_rss_bytes IS NOT NULL ORDER BY max_rss_bytes DESC, ts, pid;
