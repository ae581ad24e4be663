package exitbox.recorder;

import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.contract.Table;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.spool.SpoolTail;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The spools of a host's recording: finds those that an earlier run left, and makes new ones.
final class Spools {
    private final Recording recording;
    private final String host;
    private final Access access;
    private final List<Path> leftovers = new ArrayList<>();
    private long nextNumber = 1;
    private long nextSeq = 1;

    private Spools(Recording recording, String host, Access access) {
        this.recording = recording;
        this.host = host;
        this.access = access;
    }

    /// Reads where the recording ended. A run that ended without a stop (kill -9, power cut) gets the row that says
    /// so, in its own spool and boot; `bootId` and `nowBootNs` are this boot's.
    static Spools find(Recording recording, String host, Access access, String bootId, long nowBootNs) throws IOException {
        Spools spools = new Spools(recording, host, access);
        Catalog catalog = Catalog.read(recording.catalog(host));
        catalog.lines().forEach(line -> {
            spools.nextNumber = Math.max(spools.nextNumber, line.number() + 1);
            spools.nextSeq = Math.max(spools.nextSeq, line.nextSeq());
        });
        SpoolTail last = null;
        Path lastPath = null;
        for (Path path : spools.list()) {
            long number = Recording.spoolNumber(path);
            spools.nextNumber = Math.max(spools.nextNumber, number + 1);
            spools.leftovers.add(path);
            if (!catalog.sealed().contains(number)) {
                last = SpoolTail.read(path);
                lastPath = path;
                spools.nextSeq = Math.max(spools.nextSeq, last.nextSeq());
            }
        }
        if (last != null && !last.ended()) {
            spools.end(lastPath, last, bootId.equals(last.header().bootId()) ? nowBootNs : null);
        }
        return spools;
    }

    private List<Path> list() throws IOException {
        List<Path> paths = new ArrayList<>();
        try (DirectoryStream<Path> folder = Files.newDirectoryStream(recording.spoolFolder(host))) {
            for (Path path : folder) {
                if (Recording.spoolNumber(path) >= 0) {
                    paths.add(path);
                }
            }
        }
        paths.sort((a, b) -> Long.compare(Recording.spoolNumber(a), Recording.spoolNumber(b)));
        return paths;
    }

    private void end(Path path, SpoolTail tail, Long endBootNs) throws IOException {
        Map<String, Object> gap = new HashMap<>();
        gap.put("first_boot_ns", tail.lastBootNs());
        gap.put("last_boot_ns", endBootNs);
        gap.put("cause", "unclean_end");
        gap.put("detail", "run " + tail.header().runId() + " ended without a stop");
        try (SpoolWriter writer = SpoolWriter.reopen(path, tail.header(), tail.end())) {
            writer.appendRow(Table.GAPS, 0, tail.lastBootNs(), nextSeq++, gap);
            writer.force();
        }
    }

    /// Closed spools that wait to be sealed, oldest first.
    List<Path> leftovers() {
        return leftovers;
    }

    /// The seq that this run's first row gets.
    long nextSeq() {
        return nextSeq;
    }

    /// A new, empty spool.
    SpoolWriter create(SpoolHeader header) throws IOException {
        long number = nextNumber++;
        SpoolWriter writer = SpoolWriter.create(recording.spool(host, number), header.withNumber(number, header.clock()));
        access.open(writer.path());
        return writer;
    }
}
