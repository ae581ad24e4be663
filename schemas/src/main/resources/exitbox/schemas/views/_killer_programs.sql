-- What the killers of the processes in exits ran when they sent the signal. A row per death of which that is known.
-- @asked killer_cmdline
-- @column killer_cmdline The killer's arguments.
CREATE VIEW _killer_programs AS
SELECT found.host, found.seq, cmdline AS killer_cmdline
FROM _programs_of('_killer_moments') found JOIN _programs program ON program.host = found.host AND program.seq = program_seq;
