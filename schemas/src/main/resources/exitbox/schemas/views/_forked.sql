-- Who forked processes, and what that one ran then. processes names a relation as for _spans; the answer has a row per one of them
-- whose fork was seen: ppid and parent_start_boot_ns, and program_seq, the row of _programs; NULL when the forker had not execed
-- and no snapshot found it.
CREATE MACRO _forked(processes) AS TABLE
WITH birth AS MATERIALIZED (
    SELECT boot, pid, start_boot_ns, ppid, parent_start_boot_ns, boot_ns
    FROM (SELECT _boot(host, boot_id) AS boot, * FROM _whole_forks WHERE tid = pid) AS fork
        SEMI JOIN (FROM query_table(processes)) AS process USING (boot, pid, start_boot_ns)
), forker AS (
    SELECT boot, ppid AS pid, parent_start_boot_ns AS start_boot_ns FROM birth
)
SELECT birth.boot, birth.pid, birth.start_boot_ns, ppid, parent_start_boot_ns, program_seq
FROM birth LEFT JOIN _spans('forker') span ON span.boot = birth.boot AND span.pid = ppid AND span.start_boot_ns = parent_start_boot_ns
    AND boot_ns >= since_boot_ns AND boot_ns < until_boot_ns;
