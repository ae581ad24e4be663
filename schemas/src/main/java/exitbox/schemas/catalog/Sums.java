package exitbox.schemas.catalog;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/// The sums of a host's segments as `sha256sum --check` reads them, beside the catalog that they follow from: whoever has
/// no exitbox can check files, `cd DIR && sha256sum -c catalog/host=web1.sha256`.
public final class Sums {
    private static final String BETWEEN = "  ";

    private final Access access;
    private final Path last;
    // Of the list as it was written last, and the sha256 of the line it follows; null when it has to be made of the whole catalog.
    private Ledger.Stamp written;
    private String followed;

    Sums(Recording recording, Access access, String host) {
        this.access = access;
        this.last = recording.sums(host);
    }

    /// What the list has to say of the files that a catalog says are there.
    public static String text(Catalog catalog) {
        StringBuilder text = new StringBuilder();
        for (SealedSpool spool : catalog.standing()) {
            for (SegmentFile file : spool.files()) {
                text.append(line(file));
            }
        }
        return text.toString();
    }

    private static String line(SegmentFile file) {
        return file.sha256() + BETWEEN + file.path() + "\n";
    }

    /// Whether a catalog tells so little of its files that the list may know of more.
    public static boolean isUnsure(Catalog catalog) {
        return catalog.problems().stream().anyMatch(Catalog.Problem::lost) || catalog.isNewer();
    }

    /// Makes up for lines that the list does not follow yet. Where lines of the catalog cannot be read the list is left as it was.
    void catchUp(Ledger ledger) throws IOException {
        if (ledger.lastNumber() > 0 && !ledger.isUnsure() && !follows(ledger.lastHash())) {
            write(ledger, out -> Standing.read(ledger.path(), 1, (_, spool) -> {
                write(spool, out);
                return true;
            }));
        }
    }

    /// Follows the catalog's last line.
    ///
    /// @param before the sha256 of the line before it
    void add(CatalogEntry entry, String before, Ledger ledger) throws IOException {
        if (ledger.isUnsure() || !follows(before)) {
            catchUp(ledger);
        } else if (entry instanceof SealedSpool spool) {
            write(ledger, out -> {
                Files.copy(last, out);
                write(spool, out);
            });
        } else if (entry instanceof Deletion deletion) {
            write(ledger, out -> copyWithout(Set.copyOf(deletion.paths()), out));
        }
    }

    /// Whether the list is known to be what the lines up to this one say.
    private boolean follows(String line) throws IOException {
        return written != null && line.equals(followed) && written.equals(Ledger.Stamp.of(last));
    }

    private interface Lines {
        void write(OutputStream out) throws IOException;
    }

    private void write(Ledger ledger, Lines lines) throws IOException {
        written = null;
        Path temporary = last.resolveSibling("." + last.getFileName() + ".tmp");
        Files.deleteIfExists(temporary);
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
                lines.write(out);
                out.flush();
                channel.force(true);
            }
            access.seal(temporary);
            Files.move(temporary, last, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        written = Ledger.Stamp.of(last);
        followed = ledger.lastHash();
    }

    /// Gives the list's room back, until the next line makes it anew; false when it took none.
    boolean giveUp() throws IOException {
        return Files.deleteIfExists(last);
    }

    private static void write(SealedSpool spool, OutputStream out) throws IOException {
        for (SegmentFile file : spool.files()) {
            out.write(line(file).getBytes(StandardCharsets.UTF_8));
        }
    }

    private void copyWithout(Set<String> paths, OutputStream out) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(last)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!paths.contains(line.substring(line.indexOf(BETWEEN) + BETWEEN.length()))) {
                    out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
        }
    }
}
