-- Which processes had read and written most when they died. A row per death, by bytes from and to storage.
-- @top 20
-- @shown host ts pid uid comm read_bytes write_bytes major_faults age_ns reason
CREATE VIEW hungriest_io AS
SELECT host, boot_id, ts, pid, start_boot_ns, ppid, uid, comm, cgroup, read_bytes, write_bytes, major_faults, age_ns, reason
FROM deaths WHERE read_bytes + write_bytes > 0 ORDER BY read_bytes + write_bytes DESC, ts, pid;
