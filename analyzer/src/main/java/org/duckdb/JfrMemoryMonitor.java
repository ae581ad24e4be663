package org.duckdb;

/// Stands in for the driver's class of this name, which starts the JDK's Flight Recorder to report DuckDB's
/// memory to it. Nobody looks at that here, and it takes 100 ms of every start. The shaded jar leaves the
/// driver's own class out (see pom.xml).
final class JfrMemoryMonitor {
    private JfrMemoryMonitor() {}

    static void init() {
        // Nothing to start.
    }

    static void connectionOpened(DuckDBConnection connection) {
        // Nothing to report.
    }

    static void connectionClosed(long address) {
        // Nothing to report.
    }
}
