-- The parents of the processes in exits, when these died. A row per death.
-- @column moment_ns The moment to know their program of, nanoseconds of CLOCK_BOOTTIME.
CREATE VIEW _parent_moments AS
SELECT host, boot_id, seq, ppid AS pid, parent_start_boot_ns AS start_boot_ns, boot_ns AS moment_ns FROM exits WHERE parent_start_boot_ns IS NOT NULL;
