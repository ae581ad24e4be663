-- What is shown of the programs of the processes in exits. A row per row of _programs.
-- @asked cmdline exe cwd
-- @column boot The boot, see _boot.
CREATE VIEW _own_texts AS
SELECT _boot(host, boot_id) AS boot, seq, exe, cwd, cmdline FROM _programs;
