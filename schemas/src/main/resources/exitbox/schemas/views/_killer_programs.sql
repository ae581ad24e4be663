-- What the killers of the processes in exits ran when they sent the signal. A row per death of which that is known.
-- @asked killer_cmdline
-- @column killer_cmdline The killer's arguments.
CREATE VIEW _killer_programs AS
WITH victim AS (
    SELECT host, boot_id, seq, coalesce(killer_boot_ns, boot_ns) AS sent_ns, killer_pid AS pid, killer_start_boot_ns AS start_boot_ns
    FROM exits WHERE killer_start_boot_ns IS NOT NULL
), program AS (
    SELECT host, boot_id, pid, start_boot_ns, since_boot_ns, cmdline FROM _programs SEMI JOIN victim USING (host, boot_id, pid, start_boot_ns)
)
SELECT victim.host, victim.seq, cmdline AS killer_cmdline
FROM victim ASOF JOIN program ON victim.host = program.host AND victim.boot_id = program.boot_id AND victim.pid = program.pid
    AND victim.start_boot_ns = program.start_boot_ns AND victim.sent_ns >= program.since_boot_ns;
