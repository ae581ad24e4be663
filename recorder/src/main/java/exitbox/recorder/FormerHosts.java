package exitbox.recorder;

import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.CatalogWriter;
import exitbox.schemas.catalog.Deleter;
import exitbox.schemas.catalog.Recording;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Names under which this machine has recorded into the folder before, as its recorders left word in their locks. What all of it
/// takes is the folder's, and so is what has to go. What other machines have there counts and stays.
final class FormerHosts {
    private FormerHosts() {}

    /// Their folders, held as if they were recorded. One that cannot be had is passed over: no reason not to record.
    static List<Folder> hold(Path dir, String host, Access access, Consumer<String> messages) {
        List<Folder> held = new ArrayList<>();
        Recording recording = new Recording(dir);
        for (Path spools : list(recording.spoolFolder())) {
            if (spools.equals(recording.spoolFolder(host))) {
                // Its lock is held, and would be lost with the first channel on it that is closed.
                continue;
            }
            try {
                Folder.Holder last = Folder.lastHolder(spools);
                if (last == null || !last.isThisMachine() || !spools.equals(recording.spoolFolder(last.host()))) {
                    continue;
                }
                String problem = Ground.problem(dir, last.host());
                Folder folder = problem == null ? Folder.openFormer(dir, last.host(), access) : null;
                if (folder != null) {
                    held.add(folder);
                } else if (problem != null) {
                    messages.accept(stays(last.host(), problem));
                }
            } catch (IOException e) {
                messages.accept(stays(spools.getFileName().toString(), Failure.reason(e)));
            }
        }
        return held;
    }

    private static List<Path> list(Path folder) {
        List<Path> hosts = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "host=*")) {
            entries.forEach(hosts::add);
        } catch (NoSuchFileException | NotDirectoryException e) {
            // It is made later, or its maker says what is wrong.
        } catch (IOException | DirectoryIteratorException e) {
            return List.of(); // As when one of them cannot be had.
        }
        return hosts;
    }

    /// Who deletes what they have, unless another key than this recorder's has to sign that.
    static List<Deleter> deleters(Place place, Consumer<String> messages) {
        Recording recording = place.folder().recording();
        List<Deleter> deleters = new ArrayList<>();
        for (Folder former : place.formers()) {
            CatalogWriter catalog = new CatalogWriter(recording, place.access(), former.host(), place.sealKey(), Room::isLacking);
            try {
                if (Signing.signs(place.sealKey(), recording, catalog.read())) {
                    deleters.add(new Deleter(recording, catalog));
                } else {
                    messages.accept(stays(former.host(), "its catalog is signed by a key that is not here"));
                }
            } catch (IOException e) {
                messages.accept(stays(former.host(), Failure.reason(e)));
            }
        }
        return deleters;
    }

    private static String stays(String host, String why) {
        return "what was recorded as " + host + " before counts, and nothing of it is deleted: " + why;
    }
}
