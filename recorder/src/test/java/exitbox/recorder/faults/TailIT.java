package exitbox.recorder.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.recorder.LiveRecorder;
import exitbox.recorder.Recorded;
import exitbox.recorder.Truth;
import exitbox.recorder.kernel.NeedsBpf;
import exitbox.schemas.spool.SpoolReader;
import exitbox.schemas.spool.SpoolTail;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The last frame of a spool, cut at every byte, as a power cut may leave it: what is before it stays, and what is written next
/// is found behind it.
@Tag("faults")
class TailIT {
    private static final int STARTS = Sweep.ALL ? 100 : 2;

    @TempDir
    Path folder;

    @Test
    void cutAnywhereItCostsThatFrameAlone() throws Exception {
        NeedsBpf.assumeBpf();
        Verified.assumeAnalyzer();
        Path dir = folder.resolve("recording");
        try (LiveRecorder recorder = LiveRecorder.armed(dir)) {
            Truth.compile(folder).deaths("killed", "5");
            recorder.kill();
        }
        Verified.awaitDead(dir);
        Path spool = LiveRecorder.spools(dir).getLast();
        long whole = Files.size(spool);
        long lastFrame = lastFrame(spool);
        long rowsBefore = rows(spool, lastFrame);
        Path shrinking = LiveRecorder.spools(cut(dir, whole)).getLast();
        for (long length = whole - 1; length >= lastFrame; length--) {
            truncate(shrinking, length);
            assertEquals(lastFrame, SpoolTail.read(shrinking).end(), "cut to " + length);
            assertEquals(rowsBefore, LiveRecorder.rows(shrinking), "cut to " + length);
        }
        for (int length : Sweep.some(IntStream.range((int) lastFrame, (int) whole).boxed().toList(), STARTS)) {
            Path copy = cut(dir, length);
            Verified before = Verified.openAtMost(copy);
            assertEquals(length > lastFrame, before.findings().contains("torn"), before.text());
            try (LiveRecorder recorder = LiveRecorder.armed(copy)) {
                assertEquals(0, recorder.stop(), recorder.stderr());
            }
            Verified.sound(copy);
            try (Recorded recorded = Recorded.open(copy)) {
                assertEquals(1, recorded.number("SELECT count(*) FROM gaps WHERE cause = 'unclean_end'"));
            }
        }
        System.out.println("cut at each of " + (whole - lastFrame) + " bytes of the last frame; " + rowsBefore + " rows before it stay");
    }

    private Path cut(Path dir, long length) throws Exception {
        Path copy = folder.resolve("cut");
        assertEquals(0, Sweep.run("rm", "-rf", copy.toString()));
        assertEquals(0, Sweep.run("cp", "-a", dir.toString(), copy.toString()));
        truncate(LiveRecorder.spools(copy).getLast(), length);
        return copy;
    }

    private static void truncate(Path file, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    private static long lastFrame(Path spool) throws IOException {
        try (SpoolReader reader = SpoolReader.open(spool)) {
            long last = reader.position();
            for (long at = last; reader.next() != null; at = reader.position()) {
                last = at;
            }
            return last;
        }
    }

    private static long rows(Path spool, long end) throws IOException {
        try (SpoolReader reader = SpoolReader.open(spool)) {
            reader.endAt(end);
            long rows = 0;
            for (var frame = reader.next(); frame != null; frame = reader.next()) {
                rows += frame.rows();
            }
            return rows;
        }
    }
}
