package exitbox.analyzer.copy;

import exitbox.schemas.catalog.Recording;
import exitbox.schemas.contract.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What lies in a recording's folders, whatever a catalog says of it.
final class Folders {
    private Folders() {}

    /// Folder names of all hosts that left anything.
    static Set<String> hosts(Path folder) throws IOException {
        Recording recording = new Recording(folder);
        Set<String> hosts = new TreeSet<>();
        list(recording.catalogFolder()).stream().map(Folders::name).filter(name -> name.startsWith("host=") && name.endsWith(".jsonl"))
                .forEach(name -> hosts.add(name.substring(0, name.length() - ".jsonl".length())));
        for (Path host : list(recording.spoolFolder())) {
            if (name(host).startsWith("host=") && !spools(recording, name(host)).isEmpty()) {
                hosts.add(name(host));
            }
        }
        for (Table table : Table.values()) {
            list(folder.resolve(table.sqlName())).stream().map(Folders::name).filter(name -> name.startsWith("host=")).forEach(hosts::add);
        }
        return hosts;
    }

    /// A host's spools, by number.
    static Map<Long, Path> spools(Recording recording, String hostFolder) throws IOException {
        Map<Long, Path> spools = new TreeMap<>();
        for (Path path : list(recording.spoolFolder().resolve(hostFolder))) {
            if (Recording.spoolNumber(path) >= 0) {
                spools.put(Recording.spoolNumber(path), path);
            }
        }
        return spools;
    }

    /// A host's segments, paths relative to the recording, by table.
    static Map<Table, List<String>> segments(Path folder, String hostFolder) throws IOException {
        Map<Table, List<String>> segments = new TreeMap<>();
        for (Table table : Table.values()) {
            for (Path day : list(folder.resolve(table.sqlName()).resolve(hostFolder))) {
                for (Path file : list(day)) {
                    if (file.toString().endsWith(".parquet") && Files.isRegularFile(file)) {
                        segments.computeIfAbsent(table, _ -> new ArrayList<>()).add(folder.relativize(file).toString());
                    }
                }
            }
        }
        return segments;
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        } catch (NoSuchFileException | NotDirectoryException _) {
            return List.of();
        }
    }
}
