-- What the parents of the processes in exits ran when these died. A row per death of which that is known.
-- @asked parent_cmdline
-- @column parent_cmdline The parent's arguments.
CREATE VIEW _parent_programs AS
SELECT found.host, found.seq, cmdline AS parent_cmdline
FROM _programs_of('_parent_moments') found JOIN _programs program ON program.host = found.host AND program.seq = program_seq;
