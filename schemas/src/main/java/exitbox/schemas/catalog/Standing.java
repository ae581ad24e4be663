package exitbox.schemas.catalog;

import exitbox.schemas.contract.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.LongStream;

/// What of a host's sealed spools has not been deleted, oldest first: read from the catalog each time, a spool at a time, as a
/// catalog that is written for years is longer than what a recorder may keep in memory.
public final class Standing {
    private static final byte[] SPOOL = "{\"spool\":".getBytes(StandardCharsets.UTF_8);
    private static final int TABLES = 64;

    private Standing() {}

    /// Takes a spool with those of its files that stand.
    public interface Sink {
        /// @param line the number of its line
        /// @return whether to go on
        boolean take(int line, SealedSpool spool) throws IOException;
    }

    /// Calls the sink for each spool of which something stands, in the order in which they were sealed. Lines that cannot be
    /// read are passed over.
    ///
    /// @param from lines of lower numbers are passed over too, which takes no time
    public static void read(Path catalog, int from, Sink sink) throws IOException {
        read(catalog, (line, _) -> line >= from, sink);
    }

    /// The same of these spools, by number.
    static void read(Path catalog, Set<Long> spools, Sink sink) throws IOException {
        read(catalog, (_, spool) -> spool < 0 || spools.contains(spool), sink);
    }

    private interface Wanted {
        /// @param spool the number that the line begins with; -1 when it begins otherwise
        boolean is(int line, long spool);
    }

    private static void read(Path catalog, Wanted wanted, Sink sink) throws IOException {
        long[] deleted = deleted(catalog);
        CatalogText.read(catalog, (number, line) -> {
            if (!wanted.is(number, spoolNumber(line)) || !(entry(number, line) instanceof SealedSpool spool)) {
                return true;
            }
            SealedSpool standing = deleted.length == 0 ? spool
                    : spool.with(spool.files().stream().filter(file -> Arrays.binarySearch(deleted, key(file.table(), file.path())) < 0)
                            .toList());
            return standing.files().isEmpty() || sink.take(number, standing);
        });
    }

    /// Calls the sink for each deletion.
    static void deletions(Path catalog, DeletionSink sink) throws IOException {
        CatalogText.read(catalog, (number, line) -> {
            if (spoolNumber(line) < 0 && entry(number, line) instanceof Deletion deletion) {
                sink.take(deletion);
            }
            return true;
        });
    }

    interface DeletionSink {
        void take(Deletion deletion) throws IOException;
    }

    /// The sealed spool of this number; null when no line tells of it.
    static SealedSpool find(Path catalog, long spool) throws IOException {
        SealedSpool[] found = new SealedSpool[1];
        CatalogText.read(catalog, (number, line) -> {
            long begins = spoolNumber(line);
            if ((begins == spool || begins < 0) && entry(number, line) instanceof SealedSpool sealed && sealed.number() == spool) {
                found[0] = sealed;
            }
            return found[0] == null;
        });
        return found[0];
    }

    /// The keys of the files that have been deleted, sorted: as objects those of years take more memory than there is.
    private static long[] deleted(Path catalog) throws IOException {
        LongStream.Builder keys = LongStream.builder();
        deletions(catalog, deletion -> {
            for (String path : deletion.paths()) {
                Table table = Table.ofName(path.substring(0, path.indexOf('/')));
                if (table != null) {
                    keys.add(key(table, path));
                }
            }
        });
        return keys.build().sorted().toArray();
    }

    /// A spool has one segment of each table.
    private static long key(Table table, String path) {
        return Recording.segmentNumber(Path.of(path)) * TABLES + table.ordinal();
    }

    private static CatalogEntry entry(int number, byte[] line) {
        try {
            return CatalogLine.ofText(number, new String(line, StandardCharsets.UTF_8)).entry();
        } catch (IOException _) {
            return null;
        }
    }

    /// What a line begins with, before anything is made of it: the number of the spool that it tells of; -1 when it begins otherwise.
    private static long spoolNumber(byte[] line) {
        if (line.length < SPOOL.length || !Arrays.equals(line, 0, SPOOL.length, SPOOL, 0, SPOOL.length)) {
            return -1;
        }
        long number = 0;
        for (int i = SPOOL.length; i < line.length && line[i] >= '0' && line[i] <= '9'; i++) {
            number = number * 10 + line[i] - '0';
        }
        return number;
    }
}
