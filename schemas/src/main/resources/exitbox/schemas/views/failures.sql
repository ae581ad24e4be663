-- Deaths that were no success: an exit code other than 0, or a signal.
CREATE VIEW failures AS
SELECT * FROM deaths WHERE status <> 0;
