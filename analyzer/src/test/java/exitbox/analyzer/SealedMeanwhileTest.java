package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.analyzer.recording.Evidence;
import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.contract.Table;
import exitbox.schemas.segment.Sealer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a recorder seals between two looks of a reader is later than its answer, and no stranger.
class SealedMeanwhileTest {
    @TempDir
    Path dir;

    private Path folder;
    private Recording recording;
    private Path later;

    @BeforeEach
    void record() throws IOException {
        folder = dir.resolve("recording");
        recording = new Recording(folder);
        RecordingText.write(folder, """
                runs 03:00:00 event=start run_id=r1 filters=
                exits 03:00:01 pid=1 comm=a status=0 age=1s
                spool
                exits 03:00:02 pid=2 comm=b status=0 age=1s
                spool
                exits 03:00:03 pid=3 comm=c status=0 age=1s
                spool
                """.lines().toList());
        later = dir.resolve("later.spool");
        Files.move(recording.spool("web1", 3), later);
    }

    private void seal(int number) throws IOException {
        new Sealer(recording, Access.own()).seal(recording.spool("web1", number), "web1");
    }

    /// A third spool is begun and sealed; `lines` is how many the catalog has of it then.
    private void sealLater(int lines) throws IOException {
        Path spool = recording.spool("web1", 3);
        Files.copy(later, spool);
        seal(3);
        List<String> all = Files.readAllLines(recording.catalog("web1"));
        Files.write(recording.catalog("web1"), all.subList(0, all.size() - 1 + lines));
        if (lines == 0) {
            Files.copy(later, spool);
        }
    }

    private void assertSegments(int segments, Evidence evidence) {
        assertEquals(segments, evidence.files(Table.EXITS, null, null).size());
        assertEquals(List.of(), evidence.problems());
    }

    @Test
    void aSpoolThatIsBegunAndSealed() throws IOException {
        seal(1);
        Evidence evidence = Evidence.of(folder, List.of());
        seal(2);
        sealLater(1);
        assertSegments(1, evidence);
    }

    @Test
    void aSpoolThatIsBeingSealed() throws IOException {
        seal(1);
        Evidence evidence = Evidence.of(folder, List.of());
        seal(2);
        sealLater(0);
        assertSegments(1, evidence);
    }

    @Test
    void theFirstLineOfAHost() throws IOException {
        Evidence evidence = Evidence.of(folder, List.of());
        seal(1);
        seal(2);
        sealLater(1);
        assertSegments(0, evidence);
        assertEquals(List.of(), List.copyOf(evidence.hosts()));
    }

    @Test
    void butNotWhatIsInNoLineWhenItsSpoolIsGone() throws IOException {
        seal(1);
        seal(2);
        Evidence evidence = Evidence.of(folder, List.of());
        sealLater(0);
        Files.delete(recording.spool("web1", 3));
        assertEquals(2, evidence.files(Table.EXITS, null, null).size());
        assertEquals(List.of("exits/host=web1/date=2026-11-20/20261120T030003Z-000003.parquet: stands in no catalog line: not made by the"
                + " recorder, or its line is gone — left out"), evidence.problems().stream().map(Evidence.Problem::what).toList());
    }
}
