package exitbox.recorder.kernel;

import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;

/// The compiled BPF programs, from the bpf module's jar: opened (its types can be read, its settings changed;
/// unprivileged), then loaded (maps exist, programs can be attached). Closing frees all of that; links keep a program alive on their own.
///
/// A failed load cannot be repeated: open another.
final class BpfObject implements Loaded {

    private static final String RESOURCE = "/exitbox/bpf/exitbox.bpf.o";

    // struct bpf_prog_info (linux/bpf.h), as far as it is read here
    private static final int PROG_INFO_RECURSION_MISSES = 208;
    private static final int PROG_INFO_BYTES = 216;

    private final Arena arena;
    private final long object;
    private final Map<String, Long> programs = new LinkedHashMap<>();
    private boolean closed;

    private BpfObject(Arena arena, long object) {
        this.arena = arena;
        this.object = object;
        for (long program = LibBpf.bpf_object__next_program(object, 0); program != 0; program = LibBpf.bpf_object__next_program(object,
                program)) {
            programs.put(LibBpf.bpf_program__name(program), program);
        }
    }

    static BpfObject open() {
        return open(resource());
    }

    static BpfObject open(byte[] elf) {
        Arena arena = Arena.ofShared();
        // struct bpf_object_open_opts: its size, then the object's name.
        MemorySegment options = arena.allocate(16, 8);
        options.set(ValueLayout.JAVA_LONG, 0, options.byteSize());
        options.set(ValueLayout.JAVA_LONG, 8, arena.allocateFrom("exitbox").address());
        long object;
        try (Arena copy = Arena.ofConfined()) {
            object = LibBpf.bpf_object__open_mem(copy.allocateFrom(ValueLayout.JAVA_BYTE, elf), options);
        }
        if (object == 0) {
            String errno = Errno.name(Native.errno());
            arena.close();
            throw new KernelException(KernelException.BPF_REFUSED, "cannot open the BPF object: " + errno + " — build again");
        }
        return new BpfObject(arena, object);
    }

    private static byte[] resource() {
        try (InputStream in = BpfObject.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new KernelException(KernelException.BPF_REFUSED,
                        "cannot find " + RESOURCE + " in the program's jar: it was built without the BPF programs — build again");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Valid until this is closed.
    Btf btf() {
        return Btf.ofObject(object);
    }

    /// Decides whether the next [#load] takes this program. All programs are taken unless told otherwise.
    void autoload(String program, boolean wanted) {
        LibBpf.bpf_program__set_autoload(program(program), wanted);
    }

    Iterable<String> programs() {
        return programs.keySet();
    }

    boolean has(String program) {
        return programs.containsKey(program);
    }

    private long program(String name) {
        Long program = programs.get(name);
        if (program == null) {
            throw new KernelException(KernelException.BPF_REFUSED, "cannot find the BPF program " + name
                    + " in the object: the object does not belong to this recorder — build again");
        }
        return program;
    }

    private long map(String name) {
        long map = LibBpf.bpf_object__find_map_by_name(object, arena.allocateFrom(name));
        if (map == 0) {
            throw new KernelException(KernelException.BPF_REFUSED, "cannot find the BPF map " + name
                    + " in the object: the object does not belong to this recorder — build again");
        }
        return map;
    }

    void maxEntries(String map, int entries) {
        LibBpf.bpf_map__set_max_entries(map(map), entries);
    }

    /// Before [#load]: does not make these maps, which no program that is loaded uses.
    void without(Iterable<String> maps) {
        for (String map : maps) {
            LibBpf.bpf_map__set_autocreate(map(map), false);
        }
    }

    /// Before [#load]: takes the maps of a loaded object, all that it has, instead of making its own. Sections of data
    /// are each object's own.
    void share(BpfObject loaded) {
        for (long map = LibBpf.bpf_object__next_map(object, 0); map != 0; map = LibBpf.bpf_object__next_map(object, map)) {
            if (!LibBpf.bpf_map__is_internal(map)) {
                int fd = LibBpf.bpf_map__fd(loaded.map(LibBpf.bpf_map__name(map)));
                if (fd >= 0) {
                    LibBpf.bpf_map__reuse_fd(map, fd);
                }
            }
        }
    }

    /// A `const volatile` struct that the programs read, to be set before [#load].
    Settings settings(String variable, String struct) {
        Btf btf = btf();
        int offset = btf.offsetInSection(".rodata", variable);
        MemorySegment size = arena.allocate(8, 8);
        long address = LibBpf.bpf_map__initial_value(map(".rodata"), size);
        RecordLayout layout = btf.struct(struct);
        return new Settings(layout, Native.memory(address, size.get(ValueLayout.JAVA_LONG, 0)).asSlice(offset, layout.size()));
    }

    /// 0, or the error number the kernel (or libbpf) refused it with.
    int load() {
        return LibBpf.bpf_object__load(object) == 0 ? 0 : Native.errno();
    }

    @Override
    public int mapFd(String name) {
        return LibBpf.bpf_map__fd(map(name));
    }

    @Override
    public int programFd(String name) {
        return LibBpf.bpf_program__fd(program(name));
    }

    @Override
    public RecordLayout struct(String name) {
        return btf().struct(name);
    }

    /// The kernel's count of runs it skipped because the program was already running on that CPU.
    static long recursionMisses(int programFd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(PROG_INFO_BYTES, 8);
            MemorySegment size = arena.allocate(4, 4);
            size.set(ValueLayout.JAVA_INT, 0, PROG_INFO_BYTES);
            boolean known = LibBpf.bpf_obj_get_info_by_fd(programFd, info, size) == 0;
            return known ? info.get(ValueLayout.JAVA_LONG, PROG_INFO_RECURSION_MISSES) : 0;
        }
    }

    /// A link that the caller destroys; 0 when it was refused, [Native#errno] says why.
    long attach(String program) {
        return LibBpf.bpf_program__attach(program(program));
    }

    /// The same for a program that runs when it is read from ([LibBpf#bpf_iter_create]).
    long attachIterator(String program) {
        return LibBpf.bpf_program__attach_iter(program(program));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            LibBpf.bpf_object__close(object);
            arena.close();
        }
    }

    /// A struct in memory, its fields set by name.
    record Settings(RecordLayout layout, MemorySegment memory) {

        void set(String name, long value) {
            Field field = layout.field(name);
            if (field.size() == 8) {
                memory.set(ValueLayout.JAVA_LONG_UNALIGNED, field.offset(), value);
            } else {
                memory.set(ValueLayout.JAVA_INT_UNALIGNED, field.offset(), (int) value);
            }
        }
    }
}
