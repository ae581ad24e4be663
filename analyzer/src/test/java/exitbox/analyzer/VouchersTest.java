package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.CatalogWriter;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an answer says of files that no catalog vouches for, that a newer version wrote, that stand elsewhere or may not be read.
class VouchersTest {
    private static final String NOBODY = "note: no catalog vouches for host=web1: files are taken as they are\n";

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
        return said("replay");
    }

    private String said(String... command) {
        return run(0, command)[1];
    }

    private String[] run(int status, String... command) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(new byte[0]), out, err, false, false, true, 100,
                ZoneOffset.UTC, Clock.systemUTC(), Map.of(), folder);
        assertEquals(status, Main.run(console, command), () -> err.toString(StandardCharsets.UTF_8));
        return new String[]{out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8)};
    }

    @Test
    void nothingWhenAllIsWell() {
        assertEquals("", said());
    }

    @Test
    void aHostWithoutCatalog() throws Exception {
        Files.delete(catalog());
        assertEquals(NOBODY, said());
    }

    @Test
    void timesCountFromTheLastRowAlsoWithoutACatalog() throws Exception {
        String withCatalog = said("replay", "--since", "-6m", "--run", "-1");
        Files.delete(catalog());
        assertEquals(withCatalog + NOBODY, said("replay", "--since", "-6m", "--run", "-1"));
        assertEquals("window: from 2026-11-20 03:04:00 (UTC)\n" + NOBODY, said("replay", "--since", "-6m"));
        assertEquals("window: from 2026-11-20 03:01:00 (UTC)\n" + NOBODY, said("replay", "--since", "03:01"));
    }

    @Test
    void infoCountsTheSameWithoutACatalog() throws Exception {
        String withCatalog = run(0, "info")[0];
        assertTrue(withCatalog.contains("2026-11-20 03:00:00 to 03:10:00"), withCatalog);
        Files.delete(catalog());
        String[] without = run(0, "info");
        assertEquals(withCatalog, without[0]);
        assertEquals(NOBODY, without[1]);
        String bare = run(0)[0];
        assertTrue(bare.contains("exitbox-recording: 1 death on web1, 2026-11-20 03:00:00 to 03:10:00"), bare);
        assertTrue(bare.contains(NOBODY.substring("note: ".length()).strip()), bare);
    }

    @Test
    void whatLeadsOutOfTheRecordingIsNamedAndLeftOut() throws Exception {
        Path recording = folder.resolve("exitbox-recording");
        for (boolean withCatalog : new boolean[]{true, false}) {
            if (withCatalog) {
                Files.move(recording.resolve("exits"), folder.resolve("elsewhere"));
                Files.createSymbolicLink(recording.resolve("exits"), folder.resolve("elsewhere"));
            } else {
                Files.delete(catalog());
            }
            String[] said = run(Failure.DAMAGED, "sql", "SELECT count(*) AS runs, (SELECT count(*) FROM exits) AS exits FROM runs");
            assertTrue(said[0].endsWith("   2      0\n"), said[0]);
            assertTrue(said[1].matches("(?s).*note: exits/host=web1/[^ ]*[.]parquet: leads out of the recording — left out.*"), said[1]);
        }
    }

    @Test
    void whoMayNotReadASegmentIsToldWhoMay() throws Exception {
        Path day = folder.resolve("exitbox-recording/exits/host=web1/date=2026-11-20");
        Path segment;
        try (Stream<Path> files = Files.list(day)) {
            segment = files.findFirst().orElseThrow();
        }
        Files.setPosixFilePermissions(segment, Set.of());
        assumeFalse(Files.isReadable(segment), "root may read everything");
        String said = "cannot read " + segment + ": permission denied — it belongs to ";
        assertTrue(run(Failure.NOT_PERMITTED, "replay")[1].contains(said));
        Files.delete(catalog());
        assertTrue(run(Failure.NOT_PERMITTED, "replay")[1].contains(said));
    }

    @Test
    void aNewerVersion() throws Exception {
        SealedSpool spool = Catalog.read(catalog()).spools().getFirst();
        Files.delete(catalog());
        CatalogWriter writer = new CatalogWriter(new Recording(folder.resolve("exitbox-recording")), Access.own(), spool.host(), null);
        writer.append(new SealedSpool(spool.number(), spool.host(), spool.bootId(), spool.runId(), spool.nextSeq(),
                spool.lastBootNs(), spool.lostRows(), spool.gapRows(), spool.stopped(), spool.files(), 9, List.of()));
        assertEquals("note: some of it was written by a newer exitbox (schema 9, this one knows 1): what that added is not shown"
                + " — use the newer one\n", said());
    }
}
