-- Process deaths, with the reason in words and the age beside them. All columns of exits follow.
-- @shown host ts pid ppid uid comm age_ns reason
-- @column reason What it died of, in words: exited 3, killed by SIGKILL, crashed with SIGSEGV, core dumped.
-- @column signal_name The name of the signal that killed it, such as SIGKILL; NULL when it exited by itself.
-- @column age_ns How long the process lived, nanoseconds of CLOCK_MONOTONIC (time in suspend not counted).
CREATE VIEW deaths AS
SELECT _reason(signal, code, core_dumped) AS reason, _signal_name(signal) AS signal_name, mono_ns - start_mono_ns AS age_ns, exits.*
FROM exits;
