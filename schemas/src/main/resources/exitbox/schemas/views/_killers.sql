-- The killers of the processes in exits. A row per killer.
-- @column boot The boot, see _boot.
CREATE VIEW _killers AS
SELECT DISTINCT _boot(host, boot_id) AS boot, killer_pid AS pid, killer_start_boot_ns AS start_boot_ns FROM exits WHERE killer_start_boot_ns IS NOT NULL;
