package exitbox.schemas.spool;

import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.text.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What a spool says of itself: whose it is, the clock when it began, and how its records lie in
/// memory, so that a version with other structs can decode it.
///
/// @param exitHook the way the kernel told deaths: `group_dead`, `taskstats` or `live`; with
///     `live` two threads may both have claimed to be the last, see [exitbox.schemas.decode.SpoolDecoder]
public record SpoolHeader(String host, String bootId, String runId, String version, long number, String exitHook, ClockPair clock,
        List<RecordLayout> layouts) {

    public SpoolHeader withNumber(long newNumber, ClockPair newClock) {
        return new SpoolHeader(host, bootId, runId, version, newNumber, exitHook, newClock, layouts);
    }

    String toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("host", host);
        json.put("boot_id", bootId);
        json.put("run_id", runId);
        json.put("version", version);
        json.put("number", number);
        json.put("exit_hook", exitHook);
        json.put("real_ns", clock.realNs());
        json.put("real_boot_ns", clock.bootNs());
        json.put("real_error_ns", clock.errorNs());
        json.put("layouts", RecordLayout.toJson(layouts));
        return Json.write(json);
    }

    static SpoolHeader ofJson(String text) throws IOException {
        Map<String, Object> json = Json.readObject(text);
        try {
            ClockPair clock = new ClockPair((Long) json.get("real_ns"), (Long) json.get("real_boot_ns"), (Long) json.get("real_error_ns"));
            return new SpoolHeader(text(json, "host"), text(json, "boot_id"), text(json, "run_id"), text(json, "version"),
                    (Long) json.get("number"), text(json, "exit_hook"), clock,
                    RecordLayout.ofJson(json.get("layouts")));
        } catch (RuntimeException e) {
            throw new IOException("its header lacks a fact or has one of the wrong type", e);
        }
    }

    private static String text(Map<String, Object> json, String fact) {
        return Objects.requireNonNull((String) json.get(fact), fact);
    }
}
