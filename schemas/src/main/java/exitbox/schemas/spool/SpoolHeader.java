package exitbox.schemas.spool;

import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.text.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
        List<Object> structs = new ArrayList<>();
        for (RecordLayout layout : layouts) {
            Map<String, Object> struct = new LinkedHashMap<>();
            struct.put("struct", layout.struct());
            struct.put("size", layout.size());
            Map<String, Object> fields = new LinkedHashMap<>();
            for (Field field : layout.fields()) {
                fields.put(field.name(), List.of(field.offset(), field.size()));
            }
            struct.put("fields", fields);
            structs.add(struct);
        }
        json.put("layouts", structs);
        return Json.write(json);
    }

    static SpoolHeader ofJson(String text) throws IOException {
        Map<String, Object> json = Json.readObject(text);
        try {
            List<RecordLayout> layouts = new ArrayList<>();
            for (Object struct : (List<?>) json.get("layouts")) {
                Map<?, ?> map = (Map<?, ?>) struct;
                List<Field> fields = new ArrayList<>();
                for (Map.Entry<?, ?> field : ((Map<?, ?>) map.get("fields")).entrySet()) {
                    List<?> place = (List<?>) field.getValue();
                    fields.add(new Field((String) field.getKey(), number(place.get(0)), number(place.get(1))));
                }
                layouts.add(new RecordLayout((String) map.get("struct"), number(map.get("size")), List.copyOf(fields)));
            }
            ClockPair clock = new ClockPair((Long) json.get("real_ns"), (Long) json.get("real_boot_ns"), (Long) json.get("real_error_ns"));
            return new SpoolHeader((String) json.get("host"), (String) json.get("boot_id"), (String) json.get("run_id"),
                    (String) json.get("version"), (Long) json.get("number"), (String) json.get("exit_hook"), clock, List.copyOf(layouts));
        } catch (ClassCastException | NullPointerException e) {
            throw new IOException("its header lacks a fact or has one of the wrong type", e);
        }
    }

    private static int number(Object value) {
        return Math.toIntExact((Long) value);
    }
}
