package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

/// The keys of `why --json` are those that its page documents, in their order: scripts rely on them.
class WhyKeysTest {
    @TempDir
    Path folder;

    @Test
    void keysAreDocumented() throws Exception {
        RecordingText.write(folder.resolve("rec"), List.of("exits 03:00:00 pid=9 ppid=1 uid=0 comm=a status=9 age=1s", "seal"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(new byte[0]), out, out, false, false, true, 80, ZoneOffset.UTC,
                Clock.systemUTC(), Map.of(), folder);
        assertEquals(0, Main.run(console, "why", "-d", "rec", "--json"));
        assertEquals(documented(), List.copyOf(Json.readObject(out.toString(StandardCharsets.UTF_8)).keySet()));
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
