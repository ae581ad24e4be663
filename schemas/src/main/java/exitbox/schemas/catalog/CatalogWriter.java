package exitbox.schemas.catalog;

import exitbox.schemas.sign.Signer;
import java.io.IOException;
import java.util.function.Predicate;

/// Writes a host's catalog: one line at a time, signed if there is who signs, and beside it the list of sums. Only one may do
/// that at a time.
public final class CatalogWriter {
    private final Recording recording;
    private final Access access;
    private final String host;
    private final Signer signer;
    private final Predicate<IOException> lacksRoom;
    private final Sums sums;
    private Ledger ledger;

    /// @param signer null to leave lines unsigned
    public CatalogWriter(Recording recording, Access access, String host, Signer signer) {
        this(recording, access, host, signer, _ -> false);
    }

    /// @param lacksRoom tells when a line could not be written because the disk is full: then the list makes room for it
    public CatalogWriter(Recording recording, Access access, String host, Signer signer, Predicate<IOException> lacksRoom) {
        this.recording = recording;
        this.access = access;
        this.host = host;
        this.signer = signer;
        this.lacksRoom = lacksRoom;
        this.sums = new Sums(recording, access, host);
    }

    public String host() {
        return host;
    }

    /// What the catalog tells as it stands. A line that was signed and could not be written any more is written now: its key is
    /// gone, so no other could be signed in its place.
    public Ledger read() throws IOException {
        access.createFolders(recording.dir(), recording.catalogFolder());
        if (ledger == null || !ledger.holds()) {
            ledger = Ledger.read(recording.catalog(host));
        }
        String pending = signer == null ? null : signer.pending();
        if (pending == null || CatalogLine.sha256(pending).equals(ledger.lastHash())) {
            return ledger;
        }
        CatalogLine line;
        try {
            line = CatalogLine.ofText(ledger.lastNumber() + 1, pending);
        } catch (IOException _) {
            // It was being kept when the machine stopped, and its key is there still.
            return ledger;
        }
        boolean given = line.seal() != null && line.seal().epoch() == signer.epoch() - 1;
        if (given && line.previous().equals(ledger.lastHash()) && line.entry().host().equals(host)) {
            write(pending, line.entry());
        }
        return ledger;
    }

    /// Appends a line behind those that stand; when this returns it is on the disk.
    public void append(CatalogEntry entry) throws IOException {
        read();
        try {
            // Before a line, too: or each recorder that died between a line and its sums would leave one line more without.
            sums.catchUp(ledger);
        } catch (IOException _) {
            // As below.
        }
        String text = CatalogLine.text(entry, ledger.lastHash(), signer);
        if (signer != null) {
            signer.moveOn(text);
        }
        write(text, entry);
    }

    private void write(String text, CatalogEntry entry) throws IOException {
        String before = ledger.lastHash();
        try {
            append(text);
            access.open(ledger.path());
            Access.force(recording.catalogFolder());
        } catch (IOException | RuntimeException e) {
            // What stands now is to be seen.
            ledger = null;
            throw e;
        }
        try {
            sums.add(entry, before, ledger);
        } catch (IOException _) {
            // They follow from the catalog, which stands; verify says that they are behind, and the next line makes up for it.
        }
    }

    private void append(String text) throws IOException {
        try {
            ledger.append(text);
        } catch (IOException e) {
            // On a full disk the line may be what makes room, by what it says is deleted.
            if (!lacksRoom.test(e) || !sums.giveUp()) {
                throw e;
            }
            ledger.append(text);
        }
    }
}
