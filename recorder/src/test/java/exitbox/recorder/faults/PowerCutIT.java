package exitbox.recorder.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.recorder.Await;
import exitbox.recorder.LiveRecorder;
import exitbox.recorder.Mount;
import exitbox.recorder.Recorded;
import exitbox.recorder.Truth;
import exitbox.recorder.kernel.NeedsBpf;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.segment.SegmentCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Power cuts: what an ext4 file system holds at some moment, copied while it is mounted, and mounted elsewhere. What the
/// catalog named then is whole, and no more is lost than came after the last fsync.
@Tag("faults")
class PowerCutIT {
    private static final int CUTS = Sweep.ALL ? 40 : 3;

    @TempDir
    Path folder;

    @Test
    void costsWhatCameAfterTheLastFsync() throws Exception {
        NeedsBpf.assumeBpf();
        Verified.assumeAnalyzer();
        Path image = Sweep.ext4(folder.resolve("image"));
        Truth truth = Truth.compile(folder);
        List<Path> copies = new ArrayList<>();
        List<Integer> sealedThen = new ArrayList<>();
        List<Long> syncedThen = new ArrayList<>();
        // Nothing but fsync is to bring data to the image: no journal commit every five seconds.
        try (Mount disk = Mount.image(image, folder.resolve("disk"))) {
            disk.remount("commit=3600");
            Path dir = disk.at().resolve("recording");
            try (LiveRecorder recorder = LiveRecorder.armed(dir, "--rotate-size", "128K", "--sync-every", "50ms", "--keep-free", "0")) {
                for (int cut = 0; cut < CUTS; cut++) {
                    truth.deaths("storm", "600");
                    int lines = cut + 1;
                    Await.until("more is sealed", () -> lasting(dir).size() >= lines);
                    sealedThen.add(lasting(dir).size());
                    syncedThen.add(lasting(dir).getLast().nextSeq());
                    Path copy = folder.resolve("copy" + cut);
                    // It holds what the file system wrote, not what waits in its page cache. All of it of one moment.
                    recorder.signal("STOP");
                    assertEquals(0, Sweep.run("cp", "--sparse=always", image.toString(), copy.toString()));
                    recorder.signal("CONT");
                    copies.add(copy);
                }
                assertEquals(0, recorder.stop(), recorder.stderr());
            }
        }
        for (int cut = 0; cut < CUTS; cut++) {
            try (Mount disk = Mount.image(copies.get(cut), folder.resolve("after"))) {
                Path dir = disk.at().resolve("recording");
                // Of the newest spool only the name may have come to the disk, and of the one before not all: a hole, until a start
                // says why.
                Verified said = Verified.of(dir);
                assertTrue(Set.of("unsealed", "torn", "end", "hole", "damaged").containsAll(said.findings()), said.text());
                Catalog catalog = catalog(dir);
                assertTrue(catalog.lines().size() >= sealedThen.get(cut), "a line that stood is gone");
                for (SegmentFile file : catalog.spools().stream().flatMap(line -> line.files().stream()).toList()) {
                    assertEquals(file.rows(), SegmentCheck.rows(dir.resolve(file.path())));
                }
                try (LiveRecorder recorder = LiveRecorder.armed(dir, "--keep-free", "0")) {
                    assertEquals(0, recorder.stop(), recorder.stderr());
                }
                Verified.sound(dir);
                try (Recorded recorded = Recorded.open(dir)) {
                    assertEquals(1, recorded.number("SELECT count(*) FROM gaps WHERE cause = 'unclean_end'"));
                    assertTrue(recorded.number("SELECT max(seq) FROM exits") >= syncedThen.get(cut));
                }
            }
            Files.delete(copies.get(cut));
        }
        System.out.println("power cut " + CUTS + " times, with " + sealedThen + " spools sealed: all verify, and recording goes on");
    }

    /// Those whose lines are on the disk for certain: their spools were dropped.
    private static List<SealedSpool> lasting(Path dir) throws Exception {
        Recording recording = new Recording(dir);
        String host = LiveRecorder.host();
        return catalog(dir).spools().stream().filter(line -> Files.notExists(recording.spool(host, line.number()))).toList();
    }

    private static Catalog catalog(Path dir) throws Exception {
        return Catalog.read(new Recording(dir).catalog(LiveRecorder.host()));
    }
}
