-- The processes in exits, at their deaths. A row per death.
-- @column moment_ns The moment to know their program of, nanoseconds of CLOCK_BOOTTIME.
CREATE VIEW _own_moments AS
SELECT host, boot_id, seq, pid, start_boot_ns, boot_ns AS moment_ns FROM exits WHERE start_boot_ns IS NOT NULL;
