package exitbox.schemas.catalog;

import exitbox.schemas.sign.Signer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
        if (!line.entry().host().equals(host)) {
            // Of another catalog that the same key signs: before it signs more, that one has it.
            new CatalogWriter(recording, access, line.entry().host(), signer, lacksRoom).read();
            return ledger;
        }
        boolean given = line.seal() != null && line.seal().epoch() == signer.epoch() - 1;
        if (given && line.previous().equals(ledger.lastHash()) && (ledger.lastNumber() > 0 || hasFileOf(line.entry()))) {
            write(pending, line.entry());
        }
        return ledger;
    }

    /// A first line is that of any recording, whose chain begins with nothing: its files tell whether it is of this one.
    private boolean hasFileOf(CatalogEntry entry) {
        return entry instanceof SealedSpool spool
                && spool.files().stream().anyMatch(file -> Files.exists(recording.dir().resolve(file.path()), LinkOption.NOFOLLOW_LINKS));
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
            withRoom(() -> signer.moveOn(text));
        }
        write(text, entry);
    }

    private void write(String text, CatalogEntry entry) throws IOException {
        String before = ledger.lastHash();
        try {
            withRoom(() -> ledger.append(text));
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

    private interface Step {
        void run() throws IOException;
    }

    /// On a full disk the line may be what makes room, by what it says is deleted: the list of sums gives way to it.
    private void withRoom(Step step) throws IOException {
        try {
            step.run();
        } catch (IOException e) {
            if (!lacksRoom.test(e) || !sums.giveUp()) {
                throw e;
            }
            step.run();
        }
    }

    /// Brings the list of sums up to date where it is not, as there was no room for it when a line was written.
    void catchUp() {
        try {
            sums.catchUp(read());
        } catch (IOException _) {
            // As when a line is written.
        }
    }
}
