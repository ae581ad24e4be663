-- Processes wherever they are seen, with the parent they had then. A row per fork, exec, snapshot and death of the recording.
CREATE VIEW _seen AS
SELECT host, boot_id, pid, start_boot_ns, ppid, parent_start_boot_ns, parent_comm, comm, boot_ns, seq FROM _whole_forks WHERE tid = pid
UNION ALL
SELECT host, boot_id, pid, start_boot_ns, ppid, parent_start_boot_ns, parent_comm, comm, boot_ns, seq FROM _whole_execs
UNION ALL
SELECT host, boot_id, pid, start_boot_ns, ppid, parent_start_boot_ns, NULL, comm, boot_ns, seq FROM _whole_tasks
UNION ALL
SELECT host, boot_id, pid, start_boot_ns, ppid, parent_start_boot_ns, parent_comm, comm, boot_ns, seq FROM _whole_exits;
