-- What processes ran until they execed: the program of who forked them, as of then; so a daemon that forked twice, and a server's
-- workers. processes names a relation as for _spans; the answer has a row per one of them whose fork was seen: program_seq, the
-- row of _programs, NULL when it is not known. Where the forker itself had not execed, it is asked for once, however many it
-- forked: forkers are few. Four forks are gone back at most.
CREATE MACRO _inherited(processes) AS TABLE
WITH first AS MATERIALIZED (FROM _forked(processes)),
forker AS MATERIALIZED (SELECT DISTINCT boot, ppid AS pid, parent_start_boot_ns AS start_boot_ns FROM first WHERE program_seq IS NULL),
second AS MATERIALIZED (FROM _forked('forker')),
elder AS MATERIALIZED (SELECT DISTINCT boot, ppid AS pid, parent_start_boot_ns AS start_boot_ns FROM second WHERE program_seq IS NULL),
third AS MATERIALIZED (FROM _forked('elder')),
eldest AS MATERIALIZED (SELECT DISTINCT boot, ppid AS pid, parent_start_boot_ns AS start_boot_ns FROM third WHERE program_seq IS NULL),
fourth AS MATERIALIZED (FROM _forked('eldest')),
from_third AS (
    SELECT third.boot, third.pid, third.start_boot_ns, coalesce(third.program_seq, fourth.program_seq) AS program_seq
    FROM third LEFT JOIN fourth ON third.program_seq IS NULL AND fourth.boot = third.boot AND fourth.pid = third.ppid
        AND fourth.start_boot_ns = third.parent_start_boot_ns
), from_second AS (
    SELECT second.boot, second.pid, second.start_boot_ns, coalesce(second.program_seq, from_third.program_seq) AS program_seq
    FROM second LEFT JOIN from_third ON second.program_seq IS NULL AND from_third.boot = second.boot AND from_third.pid = second.ppid
        AND from_third.start_boot_ns = second.parent_start_boot_ns
)
SELECT first.boot, first.pid, first.start_boot_ns, coalesce(first.program_seq, from_second.program_seq) AS program_seq
FROM first LEFT JOIN from_second ON first.program_seq IS NULL AND from_second.boot = first.boot AND from_second.pid = first.ppid
    AND from_second.start_boot_ns = first.parent_start_boot_ns;
