-- What the parents of the processes in exits ran when these died. A row per death of which that is known.
-- @asked parent_cmdline
-- @column parent_cmdline The parent's arguments.
CREATE VIEW _parent_programs AS
WITH child AS (
    SELECT host, boot_id, seq, boot_ns, ppid AS pid, parent_start_boot_ns AS start_boot_ns FROM exits WHERE parent_start_boot_ns IS NOT NULL
), program AS (
    SELECT host, boot_id, pid, start_boot_ns, since_boot_ns, cmdline FROM _programs SEMI JOIN child USING (host, boot_id, pid, start_boot_ns)
)
SELECT child.host, child.seq, cmdline AS parent_cmdline
FROM child ASOF JOIN program ON child.host = program.host AND child.boot_id = program.boot_id AND child.pid = program.pid
    AND child.start_boot_ns = program.start_boot_ns AND child.boot_ns >= program.since_boot_ns;
