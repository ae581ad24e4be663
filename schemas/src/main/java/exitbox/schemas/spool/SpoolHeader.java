package exitbox.schemas.spool;

import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.text.Json;
import java.io.IOException;
import java.util.ArrayList;
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
                int size = number(map.get("size"));
                List<Field> fields = new ArrayList<>();
                for (Map.Entry<?, ?> field : ((Map<?, ?>) map.get("fields")).entrySet()) {
                    List<?> place = (List<?>) field.getValue();
                    fields.add(field((String) field.getKey(), number(place.get(0)), number(place.get(1)), size));
                }
                layouts.add(new RecordLayout(Objects.requireNonNull((String) map.get("struct")), size, fields));
            }
            ClockPair clock = new ClockPair((Long) json.get("real_ns"), (Long) json.get("real_boot_ns"), (Long) json.get("real_error_ns"));
            return new SpoolHeader(text(json, "host"), text(json, "boot_id"), text(json, "run_id"), text(json, "version"),
                    (Long) json.get("number"), text(json, "exit_hook"), clock, List.copyOf(layouts));
        } catch (RuntimeException e) {
            throw new IOException("its header lacks a fact or has one of the wrong type", e);
        }
    }

    private static String text(Map<String, Object> json, String fact) {
        return Objects.requireNonNull((String) json.get(fact), fact);
    }

    // A field that reached beyond its record would be read out of the record's neighbours.
    private static Field field(String name, int offset, int size, int structSize) {
        if (offset < 0 || size <= 0 || size > structSize - offset) {
            throw new IllegalArgumentException("field " + name + " lies outside its struct");
        }
        return new Field(name, offset, size);
    }

    private static int number(Object value) {
        return Math.toIntExact((Long) value);
    }
}
