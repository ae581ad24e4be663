package exitbox.recorder.kernel;

import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// The types that an object, or the running kernel, describes in its BTF (linux/btf.h). Needs no privileges.
/// Valid as long as the object that it was taken from, or until [#close].
final class Btf implements AutoCloseable {

    static final int PTR = 2;
    static final int STRUCT = 4;
    static final int TYPEDEF = 8;
    static final int FUNC = 12;
    static final int FUNC_PROTO = 13;
    static final int DATASEC = 15;

    private static final int TYPE_BYTES = 12; // struct btf_type, btf_member, btf_var_secinfo

    private final long btf;
    private final boolean owned;

    private Btf(long btf, boolean owned) {
        this.btf = btf;
        this.owned = owned;
    }

    static Btf ofObject(long object) {
        return new Btf(LibBpf.bpf_object__btf(object), false);
    }

    /// The running kernel's; null when it has none.
    static Btf ofKernel() {
        long btf = LibBpf.btf__load_vmlinux_btf();
        return btf == 0 ? null : new Btf(btf, true);
    }

    /// The number of the type with this name; negative when there is none.
    int find(String name, int kind) {
        try (Arena arena = Arena.ofConfined()) {
            return LibBpf.btf__find_by_name_kind(btf, arena.allocateFrom(name), kind);
        }
    }

    Type type(int id) {
        MemorySegment head = Native.memory(LibBpf.btf__type_by_id(btf, id), TYPE_BYTES);
        int info = head.get(ValueLayout.JAVA_INT, 4);
        return new Type(head.address(), (info >>> 24) & 0x1f, info & 0xffff, info < 0, head.get(ValueLayout.JAVA_INT, 8));
    }

    /// A struct's fields, members that are structs flattened.
    RecordLayout struct(String name) {
        int id = find(name, STRUCT);
        if (id < 0) {
            throw new KernelException(KernelException.BPF_REFUSED, "cannot find struct " + name
                    + " in the BPF object's types: the object does not belong to this recorder — build again");
        }
        List<Field> fields = new ArrayList<>();
        Type struct = type(id);
        flatten(struct, 0, fields);
        return new RecordLayout(name, struct.sizeOrType(), fields);
    }

    private void flatten(Type struct, int base, List<Field> into) {
        for (int i = 0; i < struct.count(); i++) {
            Entry member = struct.entry(i);
            // With a bit field in the struct the upper eight bits are a width.
            int bits = struct.bitFields() ? member.offset() & 0xffffff : member.offset();
            int offset = base + bits / 8;
            Type type = type(member.type());
            if (type.kind() == STRUCT) {
                flatten(type, offset, into);
            } else {
                int size = (int) LibBpf.btf__resolve_size(btf, member.type());
                into.add(new Field(LibBpf.btf__name_by_offset(btf, member.name()), offset, size));
            }
        }
    }

    /// Where a global variable lies in its section; negative when it is not there.
    int offsetInSection(String section, String variable) {
        int id = find(section, DATASEC);
        if (id < 0) {
            return -1;
        }
        Type all = type(id);
        for (int i = 0; i < all.count(); i++) {
            MemorySegment info = all.raw(i);
            int name = Native.memory(LibBpf.btf__type_by_id(btf, info.get(ValueLayout.JAVA_INT, 0)), TYPE_BYTES)
                    .get(ValueLayout.JAVA_INT, 0);
            if (LibBpf.btf__name_by_offset(btf, name).equals(variable)) {
                return info.get(ValueLayout.JAVA_INT, 4);
            }
        }
        return -1;
    }

    @Override
    public void close() {
        if (owned) {
            LibBpf.btf__free(btf);
        }
    }

    /// A `struct btf_type` and the array that follows it.
    record Type(long address, int kind, int count, boolean bitFields, int sizeOrType) {

        private MemorySegment raw(int index) {
            return Native.memory(address + TYPE_BYTES * (index + 1L), TYPE_BYTES);
        }

        Entry entry(int index) {
            MemorySegment raw = raw(index);
            return new Entry(raw.get(ValueLayout.JAVA_INT, 0), raw.get(ValueLayout.JAVA_INT, 4), raw.get(ValueLayout.JAVA_INT, 8));
        }
    }

    /// A `struct btf_member`; the offset is in bits.
    record Entry(int name, int type, int offset) {}
}
