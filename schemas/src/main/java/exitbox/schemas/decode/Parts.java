package exitbox.schemas.decode;

import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The variable parts of a struct's records, which stand behind the struct: part `x` is the `x_length` bytes at
/// `x_offset` of the record. A length of all ones says that the kernel does not know it.
final class Parts {
    private static final String OFFSET = "_offset";
    private static final String LENGTH = "_length";

    private final List<Part> parts = new ArrayList<>();

    /// Where a part's offset and length lie in the struct.
    record Part(String name, int offset, int length) {
        /// Null when the struct has no such part.
        static Part find(RecordLayout layout, String name) {
            Field offset = layout.find(name + OFFSET);
            Field length = layout.find(name + LENGTH);
            boolean there = offset != null && length != null && offset.size() == 4 && length.size() == 4;
            return there ? new Part(name, offset.offset(), length.offset()) : null;
        }

        boolean isKnown(ByteBuffer data, int record) {
            return length(data, record) >= 0;
        }

        int length(ByteBuffer data, int record) {
            return data.getInt(record + length);
        }

        /// Where its bytes begin in the data.
        int place(ByteBuffer data, int record) {
            return record + data.getInt(record + offset);
        }
    }

    Parts(RecordLayout layout) {
        for (Field field : layout.fields()) {
            if (field.name().endsWith(OFFSET)) {
                Part part = Part.find(layout, field.name().substring(0, field.name().length() - OFFSET.length()));
                if (part != null) {
                    parts.add(part);
                }
            }
        }
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    /// The part that lies outside of a record of this length; null when all that are known lie within.
    String misplaced(ByteBuffer data, int record, int recordLength) {
        for (Part part : parts) {
            int length = part.length(data, record);
            int offset = data.getInt(record + part.offset());
            if (length != -1 && (length < 0 || offset < 0 || offset > recordLength - length)) {
                return part.name();
            }
        }
        return null;
    }
}
