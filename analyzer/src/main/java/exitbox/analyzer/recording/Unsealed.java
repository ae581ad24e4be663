package exitbox.analyzer.recording;

import exitbox.analyzer.session.BatchLoader;
import exitbox.schemas.contract.Table;
import exitbox.schemas.decode.CgroupNames;
import exitbox.schemas.decode.SpoolDecoder;
import exitbox.schemas.rows.Batch;
import exitbox.schemas.rows.Vector;
import exitbox.schemas.spool.SpoolHeader;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The rows of a recording's spools: what was recorded and is not sealed yet. Decoding them tells how
/// many there are and of when; those of the tables asked for go into the session.
public final class Unsealed {
    /// A spool was sealed and dropped while it was about to be read: look at the recording anew.
    public static final class Vanished extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final Map<Table, Long> rows = new EnumMap<>(Table.class);
    private final Set<String> hosts = new TreeSet<>();
    private final Map<String, Long> nextSeqs = new TreeMap<>();
    private final Boots boots = new Boots();
    private final Set<String> running = new TreeSet<>();
    private long firstMicros = Long.MAX_VALUE;
    private long lastMicros = Long.MIN_VALUE;
    private long bytes;
    private int spools;
    private long tornBytes;
    // Of the spool being decoded; its host and boot are known when that is done.
    private Boots.Boot span;

    private Unsealed() {}

    /// Decodes all spools. Those that cannot be read become problems of the evidence.
    ///
    /// @param loader takes the rows of the tables it wants; null when only the figures are asked for
    public static Unsealed read(Evidence evidence, BatchLoader loader) {
        Unsealed unsealed = new Unsealed();
        Map<Path, CgroupNames> names = new TreeMap<>();
        for (Path spool : evidence.spools()) {
            try {
                unsealed.bytes += Files.size(spool);
                unsealed.span = null;
                SpoolDecoder.Summary summary = SpoolDecoder.decode(spool, names.computeIfAbsent(spool.getParent(), _ -> new CgroupNames()),
                        batch -> unsealed.take(batch, loader));
                unsealed.spools++;
                unsealed.tornBytes += summary.stopped() ? 0 : summary.tornBytes();
                unsealed.hosts.add(summary.header().host());
                unsealed.nextSeqs.merge(summary.header().host(), summary.nextSeq(), Math::max);
                unsealed.note(summary);
                if (summary.damagedBytes() > 0) {
                    evidence.leaveOut(spool, summary.damagedBytes() + " bytes in it fail their checksum");
                }
            } catch (NoSuchFileException _) {
                throw new Vanished();
            } catch (AccessDeniedException e) {
                throw Folder.denied(spool, e);
            } catch (IOException | RuntimeException e) {
                String message = String.valueOf(e.getMessage());
                evidence.leaveOut(spool,
                        "cannot be decoded: " + (message.startsWith(spool + ": ") ? message.substring((spool + ": ").length())
                                : message));
            }
        }
        return unsealed;
    }

    private void note(SpoolDecoder.Summary summary) {
        SpoolHeader header = summary.header();
        if (span != null) {
            boots.add(new Boots.Boot(header.host(), header.bootId(), span.firstSeq(), span.firstMicros(), span.lastMicros(),
                    span.beganMicros()));
        }
        if (!summary.stopped()) {
            running.add(header.bootId());
        }
    }

    private void take(Batch batch, BatchLoader loader) throws IOException {
        rows.merge(batch.table().table(), (long) batch.rows(), Long::sum);
        int ts = batch.table().indexOf("ts");
        int boot = batch.table().indexOf("boot_ns");
        int seq = batch.table().indexOf("seq");
        if (batch.columns()[ts] instanceof Vector.Longs times && batch.rows() > 0) {
            long first = Long.MAX_VALUE;
            long last = Long.MIN_VALUE;
            long began = Long.MAX_VALUE;
            long firstSeq = Long.MAX_VALUE;
            for (int row = 0; row < batch.rows(); row++) {
                if (!times.isNull(row)) {
                    long at = times.values()[row];
                    first = Math.min(first, at);
                    last = Math.max(last, at);
                    began = Math.min(began, at - batch.longAt(boot, row) / 1_000);
                    firstSeq = Math.min(firstSeq, batch.longAt(seq, row));
                }
            }
            firstMicros = Math.min(firstMicros, first);
            lastMicros = Math.max(lastMicros, last);
            Boots.Boot rest = new Boots.Boot("", "", firstSeq, first, last, began);
            span = first == Long.MAX_VALUE ? span : span == null ? rest : span.with(rest);
        }
        if (loader != null) {
            loader.load(batch);
        }
    }

    /// Bytes behind the last whole frames: being written, or cut off when the recorder ended.
    public long tornBytes() {
        return tornBytes;
    }

    /// Rows by table.
    public Map<Table, Long> rows() {
        return rows;
    }

    public long totalRows() {
        return rows.values().stream().mapToLong(Long::longValue).sum();
    }

    /// The seq behind the last row, by host.
    public Map<String, Long> nextSeqs() {
        return nextSeqs;
    }

    public Set<String> hosts() {
        return hosts;
    }

    /// The boots of these rows.
    public Boots boots() {
        return boots;
    }

    /// The ids of boots that have a spool whose run has not stopped.
    public Set<String> running() {
        return running;
    }

    public int spools() {
        return spools;
    }

    public long bytes() {
        return bytes;
    }

    public boolean isEmpty() {
        return lastMicros == Long.MIN_VALUE;
    }

    /// The time of the first row, microseconds since 1970; only when there are rows.
    public long firstMicros() {
        return firstMicros;
    }

    /// The time of the last row, microseconds since 1970; only when there are rows.
    public long lastMicros() {
        return lastMicros;
    }
}
