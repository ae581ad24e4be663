package exitbox.schemas.contract;

import java.util.Locale;

/// The tables of a recording, each with the number its records carry in the ring
/// (`enum table` in bpf/src/main/c/records.h). Numbers are frozen.
public enum Table {
    EXITS(1), THREAD_EXITS(2), EXECS(3), FORKS(4), SIGNALS(5), OOMS(6), RUNQS(7), TASKS(8), GAPS(9), HEARTBEATS(10), CLOCK_STEPS(11),
    RUNS(12);

    /// Records of this number name a cgroup for the events after them. They are no rows
    /// and take no seq.
    public static final int CGROUP_NAMES = 13;

    /// Table numbers are below this one (`TABLES` in records.h).
    public static final int NUMBERS = 16;

    private static final Table[] BY_NUMBER = new Table[NUMBERS];

    static {
        for (Table table : values()) {
            BY_NUMBER[table.number] = table;
        }
    }

    private final int number;
    private final String sqlName = name().toLowerCase(Locale.ROOT);

    Table(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /// The name in SQL and of the folder.
    public String sqlName() {
        return sqlName;
    }

    /// The table with this number, or null when this version knows none.
    public static Table ofNumber(int number) {
        return number >= 0 && number < NUMBERS ? BY_NUMBER[number] : null;
    }

    /// The table of this name, or null when there is none.
    public static Table ofName(String name) {
        for (Table table : values()) {
            if (table.sqlName().equals(name)) {
                return table;
            }
        }
        return null;
    }
}
