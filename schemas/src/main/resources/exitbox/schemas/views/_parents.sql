-- The parents of the processes in exits. A row per parent.
-- @column boot The boot, see _boot.
CREATE VIEW _parents AS
SELECT DISTINCT _boot(host, boot_id) AS boot, ppid AS pid, parent_start_boot_ns AS start_boot_ns FROM exits WHERE parent_start_boot_ns IS NOT NULL;
