-- What the processes in exits ran, and from when to when. A row per program.
-- @asked cmdline exe cwd
-- @column boot The boot, see _boot.
-- @column pid Its process id.
-- @column start_boot_ns When that process began, nanoseconds of CLOCK_BOOTTIME.
-- @column since_boot_ns From when on it ran, nanoseconds of CLOCK_BOOTTIME.
-- @column until_boot_ns When the next one began, nanoseconds of CLOCK_BOOTTIME.
-- @column program_seq The row of _programs that tells of it.
CREATE VIEW _own_programs AS
FROM _spans('_dead')
UNION ALL
SELECT boot, pid, start_boot_ns, 0, 9223372036854775807, program_seq FROM _inherited('_programless') WHERE program_seq IS NOT NULL;
