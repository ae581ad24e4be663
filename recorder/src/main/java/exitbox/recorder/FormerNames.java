package exitbox.recorder;

import exitbox.recorder.kernel.Pins;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.segment.Sealer;
import exitbox.schemas.spool.SpoolReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Names that this machine had when recorders of this folder left their programs at work, as machines do that learn theirs late
/// (cloud images, DHCP): rows are filed by the host's name, so such a run cannot be gone on with, and is ended.
final class FormerNames {
    private FormerNames() {}

    /// Those under which something is pinned: on this machine, since no pin outlives it.
    static Set<String> pinned(Path pinRoot, Path dir, String name) throws IOException {
        Set<String> names = new TreeSet<>();
        Path spools = new Recording(dir).spoolFolder();
        if (Files.exists(pinRoot) && Files.isDirectory(spools)) {
            for (Path host : list(spools)) {
                for (Path spool : Files.isDirectory(host) ? spools(host) : List.<Path>of()) {
                    names.add(host(spool));
                }
            }
        }
        names.removeIf(former -> former.equals(name) || !Pins.of(pinRoot, dir, former).stand());
        return names;
    }

    /// Seals what such a run has left when it is ended.
    static void seal(Place place, Log log) throws IOException {
        Recording recording = place.folder().recording();
        String name = place.host().name();
        Sealer sealer = new Sealer(recording, place.access(), place.sealKey());
        for (Path spool : spools(recording.spoolFolder(name))) {
            try {
                sealer.seal(spool, name);
            } catch (IOException e) {
                if (Room.isLacking(e)) {
                    throw e;
                }
                log.warning("cannot seal " + spool + ": " + Failure.reason(e) + " — left alone; exitbox recover saves what is whole of it");
            }
        }
    }

    private static String host(Path spool) {
        try (SpoolReader reader = SpoolReader.open(spool)) {
            return reader.header().host();
        } catch (IOException _) {
            return ""; // Whose it is nobody knows; verify tells of it.
        }
    }

    private static List<Path> spools(Path folder) throws IOException {
        return list(folder).stream()
                .filter(path -> Recording.spoolNumber(path) >= 0 && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                .sorted(Comparator.comparingLong(Recording::spoolNumber)).toList();
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
