package exitbox.recorder;

import exitbox.schemas.catalog.CatalogLine;
import exitbox.schemas.catalog.Ledger;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.sign.SealKey;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
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
            throw new Failure(Failure.USAGE,
                    "--seal-key " + file + ": no such file — put it back, or make one for a new recording: exitbox seal-key new " + file,
                    e);
        } catch (SealKey.InUse e) {
            throw new Failure(Failure.CANNOT_CREATE, "--seal-key " + file + ": another recorder signs with it — stop that one first", e);
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
        boolean fits = signs(key, recording, catalog);
        if (!fits && catalog.problems() == 0) {
            throw new Failure(Failure.USAGE, "--seal-key " + key.path() + ": is at epoch " + key.epoch() + ", and "
                    + (last == null ? "nothing in " + recording.dir() + " is signed by the one before"
                            : "the next line of " + recording.dir() + " is to be signed by another key, of epoch " + (last.epoch() + 1))
                    + " — give the key of this recording, or choose another folder with -d and make a key for it", null);
        }
        if (fits && key.epoch() != next(last)) {
            messages.accept("--seal-key " + key.path() + ": signed another host's catalog in " + recording.dir()
                    + " before, and goes on with this one's");
        }
        if (!fits) {
            messages.accept("--seal-key " + key.path() + ": is at epoch " + key.epoch() + ", and the damaged catalog of " + recording.dir()
                    + " at epoch " + next(last) + " — what comes is signed; exitbox verify --key finds the gap");
        }
    }

    /// Whether a key may sign the next line of a catalog: it is the first, or the last signed line names it; or that of another
    /// catalog in the folder does, as this machine had another name then.
    ///
    /// @param key null when lines are not signed
    static boolean signs(SealKey key, Recording recording, Ledger catalog) throws IOException {
        CatalogLine.Seal last = catalog.seal();
        if (key == null || last == null && key.epoch() == 0 || last != null && names(last, key)) {
            return key != null || last == null;
        }
        try (DirectoryStream<Path> catalogs = Files.newDirectoryStream(recording.catalogFolder(), "*.jsonl")) {
            for (Path other : catalogs) {
                CatalogLine.Seal seal = Ledger.read(other).seal();
                if (seal != null && names(seal, key)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean names(CatalogLine.Seal last, SealKey key) {
        return next(last) == key.epoch() && last.nextKey().equals(key.verificationKey().hex());
    }

    private static long next(CatalogLine.Seal last) {
        return last == null ? 0 : last.epoch() + 1;
    }
}
