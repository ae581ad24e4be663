package exitbox.analyzer.verify;

import exitbox.analyzer.recording.Folder;
import exitbox.analyzer.text.Counts;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SegmentFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Files in a recording that no catalog names. Some of them are the only copy of one that a catalog names, elsewhere.
final class Strangers {
    private final Path folder;
    private final Inventory inventory;
    private final SegmentProof proof;
    private final boolean lacking;
    private final List<Remark> remarks = new ArrayList<>();
    private final Map<String, String> homes = new HashMap<>();
    private final Map<String, Long> withoutCatalog = new TreeMap<>();
    private long temporary;
    private long beingSealed;
    private String example;

    private Strangers(Path folder, Inventory inventory, SegmentProof proof, boolean lacking) {
        this.folder = folder;
        this.inventory = inventory;
        this.proof = proof;
        this.lacking = lacking;
    }

    /// Adds what there is to say of them, and says with files that are not what was sealed where their content is.
    ///
    /// @param remarks what was said of the files that catalogs name
    /// @param named these
    /// @param unsealed by host folder, the numbers of the spools that are not sealed
    static void find(List<Remark> remarks, Path folder, Inventory inventory, SegmentProof proof, Set<String> named,
            Map<String, Set<Long>> unsealed, boolean live, Work work) {
        Strangers strangers = new Strangers(folder, inventory, proof, remarks.stream().anyMatch(Strangers::lacks));
        for (String path : inventory.files()) {
            if (!named.contains(path)) {
                work.checkCancelled();
                strangers.take(path, unsealed, work);
            }
        }
        strangers.finish(live, work);
        remarks.replaceAll(remark -> lacks(remark) && strangers.homes.containsKey(remark.where())
                ? Remark.finding(remark.kind(), remark.where(), remark.what(),
                        strangers.homes.get(remark.where()) + " has its content: move that here")
                : remark);
        remarks.addAll(strangers.remarks);
    }

    /// Whether a file of a catalog line is not there as it was sealed.
    private static boolean lacks(Remark remark) {
        return remark.finding() && Set.of("missing", "changed", "swapped", "damaged").contains(remark.kind());
    }

    private void take(String path, Map<String, Set<Long>> unsealed, Work work) {
        Path relative = Path.of(path);
        String hostFolder = relative.getNameCount() > 2 ? relative.getName(1).toString() : "";
        long number = Recording.segmentNumber(relative);
        if (Inventory.isTemporary(path)) {
            temporary++;
            example = path;
        } else if (number >= 0 && unsealed.getOrDefault(hostFolder, Set.of()).contains(number)) {
            beingSealed++;
        } else if (path.endsWith(".parquet") && hostFolder.startsWith("host=") && inventory.catalog(hostFolder) == null) {
            withoutCatalog.merge(hostFolder, 1L, Long::sum);
        } else {
            remarks.add(stranger(path, work));
        }
    }

    private Remark stranger(String path, Work work) {
        Path file = folder.resolve(path);
        String segment = path.endsWith(".parquet") ? "stands in no catalog line: not made by the recorder, or its line is gone"
                : "was not made by the recorder";
        try {
            SegmentFile same = Files.isRegularFile(file) && proof.hasSize(Files.size(file)) ? proof.ofContent(work.sha256(file)) : null;
            if (same == null) {
                return foreign(path, segment, "move it out of the recording, if you know where it comes from");
            }
            if (isLackingAt(same, file, work) && homes.putIfAbsent(same.path(), path) == null) {
                return Files.exists(folder.resolve(same.path()))
                        ? foreign(path, "is a whole copy of " + same.path() + ", which is not", "move it there, in the place of that one")
                        : foreign(path, "has the content of " + same.path() + ": it was moved here", "move it back to " + same.path());
            }
            return foreign(path, "is a copy of " + same.path(), "move it out of the recording");
        } catch (AccessDeniedException e) {
            throw Folder.denied(file, e);
        } catch (IOException e) {
            return foreign(path, "stands in no catalog line, and cannot be read: " + SegmentProof.reason(e, path),
                    "move it out of the recording, if you know where it comes from");
        }
    }

    private static Remark foreign(String where, String what, String advice) {
        return Remark.finding("foreign", where, what, advice);
    }

    /// Whether the file's own place has anything else than its content, or a link that leads to the stranger.
    private boolean isLackingAt(SegmentFile file, Path stranger, Work work) throws IOException {
        Path home = folder.resolve(file.path());
        if (!Files.isRegularFile(home)) {
            return true;
        }
        Path real = home.toRealPath();
        boolean link = !real.equals(folder.toRealPath().resolve(file.path())) && real.equals(stranger.toRealPath());
        return link || Files.size(home) != file.bytes() || !work.sha256(home).equals(file.sha256());
    }

    /// Whether a folder that is not of a recording has files that are: one of its own folders was renamed.
    private boolean hasOfOurs(String other, Work work) {
        List<String> inside;
        try (Stream<Path> files = Files.walk(folder.resolve(other))) {
            inside = files.filter(Files::isRegularFile).filter(Files::isReadable).map(file -> folder.relativize(file).toString()).sorted()
                    .toList();
        } catch (IOException | UncheckedIOException _) {
            return false;
        }
        int before = homes.size();
        for (String path : inside) {
            Remark remark = stranger(path, work);
            if (homes.containsValue(path)) {
                remarks.add(remark);
            }
        }
        return homes.size() > before;
    }

    private void finish(boolean live, Work work) {
        withoutCatalog.forEach((host, count) -> remarks.add(foreign(host, "no catalog vouches for its "
                + Counts.of(count, "file"), "bring catalog/" + host + ".jsonl along from where the recording was made")));
        for (String other : inventory.others()) {
            if (!lacking || !hasOfOurs(other, work)) {
                remarks.add(foreign(other, "was not made by the recorder", "move it out of the recording"));
            }
        }
        if (!live && temporary > 0) {
            remarks.add(Remark.note("leftover", example, "left by a recorder that was killed"
                    + (temporary == 1 ? "" : ", as are " + Counts.of(temporary - 1, "more file")) + ": no reader takes it"));
        }
        if (!live && beingSealed > 0) {
            remarks.add(Remark.note("leftover", "spool", "sealing was interrupted: " + Counts.of(beingSealed, "file")
                    + " made of a spool that still stands; the spool counts"));
        }
    }
}
