package exitbox.analyzer.recording;

import exitbox.analyzer.Console;
import exitbox.analyzer.Failure;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.Timestamps;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Table;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// What a recording holds, in figures, from its catalogs and the spools: no segment is opened for it but where a host
/// has no catalog.
public final class Summary {
    /// Segments of one table.
    public record Segments(long rows, long files, long bytes) {
        Segments plus(SegmentFile file) {
            return new Segments(rows + file.rows(), files + 1, bytes + file.bytes());
        }
    }

    private final Evidence evidence;
    private final Unsealed unsealed;
    private final Map<Table, Segments> sealed = new EnumMap<>(Table.class);
    private final Set<String> hosts = new TreeSet<>();
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;
    private long lost;
    private boolean lostUncounted;
    private long gapRows;

    private Summary(Evidence evidence, Unsealed unsealed) {
        this.evidence = evidence;
        this.unsealed = unsealed;
        for (SealedSpool spool : evidence.sealed()) {
            if (spool.files().stream().anyMatch(file -> file.table() == Table.GAPS)) {
                lost += Math.max(0, spool.lostRows());
                lostUncounted |= spool.lostRows() < 0;
                gapRows += spool.gapRows();
            }
            for (SegmentFile file : spool.files()) {
                sealed.merge(file.table(), new Segments(file.rows(), 1, file.bytes()), (sum, _) -> sum.plus(file));
                first = Math.min(first, file.firstMicros());
                last = Math.max(last, file.lastMicros());
            }
        }
        hosts.addAll(evidence.hosts());
        hosts.addAll(unsealed.hosts());
        if (!unsealed.isEmpty()) {
            first = Math.min(first, unsealed.firstMicros());
            last = Math.max(last, unsealed.lastMicros());
        }
        gapRows += unsealed.rows().getOrDefault(Table.GAPS, 0L);
    }

    /// Counts what there is, spools included, as they were when they were read.
    public static Summary of(Evidence evidence, Unsealed unsealed) {
        return new Summary(evidence, unsealed);
    }

    /// One sentence on the recording that commands would read by themselves.
    public static String headline(Console console) {
        try {
            Path folder = Folder.find(null, console);
            Evidence evidence = Evidence.of(folder, List.of());
            if (evidence.isEmpty()) {
                throw Folder.nothingIn(folder);
            }
            Summary summary = of(evidence, Unsealed.read(evidence, null));
            String deaths = Counts.of(summary.rows(Table.EXITS), "death");
            String losses = summary.lostNothing() ? "" : ", with losses";
            return "Recording " + folder + ": " + deaths + " on " + String.join(", ", summary.hosts) + ", " + summary.span(console.zone())
                    + losses + evidence.vouching().map(note -> " (" + note + ")").orElse("");
        } catch (Failure e) {
            return e.getMessage();
        }
    }

    public Evidence evidence() {
        return evidence;
    }

    public Unsealed unsealed() {
        return unsealed;
    }

    public Set<String> hosts() {
        return hosts;
    }

    /// Segments by table; tables without any are left out.
    public Map<Table, Segments> sealed() {
        return sealed;
    }

    /// Rows of a table, sealed or not.
    public long rows(Table table) {
        Segments segments = sealed.get(table);
        return (segments == null ? 0 : segments.rows()) + unsealed.rows().getOrDefault(table, 0L);
    }

    public boolean isEmpty() {
        return last == Long.MIN_VALUE;
    }

    /// The time of the first row, microseconds since 1970; only when there are rows.
    public long firstMicros() {
        return first;
    }

    /// The time of the last row, microseconds since 1970; only when there are rows.
    public long lastMicros() {
        return last;
    }

    /// Events known to be lost, as far as they were counted.
    public long lost() {
        return lost;
    }

    /// Whether losses are known whose events nobody counted.
    public boolean lostUncounted() {
        return lostUncounted;
    }

    /// Whether no loss is known.
    public boolean lostNothing() {
        return gapRows == 0;
    }

    /// From the first row to the last.
    public String span(ZoneId zone) {
        Timestamps times = new Timestamps(zone);
        return isEmpty() ? "nothing in it yet"
                : times.brief(Window.ofMicros(first), " to ", Window.ofMicros(last)) + " (" + times.zoneName() + ")";
    }
}
