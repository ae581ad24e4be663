-- What is known to be missing from the recording. A row per host, boot, cause and table.
-- @column lost Events lost, as far as they were counted.
-- @column uncounted Gaps of which nobody knows how many events they swallowed.
-- @column first_ts Wall time of the first lost event; of the last sure event before it when that is not known.
-- @column last_ts Wall time of the last lost event; of when the loss was noticed when that is not known.
CREATE VIEW losses AS
SELECT host, boot_id, cause, table_name, coalesce(sum(count), 0)::BIGINT AS lost, count(*) FILTER (WHERE count IS NULL) AS uncounted,
    min(ts - to_microseconds((boot_ns - coalesce(first_boot_ns, boot_ns)) // 1000)) AS first_ts,
    max(ts - to_microseconds((boot_ns - coalesce(last_boot_ns, boot_ns)) // 1000)) AS last_ts
FROM gaps GROUP BY ALL ORDER BY host, first_ts, cause, table_name;
