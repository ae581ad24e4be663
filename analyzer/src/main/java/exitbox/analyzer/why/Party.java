package exitbox.analyzer.why;

/// A process as a page speaks of it.
///
/// @param comm its name at that moment; null when nothing is known of it
/// @param program what it ran; null when that is not known
/// @param uid the user it ran as; null when not known
/// @param loginuid who logged in, whatever sudo made of it; null when nobody did or that is not known
/// @param endedMicros when it died, microseconds since 1970; null when that is not in the recording
record Party(ProcessId id, String comm, Program program, Long uid, Long loginuid, Long endedMicros, Life life) {
    private static final long UNSET = 0xFFFF_FFFFL;

    /// @param comm what a row said of its name, when it said something; so uid and loginuid
    static Party of(ProcessId id, long bootNs, Lives lives, String comm, Long uid, Long loginuid) {
        if (id == null) {
            return null;
        }
        Life life = lives.of(id);
        Program program = lives.program(id, bootNs);
        String name = comm != null ? comm : program != null && !program.inherited() ? program.comm() : life.latestWith("comm").text("comm");
        Long user = uid != null ? uid : life.latestWith("uid").number("uid");
        Long login = loginuid != null ? loginuid : life.latestWith("loginuid").number("loginuid");
        return new Party(id, name, program, user, login == null || login == UNSET ? null : login, life.exit().number("us"), life);
    }

    /// Whether it is the machine's first process, which everybody knows by its name.
    boolean isInit() {
        return id.pid() == 1;
    }

    boolean isKthread() {
        return life.task().is("kthread") || life.exit().is("kthread");
    }

    /// What it ran, or at least its name.
    String line() {
        String line = program == null ? null : program.line();
        return line != null ? line : comm == null ? isInit() ? "(the first process)" : "(not known)" : isKthread() ? "[" + comm + "]"
                : comm;
    }
}
