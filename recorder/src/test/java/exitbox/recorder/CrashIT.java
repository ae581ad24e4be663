package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.recorder.kernel.NeedsBpf;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.CatalogLine;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.sign.SealKey;
import exitbox.schemas.sign.VerificationKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A recorder that dies in the midst of a storm: what it spooled is sealed by the next start, once.
class CrashIT {
    private static final int ROUNDS = 8;
    private static final String NO_END = Integer.toString(Integer.MAX_VALUE);

    @TempDir
    Path folder;

    private Truth truth;
    private Path dir;

    @BeforeEach
    void needsBpf() throws Exception {
        NeedsBpf.assumeBpf();
        truth = Truth.compile(folder);
        dir = folder.resolve("recording");
    }

    @Test
    void killedAtAnyMomentItLosesNothingThatWasSpooled() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Spooled spooled = new Spooled();
        Path keyFile = folder.resolve("seal.key");
        VerificationKey key = SealKey.create(keyFile);
        Process storm = truth.start("storm", NO_END);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                // Every other round rotates and seals all the time.
                try (LiveRecorder recorder = LiveRecorder.armed(dir, "--seal-key", keyFile.toString(), "--rotate-size",
                        round % 2 == 0 ? "64K" : "64M")) {
                    LockSupport.parkNanos(random.nextLong(600_000_000)); // any moment is right
                    recorder.kill();
                }
                spooled.add(dir);
            }
        } finally {
            storm.destroyForcibly().waitFor();
        }
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--seal-key", keyFile.toString())) {
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        assertEquals(List.of(), LiveRecorder.spools(dir));
        assertSigned(key);
        assertTrue(spooled.spools() >= ROUNDS, "each kill leaves a spool, there were " + spooled.spools());
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertEquals(ROUNDS, recorded.number("SELECT count(*) FROM gaps WHERE cause = 'unclean_end'"), "seed " + seed);
            assertEquals(0, recorded.number("SELECT count(*) FROM gaps WHERE cause NOT IN ('unclean_end', 'ring_full')"));
            spooled.assertSealed(recorded);
        }
        System.out.println("killed " + ROUNDS + " times (seed " + seed + "): " + spooled.deaths() + " deaths in " + spooled.spools()
                + " spools left, all sealed");
    }

    @Test
    void aSecondInterruptAbortsAndTheNextStartSeals() throws Exception {
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--rotate-size", "64K")) {
            truth.deaths("storm", "20000"); // hundreds of spools to seal
            // The shell's kill, not ours: it may come too late.
            new ProcessBuilder("sh", "-c", "while kill -INT " + recorder.pid() + " 2>&-; do :; done").start().waitFor();
            assertEquals(130, recorder.await(), recorder.stderr());
        }
        // On a slow machine all may be sealed by then; in either case nothing is left, and nothing is missing, after a start.
        try (LiveRecorder recorder = LiveRecorder.armed(dir)) {
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        assertEquals(List.of(), LiveRecorder.spools(dir));
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            // What the ring still held at the abort is gone, and said to be.
            assertTrue(recorded.number("SELECT count(*) FROM exits") >= 20000
                    || recorded.number("SELECT count(*) FROM gaps WHERE cause = 'unclean_end'") == 1);
        }
    }

    /// Every line, by the key that the one before names: none is missing, none was signed twice.
    private void assertSigned(VerificationKey first) throws IOException {
        Catalog catalog = Catalog.read(new Recording(dir).catalog(LiveRecorder.host()));
        VerificationKey key = first;
        for (CatalogLine line : catalog.lines()) {
            assertEquals(line.number() - 1, line.seal().epoch());
            assertTrue(line.seal().isBy(key), "line " + line.number());
            key = new VerificationKey(line.seal().nextKey());
        }
        assertEquals(catalog.lines().size(), SealKey.state(folder.resolve("seal.key")).epoch());
    }
}
