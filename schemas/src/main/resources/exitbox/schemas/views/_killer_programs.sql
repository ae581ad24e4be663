-- What the killers of the processes in exits ran, and from when to when. A row per program.
-- @asked killer_cmdline
-- @column boot The boot, see _boot.
-- @column pid Its process id.
-- @column start_boot_ns When that process began, nanoseconds of CLOCK_BOOTTIME.
-- @column since_boot_ns From when on it ran, nanoseconds of CLOCK_BOOTTIME.
-- @column until_boot_ns When the next one began, nanoseconds of CLOCK_BOOTTIME.
-- @column killer_cmdline The killer's arguments.
CREATE VIEW _killer_programs AS
SELECT boot, ran.pid, ran.start_boot_ns, ran.since_boot_ns, until_boot_ns, cmdline AS killer_cmdline
FROM _ran('_killers') ran JOIN _programs program ON program.seq = program_seq AND _boot(program.host, program.boot_id) = boot;
