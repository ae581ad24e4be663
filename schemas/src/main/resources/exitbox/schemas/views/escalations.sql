-- Processes that were asked to end and then killed: SIGTERM, SIGINT or SIGQUIT, and SIGKILL later. A row per process that got both.
-- @shown host ts pid comm asked_by first_signal waited_ns action killed_by
-- @column ts Wall time of the first SIGKILL.
-- @column first_signal The signal that asked it to end, the last one before.
-- @column first_ts Wall time of that signal.
-- @column waited_ns How long it was given, nanoseconds of CLOCK_BOOTTIME.
-- @column asked_by Name of the process that asked.
-- @column asked_by_pid Process id of the process that asked.
-- @column killed_by Name of the process that sent SIGKILL.
-- @column killed_by_pid Process id of the process that sent SIGKILL.
-- @column died_ts Wall time of its death; NULL when that is not in the answer.
CREATE VIEW escalations AS
WITH killed AS (
    SELECT * FROM signals WHERE signal = 9 QUALIFY row_number() OVER (PARTITION BY host, boot_id, pid, start_boot_ns ORDER BY boot_ns, seq) = 1
), polite AS (
    SELECT * FROM signals WHERE signal IN (2, 3, 15)
), death AS (
    SELECT host, boot_id, pid, start_boot_ns, max(ts) AS died_ts FROM exits GROUP BY ALL
)
SELECT killed.host, killed.boot_id, killed.seq, killed.ts, killed.boot_ns, killed.pid, killed.start_boot_ns, killed.comm, killed.uid, killed.cgroup,
    _signal_name(polite.signal) AS first_signal, polite.ts AS first_ts, killed.boot_ns - polite.boot_ns AS waited_ns, polite.action, polite.blocked,
    polite.sender_comm AS asked_by, polite.sender_pid AS asked_by_pid, killed.sender_comm AS killed_by, killed.sender_pid AS killed_by_pid, died_ts
FROM killed ASOF JOIN polite ON killed.host = polite.host AND killed.boot_id = polite.boot_id AND killed.pid = polite.pid
    AND killed.start_boot_ns = polite.start_boot_ns AND killed.boot_ns >= polite.boot_ns
    LEFT JOIN death ON death.host = killed.host AND death.boot_id = killed.boot_id AND death.pid = killed.pid
        AND death.start_boot_ns = killed.start_boot_ns;
