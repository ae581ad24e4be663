-- A number for a boot of a host, the same in every table: joins on it take half the time of those on the two names.
CREATE MACRO _boot(host, boot_id) AS hash(host, boot_id);
