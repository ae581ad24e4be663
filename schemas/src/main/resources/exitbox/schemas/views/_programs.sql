-- What processes ran. A row per exec, from then on; and one per process that a snapshot found, from its beginning on, until an
-- exec says otherwise. What a process ran at a moment is its row with the last since_boot_ns at or before it: _ran finds that.
-- @column since_boot_ns From when on it is known to have run this, nanoseconds of CLOCK_BOOTTIME.
-- @column source Where that is known from: execs or tasks.
CREATE VIEW _programs AS
SELECT host, boot_id, pid, start_boot_ns, boot_ns AS since_boot_ns, seq, 'execs' AS source, comm, filename, exe, cwd, argv, cmdline, ppid,
    parent_start_boot_ns
FROM _whole_execs WHERE coalesce(ret, 0) >= 0
UNION ALL
SELECT host, boot_id, pid, start_boot_ns, start_boot_ns, seq, 'tasks', comm, NULL, exe, cwd, argv, cmdline, ppid, parent_start_boot_ns
FROM _whole_tasks QUALIFY row_number() OVER (PARTITION BY host, boot_id, pid, start_boot_ns ORDER BY seq DESC) = 1;
