package exitbox.analyzer.why;

import exitbox.analyzer.session.Session;

/// Which process is meant, of all that ever had its PID.
///
/// @param startBootNs when it began; null when the recording does not say, and so cannot tell it from others
record ProcessId(String host, String bootId, long pid, Long startBootNs) {
    /// The process that some columns of a row name; null when they do not.
    static ProcessId of(Fact row, String pid, String start) {
        return row.has(pid) ? new ProcessId(row.text("host"), row.text("boot_id"), row.number(pid), row.number(start)) : null;
    }

    /// Another process of the same boot.
    ProcessId other(Long pid, Long startBootNs) {
        return pid == null ? null : new ProcessId(host, bootId, pid, startBootNs);
    }

    /// Whether it is one process and no other.
    boolean isSure() {
        return startBootNs != null;
    }

    /// The condition on rows of its boot.
    String sameBoot() {
        return "host = " + Session.quote(host) + " AND boot_id = " + Session.quote(bootId);
    }

    /// The condition on rows that name it in these columns.
    String named(String pidColumn, String startColumn) {
        return "(" + pidColumn + " = " + pid + " AND " + startColumn + (startBootNs == null ? " IS NULL" : " = " + startBootNs) + ")";
    }
}
