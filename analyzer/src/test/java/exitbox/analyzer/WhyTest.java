package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.text.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What of `why` no story shows.
class WhyTest {
    @TempDir
    Path folder;

    /// Scripts rely on the keys of `--json`.
    @Test
    void keysAreDocumented() throws Exception {
        RecordingText.write(folder.resolve("rec"), List.of("exits 03:00:00 pid=9 ppid=1 uid=0 comm=a status=9 age=1s", "seal"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertEquals(0, run(out, "why", "-d", "rec", "--json"));
        assertEquals(documented(), List.copyOf(Json.readObject(out.toString(StandardCharsets.UTF_8)).keySet()));
    }

    /// Files that somebody copied without their catalog are read too, and what a catalog would tell is not said.
    @Test
    void aCatalogIsNotNeeded() throws Exception {
        RecordingText.write(folder.resolve("rec"), List.of("runs 03:00:00 event=start run_id=r filters=",
                "tasks 03:00:00 pid=8 ppid=1 start_boot_ns=02:00:00 uid=0 comm=alive cmdline=alive",
                "exits 03:00:00 pid=9 ppid=1 uid=0 comm=a status=9 age=1s", "seal"));
        Files.delete(folder.resolve("rec/catalog/host=web1.jsonl"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertEquals(0, run(out, "why", "-d", "rec", "--at", "2026-11-20 03:00"));
        assertTrue(out.toString(StandardCharsets.UTF_8).startsWith("a (pid 9) was killed by SIGKILL"),
                out.toString(StandardCharsets.UTF_8));
        out.reset();
        assertEquals(1, run(out, "why", "-d", "rec", "alive"));
        assertTrue(out.toString(StandardCharsets.UTF_8).startsWith("alive (pid 8) did not die in this recording"));
        assertEquals(0, run(out, "replay", "-d", "rec"));
    }

    private int run(ByteArrayOutputStream out, String... args) {
        Console console = new Console(new ByteArrayInputStream(new byte[0]), out, out, false, false, true, 80, ZoneOffset.UTC,
                Clock.systemUTC(), Map.of(), folder);
        return Main.run(console, args);
    }

    private static List<String> documented() throws Exception {
        List<String> keys = new ArrayList<>();
        String page = Files.readString(Path.of("../docs/why.md"));
        Matcher row = Pattern.compile("(?m)^\\| (`[^|]*) \\|").matcher(page.substring(page.indexOf("## --json")));
        while (row.find()) {
            for (String key : row.group(1).split(", ")) {
                keys.add(key.replace("`", ""));
            }
        }
        return keys;
    }
}
