-- Deaths by a signal that tells of a fault in the program. These signals dump core where that is on:
-- QUIT, ILL, TRAP, ABRT, BUS, FPE, SEGV, XCPU, XFSZ, SYS.
-- @shown host ts pid ppid uid comm age_ns reason cause fault_addr cmdline
CREATE VIEW crashes AS
SELECT * FROM deaths WHERE signal IN (3, 4, 5, 6, 7, 8, 11, 24, 25, 31);
