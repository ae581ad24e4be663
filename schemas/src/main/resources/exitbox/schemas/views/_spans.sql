-- Which of their own programs processes ran, and from when to when. processes names a relation with boot (_boot), pid and
-- start_boot_ns; the answer has a row per row of _programs that is of one of them: program_seq, from since_boot_ns on, and until
-- until_boot_ns, exclusive, when the next one began. So what ran at a moment is found by a comparison, which takes a third of the time of an ASOF JOIN.
CREATE MACRO _spans(processes) AS TABLE
SELECT boot, pid, start_boot_ns, since_boot_ns, lead(since_boot_ns, 1, 9223372036854775807)
    OVER (PARTITION BY boot, pid, start_boot_ns ORDER BY since_boot_ns, seq) AS until_boot_ns, seq AS program_seq
FROM (SELECT _boot(host, boot_id) AS boot, pid, start_boot_ns, since_boot_ns, seq FROM _programs) AS program
    SEMI JOIN (FROM query_table(processes)) AS process USING (boot, pid, start_boot_ns);
