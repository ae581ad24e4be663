-- Rows of a relation of moments (host, boot_id, seq, pid, start_boot_ns, moment_ns) with program_seq, the row of _programs that tells
-- what the process ran then; NULL when it had not execed and no snapshot found it.
CREATE MACRO _at(moments) AS TABLE
WITH moment AS (FROM query_table(moments))
SELECT moment.host, moment.boot_id, moment.seq, moment.pid, moment.start_boot_ns, program.seq AS program_seq
FROM moment ASOF LEFT JOIN (FROM _programs SEMI JOIN moment USING (host, boot_id, pid, start_boot_ns)) program
    ON moment.host = program.host AND moment.boot_id = program.boot_id AND moment.pid = program.pid
    AND moment.start_boot_ns = program.start_boot_ns AND moment.moment_ns >= program.since_boot_ns;
