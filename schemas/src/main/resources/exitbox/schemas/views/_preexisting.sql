-- Whether a process began when no recorder was at work, from its start and the columns of _recorded; NULL when that is not known.
CREATE MACRO _preexisting(start_boot_ns, begin_ns, end_ns) AS
    NOT list_bool_or([start_boot_ns >= begin_ns[i] AND (end_ns[i] IS NULL OR start_boot_ns < end_ns[i]) FOR i IN range(1, len(begin_ns) + 1)]);
