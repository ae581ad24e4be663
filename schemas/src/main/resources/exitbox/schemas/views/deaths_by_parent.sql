-- Whose children died, and how many of them failed. A row per parent process, the most children first. A process whose parent
-- had died before counts for the one it was handed to, mostly PID 1.
-- @top 20
-- @shown host ppid parent deaths failures failed_percent commands comm last_ts
-- @column parent The parent's name, when its own death is in the answer too; NULL while it lives.
-- @column parent_start_boot_ns When that parent began, nanoseconds of CLOCK_BOOTTIME; NULL while it lives.
-- @column deaths Its children that died.
-- @column failures Those of them that did not succeed.
-- @column failed_percent Failures in percent of deaths.
-- @column commands How many different names they had.
-- @column comm The most frequent of these names.
-- @column last_ts Wall time of the last death among them.
CREATE VIEW deaths_by_parent AS
WITH family AS (
    SELECT child.host, child.boot_id, child.ppid, parent.comm AS parent, parent.start_boot_ns AS parent_start_boot_ns, child.comm, count(*) AS n,
        count(*) FILTER (WHERE child.status <> 0) AS failed, max(child.ts) AS last_ts
    FROM deaths child LEFT JOIN exits parent ON parent.host = child.host AND parent.boot_id = child.boot_id AND parent.pid = child.ppid
        AND parent.start_boot_ns <= child.start_boot_ns AND parent.boot_ns >= child.boot_ns
    GROUP BY ALL
)
SELECT host, boot_id, ppid, parent, parent_start_boot_ns, sum(n)::BIGINT AS deaths, sum(failed)::BIGINT AS failures,
    round(100.0 * sum(failed) / sum(n), 1) AS failed_percent, count(*) AS commands, max_by(comm, (n, comm)) AS comm, max(last_ts) AS last_ts
FROM family GROUP BY host, boot_id, ppid, parent, parent_start_boot_ns ORDER BY deaths DESC, last_ts DESC, ppid;
