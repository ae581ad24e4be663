-- Deaths by a signal that tells of a fault in the program and dumps core where that is on:
-- QUIT, ILL, TRAP, ABRT, BUS, FPE, SEGV, XCPU, XFSZ, SYS.
CREATE VIEW crashes AS
SELECT * FROM deaths WHERE signal IN (3, 4, 5, 6, 7, 8, 11, 24, 25, 31);
