-- Where a signal came from, in words to put behind it, from its cause and its sender: " from 2004 kill", ", a timer"; "" when that is not known.
CREATE MACRO _by_whom(cause, pid, comm) AS CASE
    WHEN cause = 'self' THEN ' from itself'
    WHEN cause = 'parent_death' THEN ' because its parent died' || coalesce(' (' || pid || coalesce(' ' || comm, '') || ')', '')
    WHEN cause = 'oom' THEN ' for want of memory' || coalesce(' (' || pid || coalesce(' ' || comm, '') || ' wanted more)', '')
    WHEN pid IS NOT NULL THEN ' from ' || pid || coalesce(' ' || comm, '')
    WHEN cause = 'user' THEN ' from another process'
    WHEN cause = 'fault' THEN ' for a fault of its own'
    WHEN cause = 'seccomp' THEN ' from seccomp'
    WHEN cause = 'rlimit' THEN ' over a limit'
    WHEN cause = 'timer' THEN ' from a timer'
    WHEN cause = 'tty' THEN ' from its terminal'
    WHEN cause = 'kernel' THEN ' from the kernel'
    ELSE ''
END;
