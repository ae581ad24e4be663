-- The processes in exits that never execed and that no snapshot found: they ran what their forker did. A row per death.
CREATE VIEW _programless AS
FROM _dead ANTI JOIN (SELECT _boot(host, boot_id) AS boot, pid, start_boot_ns FROM _programs) program USING (boot, pid, start_boot_ns);
