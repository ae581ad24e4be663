-- The killers of the processes in exits, when they sent the signal. A row per death that has one.
-- @column moment_ns The moment to know their program of, nanoseconds of CLOCK_BOOTTIME.
CREATE VIEW _killer_moments AS
SELECT host, boot_id, seq, killer_pid AS pid, killer_start_boot_ns AS start_boot_ns, coalesce(killer_boot_ns, boot_ns) AS moment_ns
FROM exits WHERE killer_start_boot_ns IS NOT NULL;
