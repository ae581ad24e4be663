-- Deaths that were no success: an exit code other than 0, or a signal.
-- @shown host ts pid ppid uid comm age_ns reason cmdline
CREATE VIEW failures AS
SELECT * FROM deaths WHERE status <> 0;
