package exitbox.analyzer.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentProofTest {
    private static final int THREADS = 4;
    private static final int TRIES = 3_000;

    @TempDir
    Path folder;

    /// All of them ask at once what the catalog says by now, and none has asked before.
    @Test
    void severalThreadsFindAtOnceThatAFileIsGone() throws Exception {
        SegmentFile file = new SegmentFile(Table.EXITS, "exits/host=web1/date=2026-11-20/20261120T030000Z-000001.parquet", 1, 1, 1, 1, 0, 0,
                0, 0, "");
        SealedSpool line = new SealedSpool(1, "web1", "boot", "run", 2, 0, 0, 0, false, List.of(file));
        CyclicBarrier together = new CyclicBarrier(THREADS);
        Work work = new Work(() -> {
            try {
                together.await();
                return false;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int i = 0; i < TRIES; i++) {
                SegmentProof proof = new SegmentProof(folder, Map.of());
                List<Future<Part>> parts = new ArrayList<>();
                for (int t = 0; t < THREADS; t++) {
                    parts.add(threads.submit(() -> proof.check(line, "line 1", work)));
                }
                for (Future<Part> part : parts) {
                    assertEquals("missing", part.get().remarks.getFirst().kind());
                }
            }
        }
    }
}
