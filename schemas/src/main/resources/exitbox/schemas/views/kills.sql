-- Who killed whom. A row per death by a signal that another process sent, or that a process was the cause of: the parent whose
-- death it was for, the task whose want of memory the OOM killer answered.
-- @shown host ts signal_name cause pid comm killer_pid killer_comm killer_uid dying_ns killer_cmdline
-- @column dying_ns How long it took from the signal to the death, nanoseconds of CLOCK_BOOTTIME.
CREATE VIEW kills AS
SELECT host, boot_id, seq, ts, boot_ns, signal_name, cause, pid, start_boot_ns, comm, cmdline, uid, unit, container, killer_pid,
    killer_start_boot_ns, killer_comm, killer_cmdline, killer_uid, killer_loginuid, killer_boot_ns, boot_ns - killer_boot_ns AS dying_ns
FROM deaths WHERE killer_pid IS NOT NULL AND cause <> 'self';
