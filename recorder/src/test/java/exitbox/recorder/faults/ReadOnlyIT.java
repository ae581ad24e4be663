package exitbox.recorder.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.recorder.Await;
import exitbox.recorder.LiveRecorder;
import exitbox.recorder.Mount;
import exitbox.recorder.Recorded;
import exitbox.recorder.Truth;
import exitbox.recorder.kernel.NeedsBpf;
import exitbox.schemas.catalog.Catalog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk error makes the kernel mount ext4 read-only: the run ends and says so, and what was on the disk is sealed by the next
/// start.
@Tag("faults")
class ReadOnlyIT {
    @TempDir
    Path folder;

    @Test
    void endsTheRunAndCostsWhatCameAfterwards() throws Exception {
        NeedsBpf.assumeBpf();
        Verified.assumeAnalyzer();
        Path image = Sweep.ext4(folder.resolve("image"));
        Truth truth = Truth.compile(folder);
        try (Mount disk = Mount.image(image, folder.resolve("disk"))) {
            disk.remount("errors=remount-ro");
            Path error = Path.of("/sys/fs/ext4", Files.getFileStore(disk.at()).name().replace("/dev/", ""), "trigger_fs_error");
            assumeTrue(Files.isWritable(error), "needs a kernel whose ext4 fails on request");
            Path dir = disk.at().resolve("recording");
            try (LiveRecorder recorder = LiveRecorder.armed(dir, "--sync-every", "50ms", "--keep-free", "0")) {
                truth.deaths("exit", "21");
                recorder.signal("HUP");
                Await.until("it is sealed", () -> !Catalog.read(Verified.catalog(dir)).spools().isEmpty());
                truth.deaths("exit", "22");
                Files.writeString(error, "1");
                truth.deaths("exit", "23");
                assertEquals(74, recorder.await(), recorder.stderr());
                assertTrue(recorder.stderr().lines().toList().getLast().startsWith("exitbox: cannot write the recording in " + dir
                        + ": Read-only file system — "), recorder.stderr());
            }
        }
        try (Mount disk = Mount.image(image, folder.resolve("after"))) {
            Path dir = disk.at().resolve("recording");
            Verified.awaitDead(dir);
            Verified said = Verified.openAtMost(dir);
            assertTrue(said.findings().contains("end"), said.text());
            try (LiveRecorder recorder = LiveRecorder.armed(dir, "--keep-free", "0")) {
                assertEquals(0, recorder.stop(), recorder.stderr());
            }
            assertTrue(Verified.sound(dir).containsAll(Set.of("gap")));
            try (Recorded recorded = Recorded.open(dir)) {
                assertEquals(1, recorded.number("SELECT count(*) FROM exits WHERE code = 21"));
                assertEquals(1, recorded.number("SELECT count(*) FROM gaps WHERE cause = 'unclean_end'"));
            }
        }
    }
}
