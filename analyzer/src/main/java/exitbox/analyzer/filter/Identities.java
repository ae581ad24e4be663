package exitbox.analyzer.filter;

import exitbox.schemas.contract.Table;

/// Conditions on rows by the process they are about, for what only other rows of that process tell.
final class Identities {
    private static final String IDENTITY = "host, boot_id, pid, start_boot_ns";

    private final Scope scope;

    Identities(Scope scope) {
        this.scope = scope;
    }

    /// Rows about processes that died so.
    String deadThat(String condition) {
        return in(of(Table.EXITS, condition));
    }

    /// Rows about processes of which some row says this of their parent.
    String childrenThat(String condition) {
        return in(of(Table.EXITS, condition) + " UNION " + of(Table.FORKS, condition) + " UNION " + of(Table.EXECS, condition) + " UNION "
                + of(Table.TASKS, condition));
    }

    /// Rows about processes that executed, at any time of theirs, a program of which this is true: of `exe`, `filename` or `cmdline`.
    String programsThat(String condition) {
        return in(of(Table.EXECS, "coalesce(ret, 0) >= 0 AND (" + condition + ")") + " UNION SELECT " + IDENTITY
                + " FROM (SELECT *, NULL::VARCHAR AS filename FROM " + scope.whole().apply(Table.TASKS) + ") WHERE " + condition);
    }

    private String of(Table table, String condition) {
        return "SELECT " + IDENTITY + " FROM " + scope.whole().apply(table) + " WHERE " + condition;
    }

    private static String in(String identities) {
        return "(" + IDENTITY + ") IN (SELECT (" + IDENTITY + ") FROM (" + identities + "))";
    }
}
