package exitbox.schemas.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.contract.Table;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/// Names of files and folders: readable, safe for every host name, and the same everywhere.
@Isolated("changes the default locale")
class RecordingTest {
    @Test
    void hostFolders() {
        assertEquals("host=web1", Recording.hostFolder("web1"));
        assertEquals("host=db-2.example.org", Recording.hostFolder("db-2.example.org"));
        assertEquals("host=a%20b%2Fc%3Dd%25", Recording.hostFolder("a b/c=d%"));
        assertEquals("host=Gr%C3%BC%C3%9Fe", Recording.hostFolder("Grüße"));
        assertEquals("host=%2Ehidden", Recording.hostFolder(".hidden"));
        assertEquals("host=x%0A%1B%5B", Recording.hostFolder("x\n\u001b["));
    }

    @Test
    void aHostThatLooksLikeANumberGetsAPrefix() {
        assertEquals("host=h-007", Recording.hostFolder("007"));
        assertEquals("host=h-1e5", Recording.hostFolder("1e5"));
        assertEquals("host=h-10.0.0.1", Recording.hostFolder("10.0.0.1"));
        assertEquals("host=h-2026-11-20", Recording.hostFolder("2026-11-20"));
        assertEquals("host=h-", Recording.hostFolder(""));
    }

    @Test
    void noTwoHostsShareAFolderAndNoneLeavesIt() {
        List<String> hosts = List.of("", ".", "..", "...", "h-", "h-..", "h-h-", "7", "007", "h-007", "h-h-007", "%2E", "a/b", "a%2Fb",
                "a_b", "../x", "/",
                "web1", "WEB1", "host=web1", "ü", "\u0000");
        Set<String> folders = new HashSet<>();
        for (String host : hosts) {
            String folder = Recording.hostFolder(host);
            assertTrue(folders.add(folder), host + " has another's folder " + folder);
            assertEquals(Path.of("dir", folder), Path.of("dir").resolve(folder).normalize());
            assertTrue(folder.startsWith("host=") && !folder.substring(5).startsWith(".") && folder.matches("[!-~]+"), folder);
        }
    }

    @Test
    void filesCarryTheirSpoolsNumber() {
        Recording recording = new Recording(Path.of("dir"));
        Path spool = recording.spool("web1", 43);
        assertEquals("dir/spool/host=web1/000043.spool", spool.toString());
        assertEquals(43, Recording.spoolNumber(spool));
        assertEquals(12_345_678, Recording.spoolNumber(recording.spool("web1", 12_345_678)));
        String segment = Recording.segment(Table.EXITS, "web1", 1_795_143_120_999_999L, 42);
        assertEquals("exits/host=web1/date=2026-11-20/20261120T025200Z-000042.parquet", segment);
        assertEquals(42, Recording.segmentNumber(Path.of(segment)));
        for (String other : List.of("43.spool", "000043.spool.tmp", ".000043.spool.tmp", "x00043.spool", "recorder.lock",
                "99999999999999999999.spool")) {
            assertEquals(-1, Recording.spoolNumber(Path.of("dir", other)), other);
        }
        assertEquals(-1, Recording.segmentNumber(Path.of(".20261120T025200Z-000042.parquet.tmp")));
    }

    @Test
    void digitsAreAsciiInEveryLanguage() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            assertEquals("dir/spool/host=%C3%BC/000043.spool", new Recording(Path.of("dir")).spool("ü", 43).toString());
            assertEquals("gaps/host=web1/date=2026-11-20/20261120T025200Z-000042.parquet",
                    Recording.segment(Table.GAPS, "web1", 1_795_143_120_000_000L, 42));
        } finally {
            Locale.setDefault(before);
        }
    }
}
