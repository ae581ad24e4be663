package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.schemas.catalog.CatalogLine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an answer says of files that no catalog vouches for, and of those that a newer version wrote.
class VouchersTest {
    @TempDir
    Path folder;

    @BeforeEach
    void record() throws Exception {
        RecordingText.write(folder.resolve("exitbox-recording"), """
                runs 03:00:00 event=start run_id=r1 filters=
                exits 03:05:00 pid=100 ppid=1 comm=a status=0x700 age=5s
                runs 03:10:00 event=stop run_id=r1
                seal
                """.lines().toList());
    }

    private Path catalog() {
        return folder.resolve("exitbox-recording/catalog/host=web1.jsonl");
    }

    private String said() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(new byte[0]), new ByteArrayOutputStream(), err, false, false, true, 100,
                ZoneOffset.UTC, Clock.systemUTC(), Map.of(), folder);
        assertEquals(0, Main.run(console, "replay"));
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void nothingWhenAllIsWell() {
        assertEquals("", said());
    }

    @Test
    void aHostWithoutCatalog() throws Exception {
        Files.delete(catalog());
        assertEquals("note: no catalog vouches for host=web1: files are taken as they are\n", said());
    }

    @Test
    void aNewerVersion() throws Exception {
        CatalogLine line = CatalogLine.ofText(Files.readString(catalog()).strip());
        Files.writeString(catalog(), new CatalogLine(line.number(), line.host(), line.bootId(), line.runId(), line.nextSeq(),
                line.lastBootNs(), line.lostRows(), line.gapRows(), line.stopped(), line.files(), line.previous(), 9).toText() + "\n");
        assertEquals("note: some of it was written by a newer exitbox (schema 9, this one knows 1): what that added is not shown"
                + " — use the newer one\n", said());
    }
}
