package exitbox.schemas;

import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.spool.SpoolFormat;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Bytes as the kernel's ring has them, for tests: records laid out field by field, one after another.
public final class Raw {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int rows;

    /// A struct's bytes, to be filled by field names.
    public static final class Struct {
        private final RecordLayout layout;
        private final ByteBuffer bytes;

        private Struct(RecordLayout layout) {
            this.layout = layout;
            this.bytes = ByteBuffer.allocate(layout.size()).order(ByteOrder.LITTLE_ENDIAN);
        }

        public Struct set(String field, long value) {
            Field place = layout.field(field);
            switch (place.size()) {
                case 4 -> bytes.putInt(place.offset(), (int) value);
                case 8 -> bytes.putLong(place.offset(), value);
                default -> throw new IllegalArgumentException(field + " has " + place.size() + " bytes");
            }
            return this;
        }

        public Struct set(String field, byte[] value) {
            bytes.put(layout.field(field).offset(), value);
            return this;
        }

        public Struct set(String field, String value) {
            return set(field, value.getBytes(StandardCharsets.UTF_8));
        }

        public RecordLayout layout() {
            return layout;
        }

        public byte[] bytes() {
            return bytes.array();
        }
    }

    /// A struct with its header set.
    public static Struct struct(RecordLayout layout, int table, int cpu, long monoNs, long bootNs) {
        return new Struct(layout).set("table", table).set("cpu", cpu).set("mono_ns", monoNs).set("boot_ns", bootNs);
    }

    /// Adds a record that takes a seq.
    public Raw row(byte[] struct) {
        rows++;
        return record(struct, struct.length);
    }

    public Raw row(Struct struct) {
        return row(struct.bytes());
    }

    /// Adds a record that takes none: a cgroup's name.
    public Raw name(byte[] struct) {
        return record(struct, struct.length);
    }

    public Raw discarded(byte[] struct) {
        return record(struct, struct.length | SpoolFormat.DISCARDED);
    }

    /// Adds a record whose length word is what the test wants.
    public Raw record(byte[] struct, int word) {
        ByteBuffer record = ByteBuffer.allocate(SpoolFormat.aligned(SpoolFormat.RECORD_PREFIX + struct.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.writeBytes(record.putInt(word).putInt(0).put(struct).array());
        return this;
    }

    public int rows() {
        return rows;
    }

    public ByteBuffer bytes() {
        return ByteBuffer.wrap(bytes.toByteArray());
    }
}
