package exitbox.recorder;

import exitbox.schemas.catalog.CatalogLine;
import exitbox.schemas.catalog.Ledger;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.sign.SealKey;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;

/// The key that signs a recording's catalog, which has to be the one that its last signed line names.
final class Signing {
    private Signing() {}

    /// Opens the key, null when none is given. A [Failure] says why one cannot sign what comes.
    static SealKey open(Path file) {
        if (file == null) {
            return null;
        }
        try {
            return SealKey.open(file);
        } catch (NoSuchFileException e) {
            throw new Failure(Failure.USAGE, "--seal-key " + file + ": no such file — make it with: exitbox seal-key new " + file, e);
        } catch (IOException e) {
            throw new Failure(Failure.USAGE, "--seal-key " + file + ": " + Failure.reason(e), e);
        }
    }

    /// Holds the key against the catalog. A damaged one does not stop the recorder.
    ///
    /// @param key null when what is to come is not signed
    static void check(SealKey key, Recording recording, Ledger catalog, Consumer<String> messages) throws IOException {
        CatalogLine.Seal last = catalog.seal();
        if (key == null) {
            if (last != null) {
                messages.accept(
                        "the catalog of " + recording.dir() + " is signed, and what is sealed from now on is not — give --seal-key");
            }
            return;
        }
        long next = last == null ? 0 : last.epoch() + 1;
        boolean fits = key.epoch() == next && (last == null || last.nextKey().equals(key.verificationKey().hex()));
        if (!fits && catalog.problems() == 0) {
            throw new Failure(Failure.USAGE, "--seal-key " + key.path() + ": is at epoch " + key.epoch() + ", and "
                    + (last == null ? "nothing in " + recording.dir() + " is signed yet"
                            : "the next line of " + recording.dir() + " is to be signed by another key, of epoch " + next)
                    + " — give the key of this recording, or choose another folder with -d and make a key for it", null);
        }
        if (!fits) {
            messages.accept("--seal-key " + key.path() + ": is at epoch " + key.epoch() + ", and the damaged catalog of " + recording.dir()
                    + " at epoch " + next + " — what comes is signed; exitbox verify --key finds the gap");
        }
    }
}
