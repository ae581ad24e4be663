-- What processes ran at given moments. wanted names a relation with host, boot_id, seq, pid, start_boot_ns and moment_ns; the answer
-- has a row per one of its rows of which that is known: host, seq, and program_seq, the row of _programs.
-- A process that has not execed runs what its parent ran when it forked it: so a daemon that forked twice, and a server's workers.
-- Three forks are gone back at most.
CREATE MACRO _programs_of(wanted) AS TABLE
WITH found0 AS MATERIALIZED (FROM _at(wanted)),
forked0 AS MATERIALIZED (
    SELECT found.host, found.boot_id, found.seq, fork.ppid AS pid, fork.parent_start_boot_ns AS start_boot_ns, fork.boot_ns AS moment_ns
    FROM _whole_forks fork JOIN found0 found USING (host, boot_id, pid, start_boot_ns) WHERE program_seq IS NULL AND fork.tid = fork.pid
), found1 AS MATERIALIZED (FROM _at('forked0')),
forked1 AS MATERIALIZED (
    SELECT found.host, found.boot_id, found.seq, fork.ppid AS pid, fork.parent_start_boot_ns AS start_boot_ns, fork.boot_ns AS moment_ns
    FROM _whole_forks fork JOIN found1 found USING (host, boot_id, pid, start_boot_ns) WHERE program_seq IS NULL AND fork.tid = fork.pid
), found2 AS MATERIALIZED (FROM _at('forked1')),
forked2 AS MATERIALIZED (
    SELECT found.host, found.boot_id, found.seq, fork.ppid AS pid, fork.parent_start_boot_ns AS start_boot_ns, fork.boot_ns AS moment_ns
    FROM _whole_forks fork JOIN found2 found USING (host, boot_id, pid, start_boot_ns) WHERE program_seq IS NULL AND fork.tid = fork.pid
), found3 AS (FROM _at('forked2'))
SELECT host, seq, program_seq FROM found0 WHERE program_seq IS NOT NULL
UNION ALL SELECT host, seq, program_seq FROM found1 WHERE program_seq IS NOT NULL
UNION ALL SELECT host, seq, program_seq FROM found2 WHERE program_seq IS NOT NULL
UNION ALL SELECT host, seq, program_seq FROM found3 WHERE program_seq IS NOT NULL;
