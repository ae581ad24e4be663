package exitbox.analyzer.why;

import exitbox.analyzer.text.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a process had used when it died, in words: age, CPU, memory, faults, bytes.
final class Usage {
    private Usage() {}

    static Optional<String> of(Death death) {
        Fact row = death.row();
        List<String> said = new ArrayList<>();
        if (death.ageNs() >= 0) {
            said.add(Names.span(death.ageNs()));
        }
        if (row.has("utime_ns") || row.has("cpu_ns")) {
            long ticks = row.number("utime_ns", 0) + row.number("stime_ns", 0);
            said.add("CPU " + Names.span(Math.max(ticks, row.number("cpu_ns", 0)))
                    + (row.number("stime_ns", 0) > ticks / 2 ? ", most of it in the kernel" : ""));
        }
        if (row.number("run_delay_ns", 0) > 1_000_000_000L) {
            said.add("waited " + Names.span(row.number("run_delay_ns")) + " for a CPU");
        }
        if (row.has("max_rss_bytes")) {
            said.add("peak memory " + Counts.bytes(row.number("max_rss_bytes")));
        }
        if (row.has("minor_faults")) {
            said.add(Counts.of(row.number("minor_faults", 0) + row.number("major_faults", 0), "page fault")
                    + (row.number("major_faults", 0) > 0 ? " (" + Counts.text(row.number("major_faults")) + " from disk)" : ""));
        }
        if (row.number("read_bytes", 0) > 0 || row.number("write_bytes", 0) > 0) {
            said.add("read " + Counts.bytes(row.number("read_bytes", 0)) + ", wrote " + Counts.bytes(row.number("write_bytes", 0)));
        }
        if (row.number("threads", 1) > 1) {
            said.add(Counts.of(row.number("threads"), "thread"));
        }
        return said.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", said));
    }
}
