-- What the processes in exits ran last. A row per process of which that is known.
-- @asked cmdline exe cwd
CREATE VIEW _own_programs AS
WITH last AS (
    SELECT host, boot_id, pid, start_boot_ns, arg_max(seq, since_boot_ns) AS seq
    FROM _programs SEMI JOIN exits USING (host, boot_id, pid, start_boot_ns) GROUP BY ALL
)
SELECT last.host, last.boot_id, last.pid, last.start_boot_ns, exe, cwd, cmdline
FROM last JOIN _programs program ON program.host = last.host AND program.seq = last.seq;
