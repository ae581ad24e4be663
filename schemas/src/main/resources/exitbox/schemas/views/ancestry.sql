-- The process with this pid and start_boot_ns, and who began it: its parent, the parent's parent and so on, up to init.
-- FROM ancestry(2004, 11520010000000). A row per generation: level 0 is the process itself; host and boot_id as everywhere;
-- comm, exe and cmdline are what it ran when it began the child before it, the process itself last.
-- The parent is the one it had first, as far as that was seen: one that it was handed to later is not an ancestor.
-- problem says why the line ends where it should not: the parent is not known by more than its pid, it is younger than its
-- child, or the line came to itself: such a recording contradicts itself.
CREATE MACRO ancestry(of_pid, of_start) AS TABLE
WITH RECURSIVE line AS (
    SELECT 0 AS level, host, boot_id, of_pid::INTEGER AS pid, of_start::BIGINT AS start_boot_ns, 9223372036854775806 AS until_ns,
        arg_max(comm, boot_ns) AS comm, NULL::VARCHAR AS problem, [(of_pid || ' ' || of_start)] AS path
    FROM _seen WHERE pid = of_pid AND start_boot_ns = of_start GROUP BY host, boot_id
    UNION ALL
    SELECT level, host, boot_id, pid, start_boot_ns, until_ns, comm,
        CASE WHEN start_boot_ns IS NULL THEN 'not known' WHEN list_contains(path, pid || ' ' || start_boot_ns) THEN 'cycle'
            WHEN start_boot_ns > until_ns THEN 'younger than its child' END,
        list_append(path, pid || ' ' || start_boot_ns)
    FROM (
        SELECT level + 1 AS level, host, boot_id, ppid AS pid, parent_start_boot_ns AS start_boot_ns, line.start_boot_ns AS until_ns,
            parent_comm AS comm, path
        FROM line JOIN _seen USING (host, boot_id, pid, start_boot_ns) WHERE problem IS NULL AND ppid > 0
        QUALIFY row_number() OVER (PARTITION BY host, boot_id ORDER BY boot_ns, seq) = 1
    )
), known AS (
    SELECT DISTINCT _boot(host, boot_id) AS boot, pid, start_boot_ns FROM line
)
SELECT level, line.host, line.boot_id, line.pid, line.start_boot_ns, coalesce(program.comm, line.comm) AS comm, exe, cmdline, problem
FROM line LEFT JOIN _ran('known') ran ON ran.boot = _boot(line.host, line.boot_id) AND ran.pid = line.pid AND ran.start_boot_ns = line.start_boot_ns
        AND until_ns >= ran.since_boot_ns AND until_ns < until_boot_ns
    LEFT JOIN _programs program ON program.host = line.host AND program.seq = program_seq
ORDER BY line.host, line.boot_id, level;
