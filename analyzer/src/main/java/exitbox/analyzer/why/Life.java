package exitbox.analyzer.why;

import java.util.List;

/// What the recording tells of one process: how it began, what it ran, how it ended. Rows that are missing are [Fact#NONE].
///
/// @param execs the last ones up to the moment that is looked at, newest first
record Life(ProcessId id, Fact fork, List<Fact> execs, Fact task, Fact exit) {
    static Life unknown(ProcessId id) {
        return new Life(id, Fact.NONE, List.of(), Fact.NONE, Fact.NONE);
    }

    boolean isKnown() {
        return fork != Fact.NONE || !execs.isEmpty() || task != Fact.NONE || exit != Fact.NONE;
    }

    /// What it began to run itself, up to a moment; null when no row says so.
    Program ownProgram(long bootNs) {
        for (Fact exec : execs) {
            if (exec.number("boot_ns", 0) <= bootNs) {
                return Program.of(exec);
            }
        }
        // What a later snapshot saw is what ran before, unless another program began in between.
        boolean changed = execs.stream().anyMatch(exec -> exec.number("boot_ns", 0) <= task.number("boot_ns", 0));
        return task == Fact.NONE || changed && task.number("boot_ns", 0) > bootNs ? null : Program.of(task);
    }

    /// The row that says who its parent was, the earliest there is: an orphan's last parent is nobody who started it.
    Fact beginning() {
        return fork != Fact.NONE ? fork
                : task != Fact.NONE && (execs.isEmpty() || task.number("boot_ns", 0) < execs.getLast().number("boot_ns", 0)) ? task
                : !execs.isEmpty() ? execs.getLast() : exit;
    }

    ProcessId parent() {
        Fact row = beginning();
        return row.has("ppid") ? id.other(row.number("ppid"), row.number("parent_start_boot_ns")) : null;
    }

    /// A column of the newest row that has it.
    Fact latestWith(String column) {
        if (exit.has(column)) {
            return exit;
        }
        for (Fact exec : execs) {
            if (exec.has(column)) {
                return exec;
            }
        }
        return task.has(column) ? task : fork;
    }
}
