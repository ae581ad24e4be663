package exitbox.schemas.catalog;

import exitbox.schemas.sign.Signer;
import java.io.IOException;

/// Writes a host's catalog: one line at a time, signed if there is who signs, and beside it the list of sums. Only one may do
/// that at a time.
public final class CatalogWriter {
    private final Recording recording;
    private final Access access;
    private final String host;
    private final Signer signer;

    /// @param signer null to leave lines unsigned
    public CatalogWriter(Recording recording, Access access, String host, Signer signer) {
        this.recording = recording;
        this.access = access;
        this.host = host;
        this.signer = signer;
    }

    /// The catalog as it stands. A line that was signed and could not be written any more is written now: its key is gone, so
    /// no other could be signed in its place.
    public Catalog read() throws IOException {
        access.createFolders(recording.dir(), recording.catalogFolder());
        Catalog catalog = Catalog.read(recording.catalog(host));
        String pending = signer == null ? null : signer.pending();
        if (pending == null || CatalogLine.sha256(pending).equals(catalog.lastHash())) {
            return catalog;
        }
        CatalogLine line;
        try {
            line = CatalogLine.ofText(catalog.lastNumber() + 1, pending);
        } catch (IOException _) {
            // It was being kept when the machine stopped, and its key is there still.
            return catalog;
        }
        boolean given = line.seal() != null && line.seal().epoch() == signer.epoch() - 1;
        return given && line.previous().equals(catalog.lastHash()) && line.entry().host().equals(host) ? write(catalog, pending) : catalog;
    }

    /// Appends a line behind those that were read; when this returns it is on the disk.
    public void append(Catalog catalog, CatalogEntry entry) throws IOException {
        String text = CatalogLine.text(entry, catalog.lastHash(), signer);
        if (signer != null) {
            signer.moveOn(text);
        }
        write(catalog, text);
    }

    private Catalog write(Catalog catalog, String text) throws IOException {
        Catalog after = catalog.append(text);
        access.open(after.path());
        Access.force(recording.catalogFolder());
        try {
            Sums.write(recording, access, host, after);
        } catch (IOException _) {
            // They follow from the catalog, which stands; verify says that they are behind, and the next line makes up for it.
        }
        return after;
    }
}
