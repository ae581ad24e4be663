package exitbox.schemas.segment;

import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.CatalogWriter;
import exitbox.schemas.catalog.Ledger;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Table;
import exitbox.schemas.decode.CgroupNames;
import exitbox.schemas.decode.SpoolDecoder;
import exitbox.schemas.rows.Batch;
import exitbox.schemas.rows.Vector;
import exitbox.schemas.sign.Signer;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.spool.SpoolReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// Turns a spool into segments: decode → temporary files → fsync → read back with checksums →
/// rename → fsync of the folders → catalog line → drop the spool.
///
/// Each step can be repeated: until the catalog line stands, sealing again writes the same files
/// under the same names; afterwards only the spool is left to drop.
public final class Sealer {
    private final Recording recording;
    private final Access access;
    private final Function<String, CatalogWriter> catalogs;
    private final CgroupNames cgroups = new CgroupNames();

    public Sealer(Recording recording, Access access) {
        this(recording, access, (Signer) null);
    }

    /// @param signer signs the catalog's lines; null when nobody does
    public Sealer(Recording recording, Access access, Signer signer) {
        this(recording, access, host -> new CatalogWriter(recording, access, host, signer));
    }

    /// For spools of one host alone.
    public Sealer(Recording recording, Access access, CatalogWriter catalog) {
        this(recording, access, _ -> catalog);
    }

    private Sealer(Recording recording, Access access, Function<String, CatalogWriter> catalogs) {
        this.recording = recording;
        this.access = access;
        this.catalogs = catalogs;
    }

    /// What a sealed spool became.
    public record Sealed(SealedSpool line, long rows, long bytes) {
    }

    /// Seals a closed spool and drops it; null when the catalog had it already, or when it held nothing. Spools are
    /// sealed in the order of their numbers: what is missing between two shows in their seq numbers.
    public Sealed seal(Path spool, String host) throws IOException {
        long number = Recording.spoolNumber(spool);
        CatalogWriter catalog = catalogs.apply(host);
        Ledger ledger = catalog.read();
        if (ledger.isSealed(number)) {
            drop(spool, ledger.find(number));
            return null;
        }
        Map<Table, SegmentDraft> open = new EnumMap<>(Table.class);
        SpoolDecoder.Summary summary;
        List<SegmentFile> files = new ArrayList<>();
        Losses losses = new Losses();
        try {
            summary = SpoolDecoder.decode(spool, firstSeq(ledger, spool), isLast(ledger, spool), cgroups, batch -> {
                SegmentDraft segment = open.get(batch.table().table());
                if (segment == null) {
                    segment = new SegmentDraft(recording, access, batch, host, number);
                    open.put(batch.table().table(), segment);
                }
                segment.write(batch);
                relieve(open.values());
                losses.count(batch);
            });
            if (!summary.header().host().equals(host)) {
                throw new IOException(
                        spool + " is of host " + summary.header().host() + ", not of " + host + " — take it out of this folder");
            }
            Map<String, String> facts = facts(summary.header(), number);
            for (SegmentDraft segment : open.values()) {
                segment.finish(facts);
            }
            for (SegmentDraft segment : open.values()) {
                files.add(segment.publish());
            }
        } finally {
            open.values().forEach(Sealer::close);
        }
        if (files.isEmpty()) {
            Files.delete(spool);
            return null;
        }
        SealedSpool line = new SealedSpool(number, host, summary.header().bootId(), summary.header().runId(), summary.nextSeq(),
                summary.lastBootNs(), losses.unknown ? -1 : losses.rows, losses.gaps, summary.stopped(), List.copyOf(files));
        catalog.append(line);
        Files.delete(spool);
        return new Sealed(line, files.stream().mapToLong(SegmentFile::rows).sum(), files.stream().mapToLong(SegmentFile::bytes).sum());
    }

    /// Of what did not get its name: why not is being thrown, and nothing of it may stay in memory, however full the disk.
    private static void close(SegmentDraft segment) {
        try {
            segment.close();
        } catch (IOException _) {
            // What is left of it on disk the next one of this name replaces.
        }
    }

    /// All segments together take no more memory than one may.
    private static void relieve(Collection<SegmentDraft> segments) throws IOException {
        SegmentDraft largest = null;
        long all = 0;
        long most = -1;
        for (SegmentDraft segment : segments) {
            long memory = segment.memory();
            all += memory;
            if (memory > most) {
                most = memory;
                largest = segment;
            }
        }
        if (all > SegmentWriter.MOST_MEMORY) {
            largest.endGroup();
        }
    }

    private static Map<String, String> facts(SpoolHeader header, long number) {
        return Map.of("exitbox.host", header.host(), "exitbox.boot_id", header.bootId(), "exitbox.run_id", header.runId(),
                "exitbox.version", header.version(), "exitbox.spool", Long.toString(number), "exitbox.exit_hook", header.exitHook());
    }

    /// Drops a spool that was sealed before. One of another run has only its number in common, and stays.
    private static void drop(Path spool, SealedSpool line) throws IOException {
        try (SpoolReader reader = SpoolReader.open(spool)) {
            if (!reader.header().runId().equals(line.runId())) {
                throw new IOException(
                        spool + " has the number of a spool that was sealed, but is of another run — take it out of this folder");
            }
        } catch (NoSuchFileException e) {
            return;
        }
        Files.deleteIfExists(spool);
    }

    /// The seq that the spool begins with when nothing is missing before it; -1 when the one before is not known.
    private static long firstSeq(Ledger ledger, Path spool) throws IOException {
        long number = Recording.spoolNumber(spool);
        SealedSpool before = ledger.before(number);
        if (before == null || ledger.problems() > 0) {
            return -1;
        }
        boolean unsealedBetween = numbers(spool.getParent()).anyMatch(other -> other > before.number() && other < number);
        return unsealedBetween ? -1 : before.nextSeq();
    }

    private static boolean isLast(Ledger ledger, Path spool) throws IOException {
        long number = Recording.spoolNumber(spool);
        return (ledger.last() == null || ledger.last().number() < number) && numbers(spool.getParent()).allMatch(other -> other <= number);
    }

    private static LongStream numbers(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return LongStream.of(files.mapToLong(Recording::spoolNumber).toArray());
        }
    }

    private static final class Losses {
        long rows;
        long gaps;
        boolean unknown;

        void count(Batch batch) {
            if (batch.table().table() != Table.GAPS) {
                return;
            }
            Vector counts = batch.columns()[batch.table().indexOf("count")];
            for (int r = 0; r < batch.rows(); r++) {
                gaps++;
                if (counts.isNull(r)) {
                    unknown = true;
                } else {
                    rows += ((Vector.Longs) counts).values()[r];
                }
            }
        }
    }
}
