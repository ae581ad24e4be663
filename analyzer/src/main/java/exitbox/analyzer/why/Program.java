package exitbox.analyzer.why;

/// What a process ran at a moment, and how that is known.
///
/// @param cmdline printable; null when no arguments were kept
/// @param truncated whether the recorder cut the arguments off
/// @param table where it stands: execs, or tasks for what ran before the recorder
/// @param inherited whether it is the program of the process that forked it, since it never ran one of its own
record Program(String comm, String exe, String cwd, String cmdline, String filename, boolean truncated, String table, long seq, long bootNs,
        boolean inherited) {
    static Program of(Fact row) {
        return new Program(row.text("comm"), row.text("exe"), row.text("cwd"), row.text("cmdline"), row.text("filename"),
                row.is("argv_truncated"), row.text("source"), row.number("seq", -1), row.number("boot_ns", 0), false);
    }

    Program asInherited() {
        return new Program(comm, exe, cwd, cmdline, filename, truncated, table, seq, bootNs, true);
    }

    /// The command line, or the next best word for it; null when there is none.
    String line() {
        return cmdline != null && !cmdline.isEmpty() ? cmdline : filename != null ? filename : exe;
    }
}
