package exitbox.schemas.layout;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What the bytes of one C struct mean. It travels in the spool's header, so that records written
/// by another version of the BPF programs can still be decoded.
///
/// Members that are structs themselves (`header`) are flattened: their fields stand here under their own names.
public record RecordLayout(String struct, int size, List<Field> fields) {

    public RecordLayout {
        fields = List.copyOf(fields);
    }

    /// The field of this name. Throws with the struct's name when there is none: the decoder needs a field
    /// that the object does not have.
    public Field field(String name) {
        Field field = find(name);
        if (field == null) {
            throw new IllegalArgumentException("struct " + struct + " has no field " + name);
        }
        return field;
    }

    /// The field of this name, or null: a record of another version may lack it.
    public Field find(String name) {
        for (Field field : fields) {
            if (field.name().equals(name)) {
                return field;
            }
        }
        return null;
    }

    /// As maps and lists, for JSON.
    public static List<Object> toJson(List<RecordLayout> layouts) {
        List<Object> structs = new ArrayList<>();
        for (RecordLayout layout : layouts) {
            Map<String, Object> fields = new LinkedHashMap<>();
            for (Field field : layout.fields) {
                fields.put(field.name(), List.of(field.offset(), field.size()));
            }
            Map<String, Object> struct = new LinkedHashMap<>();
            struct.put("struct", layout.struct);
            struct.put("size", layout.size);
            struct.put("fields", fields);
            structs.add(struct);
        }
        return structs;
    }

    /// What [#toJson] made, read back. Throws a [RuntimeException] when a fact lacks, has another type, or makes no sense.
    public static List<RecordLayout> ofJson(Object structs) {
        List<RecordLayout> layouts = new ArrayList<>();
        for (Object struct : (List<?>) structs) {
            Map<?, ?> map = (Map<?, ?>) struct;
            int size = number(map.get("size"));
            List<Field> fields = new ArrayList<>();
            for (Map.Entry<?, ?> field : ((Map<?, ?>) map.get("fields")).entrySet()) {
                List<?> place = (List<?>) field.getValue();
                fields.add(field((String) field.getKey(), number(place.get(0)), number(place.get(1)), size));
            }
            layouts.add(new RecordLayout(Objects.requireNonNull((String) map.get("struct")), size, fields));
        }
        return List.copyOf(layouts);
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
