-- What a process died of, in words, from the columns of exits.
CREATE MACRO _reason(signal, code, core_dumped) AS CASE
    WHEN signal IN (3, 4, 5, 6, 7, 8, 11, 24, 25, 31) THEN 'crashed with ' || _signal_name(signal) || CASE WHEN core_dumped THEN ', core dumped' ELSE '' END
    WHEN signal IS NOT NULL THEN 'killed by ' || _signal_name(signal)
    WHEN code IS NOT NULL THEN 'exited ' || code
END;
