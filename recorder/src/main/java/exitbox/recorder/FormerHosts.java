package exitbox.recorder;

import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.CatalogWriter;
import exitbox.schemas.catalog.Deleter;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.Standing;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Other hosts of which something sealed lies in the folder, and that nobody records: names that this machine had, or machines
/// whose recordings were put there. What all of it takes is the folder's, and so is what has to go.
final class FormerHosts {
    private FormerHosts() {}

    /// Their folders, held as if they were recorded.
    static List<Folder> hold(Path dir, String host, Access access) throws IOException {
        List<Folder> held = new ArrayList<>();
        for (String former : names(new Recording(dir), host)) {
            Folder folder = Folder.openFormer(dir, former, access);
            if (folder != null) {
                held.add(folder);
            }
        }
        return held;
    }

    private static Set<String> names(Recording recording, String host) throws IOException {
        Set<String> names = new TreeSet<>();
        try (DirectoryStream<Path> catalogs = Files.newDirectoryStream(recording.catalogFolder(), "*.jsonl")) {
            for (Path catalog : catalogs) {
                Standing.read(catalog, 1, (_, spool) -> {
                    if (catalog.equals(recording.catalog(spool.host()))) {
                        names.add(spool.host());
                    }
                    return spool.files().stream().noneMatch(Deleter::goes);
                });
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // It is made later, or its maker says what is wrong.
        }
        names.remove(host);
        return names;
    }

    /// Who deletes what they have, unless another key than this recorder's has to sign that.
    static List<Deleter> deleters(Place place, Consumer<String> messages) throws IOException {
        Recording recording = place.folder().recording();
        List<Deleter> deleters = new ArrayList<>();
        for (Folder former : place.formers()) {
            CatalogWriter catalog = new CatalogWriter(recording, place.access(), former.host(), place.sealKey(), Room::isLacking);
            if (Signing.signs(place.sealKey(), recording, catalog.read())) {
                deleters.add(new Deleter(recording, catalog));
            } else {
                messages.accept("the catalog of " + former.host() + ", which nobody records in " + recording.dir()
                        + " any more, is signed by a key that is not here: nothing of it is deleted, and what it takes counts");
            }
        }
        return deleters;
    }
}
