-- What the processes in exits ran last. A row per death of which that is known.
-- @asked cmdline exe cwd
CREATE VIEW _own_programs AS
SELECT found.host, found.seq, exe, cwd, cmdline
FROM _programs_of('_own_moments') found JOIN _programs program ON program.host = found.host AND program.seq = program_seq;
