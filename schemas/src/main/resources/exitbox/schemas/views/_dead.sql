-- The processes in exits. A row per death.
-- @column boot The boot, see _boot.
CREATE VIEW _dead AS
SELECT _boot(host, boot_id) AS boot, pid, start_boot_ns FROM exits WHERE start_boot_ns IS NOT NULL;
