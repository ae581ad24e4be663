package exitbox.analyzer.verify;

import exitbox.analyzer.recording.Folder;
import exitbox.analyzer.text.Counts;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SegmentFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Files in a recording that no catalog names.
final class Strangers {
    private final Path folder;
    private final Inventory inventory;
    private final SegmentProof proof;
    private final List<Remark> remarks = new ArrayList<>();
    private final Map<String, Long> withoutCatalog = new TreeMap<>();
    private long temporary;
    private long beingSealed;
    private String example;

    private Strangers(Path folder, Inventory inventory, SegmentProof proof) {
        this.folder = folder;
        this.inventory = inventory;
        this.proof = proof;
    }

    /// @param named the files that catalogs name
    /// @param unsealed by host folder, the numbers of the spools that are not sealed
    static List<Remark> find(Path folder, Inventory inventory, SegmentProof proof, Set<String> named, Map<String, Set<Long>> unsealed,
            boolean live, Work work) {
        Strangers strangers = new Strangers(folder, inventory, proof);
        for (String path : inventory.files()) {
            if (!named.contains(path)) {
                work.checkCancelled();
                strangers.take(path, unsealed, work);
            }
        }
        strangers.finish(live);
        return strangers.remarks;
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
            remarks.add(Remark.finding("foreign", path, what(path, work), "move it out of the recording, if you know where it comes from"));
        }
    }

    private String what(String path, Work work) {
        if (!path.endsWith(".parquet")) {
            return "was not made by the recorder";
        }
        Path file = folder.resolve(path);
        SegmentFile same;
        try {
            same = Files.isRegularFile(file) ? proof.ofContent(work.sha256(file)) : null;
        } catch (AccessDeniedException e) {
            throw Folder.denied(file, e);
        } catch (IOException e) {
            return "stands in no catalog line, and cannot be read: " + SegmentProof.reason(e, path);
        }
        return same == null ? "stands in no catalog line: not made by the recorder, or its line is gone"
                : "has the content of " + same.path() + ": a copy, or it was moved here";
    }

    private void finish(boolean live) {
        withoutCatalog.forEach((host, count) -> remarks.add(Remark.finding("foreign", host, "no catalog vouches for its "
                + Counts.of(count, "file"), "bring catalog/" + host + ".jsonl along from where the recording was made")));
        for (String other : inventory.others()) {
            remarks.add(Remark.finding("foreign", other, "was not made by the recorder", "move it out of the recording"));
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
