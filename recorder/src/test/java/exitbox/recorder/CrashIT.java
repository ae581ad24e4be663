package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.recorder.kernel.NeedsBpf;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.CatalogLine;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.contract.Table;
import exitbox.schemas.decode.CgroupNames;
import exitbox.schemas.decode.SpoolDecoder;
import exitbox.schemas.rows.Vector;
import exitbox.schemas.sign.SealKey;
import exitbox.schemas.sign.VerificationKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
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
        Map<Long, List<Long>> spooled = new TreeMap<>();
        int left = 0;
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
                for (Path spool : LiveRecorder.spools(dir)) {
                    left++;
                    decode(spool, spooled);
                }
            }
        } finally {
            storm.destroyForcibly().waitFor();
        }
        try (LiveRecorder recorder = LiveRecorder.armed(dir, "--seal-key", keyFile.toString())) {
            assertEquals(0, recorder.stop(), recorder.stderr());
        }
        assertEquals(List.of(), LiveRecorder.spools(dir));
        assertSigned(key);
        assertTrue(left >= ROUNDS, "each kill leaves a spool, there were " + left);
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
            assertEquals(ROUNDS, recorded.number("SELECT count(*) FROM gaps WHERE cause = 'unclean_end'"), "seed " + seed);
            assertEquals(0, recorded.number("SELECT count(*) FROM gaps WHERE cause NOT IN ('unclean_end', 'ring_full')"));
            Map<Long, List<Long>> sealed = new TreeMap<>();
            for (List<Object> row : recorded.rows("SELECT seq, pid, start_boot_ns, status FROM exits")) {
                sealed.put((Long) row.get(0), row.stream().skip(1).map(n -> ((Number) n).longValue()).toList());
            }
            sealed.keySet().retainAll(spooled.keySet());
            assertEquals(spooled, sealed, "seed " + seed);
        }
        System.out.println("killed " + ROUNDS + " times (seed " + seed + "): " + spooled.size() + " deaths in " + left
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

    /// Adds the deaths of a spool by seq: pid, start and status.
    private static void decode(Path spool, Map<Long, List<Long>> deaths) throws IOException {
        SpoolDecoder.decode(spool, new CgroupNames(), batch -> {
            if (batch.table().table() == Table.EXITS) {
                long[][] columns = new long[4][];
                String[] names = {"seq", "pid", "start_boot_ns", "status"};
                for (int i = 0; i < names.length; i++) {
                    columns[i] = ((Vector.Longs) batch.columns()[batch.table().indexOf(names[i])]).values();
                }
                for (int row = 0; row < batch.rows(); row++) {
                    deaths.put(columns[0][row], List.of(columns[1][row], columns[2][row], columns[3][row]));
                }
            }
        });
    }
}
