package exitbox.schemas.layout;

import java.util.List;

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
}
