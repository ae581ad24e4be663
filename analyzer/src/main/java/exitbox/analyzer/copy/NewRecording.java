package exitbox.analyzer.copy;

import exitbox.analyzer.Failure;
import exitbox.analyzer.recording.Folder;
import exitbox.analyzer.text.Refusal;
import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.CatalogEntry;
import exitbox.schemas.catalog.CatalogWriter;
import exitbox.schemas.catalog.Recording;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A recording that is being made of another one. It has its name only when it is whole: until then it is a folder beside
/// that place, which the next try begins anew.
final class NewRecording implements AutoCloseable {
    private final Path target;
    private final Path partial;
    private final Recording recording;
    private final Access access = Access.own();
    private final Map<String, CatalogWriter> writers = new HashMap<>();

    private NewRecording(Path target, Path partial) {
        this.target = target;
        this.partial = partial;
        this.recording = new Recording(partial);
    }

    /// A [Failure] says why nothing can be made there.
    static NewRecording at(Path target, Path source) {
        try {
            boolean there = Files.exists(target);
            if (!there && Files.isSymbolicLink(target)) {
                throw Failure.usage("--to " + target + ": is a link that leads nowhere — choose a new folder");
            }
            Path place = there ? target.toRealPath() : target.toAbsolutePath().normalize();
            if (there) {
                try (Stream<Path> entries = Files.list(place)) {
                    if (entries.findAny().isPresent()) {
                        throw Failure.usage("--to " + target + ": is not empty — choose a new folder");
                    }
                }
            }
            Path parent = place.getParent();
            if (parent == null || !Files.isDirectory(parent)) {
                throw Failure.usage("--to " + target + ": the folder above it does not exist");
            }
            if (there && !Files.getFileStore(place).equals(Files.getFileStore(parent))) {
                throw Failure.usage("--to " + target + ": something is mounted there — choose a folder in it");
            }
            if (parent.toRealPath().resolve(place.getFileName()).startsWith(source.toRealPath())) {
                throw Failure.usage("--to " + target + ": lies in the recording, which is left as it is — choose a folder elsewhere");
            }
            NewRecording made = new NewRecording(place, place.resolveSibling("." + place.getFileName() + ".exitbox-partial"));
            made.clear();
            // Not one that somebody has put there meanwhile.
            made.access.createFolder(made.partial);
            made.access.createFolders(made.recording.catalogFolder());
            return made;
        } catch (NotDirectoryException e) {
            throw Failure.usage("--to " + target + ": is a file — choose a new folder");
        } catch (IOException e) {
            throw cannot(source, target, e);
        }
    }

    /// What to say when it cannot be written, or what it is made of not be read.
    static Failure cannot(Path source, Path target, IOException e) {
        if (e instanceof AccessDeniedException denied && Path.of(denied.getFile()).startsWith(source)) {
            return Folder.denied(Path.of(denied.getFile()), e);
        }
        boolean gone = e instanceof NoSuchFileException missing && Path.of(missing.getFile()).startsWith(source);
        return new Failure(Failure.CANNOT_CREATE,
                "cannot make " + target + ": " + (gone ? e.getMessage() + " is gone" : Refusal.of(e, target)), e);
    }

    Recording recording() {
        return recording;
    }

    Access access() {
        return access;
    }

    Path target() {
        return target;
    }

    /// Adds a line to a host's catalog.
    void append(CatalogEntry entry) throws IOException {
        writers.computeIfAbsent(entry.host(), host -> new CatalogWriter(recording, access, host, null)).append(entry);
    }

    /// A host's catalog as it is by now.
    Catalog catalog(String hostFolder) throws IOException {
        return Catalog.read(recording.catalogFolder().resolve(hostFolder + ".jsonl"));
    }

    /// Copies a file as it is to a place in the recording, and brings it to the disk.
    void copy(Path file, String path) throws IOException {
        Path place = partial.resolve(path);
        access.createFolders(partial, place.getParent());
        Files.copy(file, place, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel channel = FileChannel.open(place, StandardOpenOption.READ)) {
            channel.force(true);
        }
        access.seal(place);
    }

    /// Gives it its name.
    void finish() throws IOException {
        access.createFolders(recording.catalogFolder());
        Files.deleteIfExists(target);
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        Access.force(target.getParent());
    }

    private void clear() throws IOException {
        if (Files.isDirectory(partial)) {
            List<Path> all;
            try (Stream<Path> files = Files.walk(partial)) {
                all = files.sorted((a, b) -> b.compareTo(a)).toList();
            }
            for (Path path : all) {
                Files.delete(path);
            }
        }
    }

    /// Leaves nothing of one that was not finished.
    @Override
    public void close() throws IOException {
        clear();
    }
}
