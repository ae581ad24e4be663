-- What processes ran, and from when to when, as _spans tells it; before their first exec what their forker ran. processes names
-- a relation as for _spans, in which each stands once.
CREATE MACRO _ran(processes) AS TABLE
WITH own AS MATERIALIZED (FROM _spans(processes)),
begun AS (SELECT boot, pid, start_boot_ns, min(since_boot_ns) AS until_boot_ns FROM own GROUP BY ALL)
FROM own
UNION ALL
SELECT boot, pid, start_boot_ns, 0, coalesce(until_boot_ns, 9223372036854775807), program_seq
FROM _inherited(processes) LEFT JOIN begun USING (boot, pid, start_boot_ns) WHERE program_seq IS NOT NULL;
