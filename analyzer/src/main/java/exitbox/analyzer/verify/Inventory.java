package exitbox.analyzer.verify;

import exitbox.analyzer.recording.Folder;
import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.contract.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// All that lies in a recording's folder, looked at in an order in which nothing that is sealed meanwhile is missed or
/// taken for a stranger: files, then spools, then catalogs.
final class Inventory {
    private static final Set<String> NOT_OURS_BUT_EXPECTED = Set.of("lost+found", "damaged");
    private static final Set<String> OF_THE_RECORDER = Set.of("recorder.lock", "recorder.reserve");
    private static final String CATALOG = ".jsonl";
    private static final String SUMS = ".sha256";

    private final Path folder;
    private final Set<String> files = new TreeSet<>();
    private final Set<String> others = new TreeSet<>();
    private final Map<String, Map<Long, Path>> spools = new TreeMap<>();
    private final Map<String, CatalogFile> catalogs = new TreeMap<>();
    private final Map<String, String> sums = new TreeMap<>();

    /// A catalog as it was read; `tornBytes` stand behind its last line end.
    record CatalogFile(Catalog catalog, long tornBytes) {
        static CatalogFile read(Path path) throws IOException {
            CatalogFile file = readOnce(path);
            // A line that is being written right now is whole the next moment.
            for (int i = 0; i < 3 && file.tornBytes > 0 && file.tornBytes != readOnce(path).tornBytes; i++) {
                file = readOnce(path);
            }
            return file;
        }

        private static CatalogFile readOnce(Path path) throws IOException {
            Catalog catalog = Catalog.read(path);
            return new CatalogFile(catalog, Math.max(0, Files.size(path) - catalog.wholeBytes()));
        }
    }

    private Inventory(Path folder) {
        this.folder = folder;
    }

    static Inventory of(Path folder) throws IOException {
        Inventory inventory = new Inventory(folder);
        Recording recording = new Recording(folder);
        try {
            for (Path entry : list(folder)) {
                String name = entry.getFileName().toString();
                if (Table.ofName(name) != null) {
                    inventory.walk(entry);
                } else
                    if (!entry.equals(recording.catalogFolder()) && !entry.equals(recording.spoolFolder())
                            && !NOT_OURS_BUT_EXPECTED.contains(name)) {
                                inventory.others.add(name);
                            }
            }
            for (Path host : list(recording.spoolFolder())) {
                inventory.spools(host);
            }
            inventory.catalogs(list(recording.catalogFolder()));
        } catch (AccessDeniedException e) {
            throw Folder.denied(Path.of(e.getFile()), e);
        }
        return inventory;
    }

    // Sums before the catalogs that they follow from.
    private void catalogs(List<Path> files) throws IOException {
        for (Path file : files) {
            String name = file.getFileName().toString();
            String host = name.replaceFirst("\\.[^.]*$", "");
            if (name.startsWith("host=") && name.endsWith(SUMS) && files.contains(file.resolveSibling(host + CATALOG))) {
                sums.put(host, read(file));
            } else if (name.startsWith(".host=") && name.endsWith(SUMS + ".tmp")) {
                this.files.add(name(file));
            } else if (!name.startsWith("host=") || !name.endsWith(CATALOG)) {
                others.add(name(file));
            }
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            if (name.startsWith("host=") && name.endsWith(CATALOG)) {
                catalogs.put(name.substring(0, name.length() - CATALOG.length()), CatalogFile.read(file));
            }
        }
    }

    /// The text of a list of sums; null when it is missing.
    static String read(Path file) throws IOException {
        try {
            return Files.readString(Access.file(file), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException _) {
            return null;
        }
    }

    boolean isEmpty() {
        return files.isEmpty() && hostFolders().isEmpty();
    }

    /// Files below the tables' folders, relative to the recording.
    Set<String> files() {
        return files;
    }

    /// Entries elsewhere that the recorder never makes.
    Set<String> others() {
        return others;
    }

    /// By the host's folder name, then by number.
    Map<Long, Path> spools(String hostFolder) {
        return spools.getOrDefault(hostFolder, Map.of());
    }

    /// The text of a host's list of sums; null when it has none.
    String sums(String hostFolder) {
        return sums.get(hostFolder);
    }

    /// Null when the host has none.
    CatalogFile catalog(String hostFolder) {
        return catalogs.get(hostFolder);
    }

    /// Folder names of the hosts that have a catalog or a spool.
    Set<String> hostFolders() {
        Set<String> hosts = new TreeSet<>(catalogs.keySet());
        hosts.addAll(spools.keySet());
        return hosts;
    }

    String name(Path path) {
        return folder.relativize(path).toString();
    }

    private void walk(Path table) throws IOException {
        Files.walkFileTree(table, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                files.add(name(file));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof AccessDeniedException) {
                    throw e;
                }
                // Gone meanwhile, or a link that leads nowhere or back.
                if (!(e instanceof NoSuchFileException) || Files.isSymbolicLink(file)) {
                    files.add(name(file));
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void spools(Path host) throws IOException {
        String hostFolder = host.getFileName().toString();
        if (!hostFolder.startsWith("host=") || !Files.isDirectory(host)) {
            others.add(name(host));
            return;
        }
        for (Path file : list(host)) {
            long number = Recording.spoolNumber(file);
            if (number >= 0) {
                spools.computeIfAbsent(hostFolder, _ -> new TreeMap<>()).put(number, file);
            } else if (!OF_THE_RECORDER.contains(file.getFileName().toString())) {
                (isTemporary(name(file)) ? files : others).add(name(file));
            }
        }
    }

    /// Whether it has a name that the recorder gives to files it has not finished.
    static boolean isTemporary(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return name.startsWith(".") && (name.endsWith(".parquet.tmp") || name.endsWith(".spool.tmp") || name.endsWith(SUMS + ".tmp"));
    }

    private static List<Path> list(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(entries);
        return entries;
    }
}
