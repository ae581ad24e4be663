package exitbox.analyzer.recording;

import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What a recording says of itself at one moment: its catalogs, and the spools that they do not say are sealed, each with
/// the name of its host's folder.
///
/// The recorder makes a spool's segments, then the catalog's line, then drops the spool. So a segment that was seen before
/// this was read has its line or its spool in it.
record Listed(Path folder, Set<String> wanted, List<Catalog> catalogs, Map<Path, String> spools) {
    /// @param wanted names of hosts' folders; none means all
    static Listed in(Path folder, Set<String> wanted) throws IOException {
        return new Listed(folder, wanted, List.of(), Map.of()).again();
    }

    /// The same at this moment. Catalogs that have not grown are not read again.
    Listed again() throws IOException {
        Recording recording = new Recording(folder);
        // Spools first: one that is sealed in between stands in the catalog then, and none is missed.
        Map<Path, String> open = new TreeMap<>();
        for (Path host : list(recording.spoolFolder())) {
            String name = host.getFileName().toString();
            if (name.startsWith("host=") && isOf(wanted, name)) {
                for (Path spool : list(host)) {
                    if (Recording.spoolNumber(spool) >= 0) {
                        open.put(spool, name);
                    }
                }
            }
        }
        List<Catalog> now = new ArrayList<>();
        for (Path file : list(recording.catalogFolder())) {
            String name = file.getFileName().toString();
            if (name.startsWith("host=") && name.endsWith(".jsonl")
                    && isOf(wanted, name.substring(0, name.length() - ".jsonl".length()))) {
                now.add(again(file));
            }
        }
        Map<String, Set<Long>> sealed = new HashMap<>();
        now.forEach(catalog -> sealed.put(catalog.hostFolder(), catalog.sealed()));
        open.entrySet()
                .removeIf(spool -> sealed.getOrDefault(spool.getValue(), Set.of()).contains(Recording.spoolNumber(spool.getKey())));
        return new Listed(folder, wanted, now, open);
    }

    private Catalog again(Path file) throws IOException {
        long bytes = Files.size(file);
        for (Catalog catalog : catalogs) {
            if (catalog.path().equals(file) && catalog.wholeBytes() == bytes) {
                return catalog;
            }
        }
        return Catalog.read(file).own();
    }

    static boolean isOf(Set<String> wanted, String hostFolder) {
        return wanted.isEmpty() || wanted.contains(hostFolder);
    }

    /// Names of the folders of hosts that have a catalog.
    Set<String> catalogued() {
        Set<String> hosts = new HashSet<>();
        catalogs.forEach(catalog -> hosts.add(catalog.hostFolder()));
        return hosts;
    }

    /// The segments that catalogs name, those that were deleted too, relative to the recording.
    Set<Path> named() {
        Set<Path> named = new HashSet<>();
        for (Catalog catalog : catalogs) {
            for (SealedSpool spool : catalog.spools()) {
                spool.files().forEach(segment -> named.add(Path.of(segment.path())));
            }
        }
        return named;
    }

    /// Whether a segment's spool is still there, which counts instead.
    boolean isBeingSealed(Path segment, String hostFolder) {
        long number = Recording.segmentNumber(segment);
        return number >= 0 && spools.entrySet().stream()
                .anyMatch(spool -> spool.getValue().equals(hostFolder) && Recording.spoolNumber(spool.getKey()) == number);
    }

    /// What is in a folder, in the order of names; nothing when it is none.
    static List<Path> list(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        } catch (NoSuchFileException | NotDirectoryException _) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(entries);
        return entries;
    }
}
