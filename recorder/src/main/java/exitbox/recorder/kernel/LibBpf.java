package exitbox.recorder.kernel;

import static exitbox.recorder.kernel.Native.call;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// libbpf's C API (bpf/libbpf.h, bpf/bpf.h, bpf/btf.h of libbpf 1.0 and newer), one method per function.
///
/// Pointers to libbpf's objects are plain numbers here: 0 is NULL. What owns them, and until when they are valid, is
/// said by the classes above ([BpfObject], [Btf]). Failures come back as C gives them: NULL, or a negative number; [Native#errno] says why.
final class LibBpf {

    private static KernelException problem;
    private static final SymbolLookup LIBBPF = open();

    private static final MemorySegment libbpf_version_string = symbol("libbpf_version_string");
    private static final MemorySegment libbpf_set_print = symbol("libbpf_set_print");
    private static final MemorySegment libbpf_num_possible_cpus = symbol("libbpf_num_possible_cpus");
    private static final MemorySegment bpf_object__open_mem = symbol("bpf_object__open_mem");
    private static final MemorySegment bpf_object__load = symbol("bpf_object__load");
    private static final MemorySegment bpf_object__close = symbol("bpf_object__close");
    private static final MemorySegment bpf_object__btf = symbol("bpf_object__btf");
    private static final MemorySegment bpf_object__next_program = symbol("bpf_object__next_program");
    private static final MemorySegment bpf_object__find_map_by_name = symbol("bpf_object__find_map_by_name");
    private static final MemorySegment bpf_object__next_map = symbol("bpf_object__next_map");
    private static final MemorySegment bpf_map__name = symbol("bpf_map__name");
    private static final MemorySegment bpf_map__is_internal = symbol("bpf_map__is_internal");
    private static final MemorySegment bpf_map__set_autocreate = symbol("bpf_map__set_autocreate");
    private static final MemorySegment bpf_map__reuse_fd = symbol("bpf_map__reuse_fd");
    private static final MemorySegment bpf_program__attach_iter = symbol("bpf_program__attach_iter");
    private static final MemorySegment bpf_link__fd = symbol("bpf_link__fd");
    private static final MemorySegment bpf_link__open = symbol("bpf_link__open");
    private static final MemorySegment bpf_iter_create = symbol("bpf_iter_create");
    private static final MemorySegment bpf_program__name = symbol("bpf_program__name");
    private static final MemorySegment bpf_program__set_autoload = symbol("bpf_program__set_autoload");
    private static final MemorySegment bpf_program__fd = symbol("bpf_program__fd");
    private static final MemorySegment bpf_program__attach = symbol("bpf_program__attach");
    private static final MemorySegment bpf_link__destroy = symbol("bpf_link__destroy");
    private static final MemorySegment bpf_map__fd = symbol("bpf_map__fd");
    private static final MemorySegment bpf_map__set_max_entries = symbol("bpf_map__set_max_entries");
    private static final MemorySegment bpf_map__initial_value = symbol("bpf_map__initial_value");
    private static final MemorySegment bpf_map_lookup_elem = symbol("bpf_map_lookup_elem");
    private static final MemorySegment bpf_map_update_elem = symbol("bpf_map_update_elem");
    private static final MemorySegment bpf_map_delete_elem = symbol("bpf_map_delete_elem");
    private static final MemorySegment bpf_map_get_next_key = symbol("bpf_map_get_next_key");
    private static final MemorySegment bpf_prog_test_run_opts = symbol("bpf_prog_test_run_opts");
    private static final MemorySegment bpf_obj_pin = symbol("bpf_obj_pin");
    private static final MemorySegment bpf_obj_get = symbol("bpf_obj_get");
    private static final MemorySegment bpf_obj_get_info_by_fd = symbol("bpf_obj_get_info_by_fd");
    private static final MemorySegment btf__load_vmlinux_btf = symbol("btf__load_vmlinux_btf");
    private static final MemorySegment btf__free = symbol("btf__free");
    private static final MemorySegment btf__find_by_name_kind = symbol("btf__find_by_name_kind");
    private static final MemorySegment btf__type_by_id = symbol("btf__type_by_id");
    private static final MemorySegment btf__name_by_offset = symbol("btf__name_by_offset");
    private static final MemorySegment btf__resolve_size = symbol("btf__resolve_size");

    private LibBpf() {}

    /// Throws when libbpf cannot be used; otherwise silences it (its default is to print to standard error).
    /// To be called before anything else of this class. Not thrown from the initializers: there it would arrive
    /// as an error without our message and exit status.
    static void require() {
        if (problem != null) {
            throw problem;
        }
        libbpf_set_print(0);
    }

    /// Whether libbpf is there; binds all of it as a side effect.
    static boolean usable() {
        return problem == null;
    }

    /// The loader finds it by its name; the folders after that are for those who built libbpf themselves.
    @SuppressWarnings("restricted")
    private static SymbolLookup open() {
        try {
            return SymbolLookup.libraryLookup("libbpf.so.1", Arena.global());
        } catch (IllegalArgumentException notFound) {
            for (String folder : new String[]{"/usr/local/lib", "/usr/local/lib64", "/usr/lib64", "/usr/lib"}) {
                Path path = Path.of(folder, "libbpf.so.1");
                if (Files.exists(path)) {
                    return SymbolLookup.libraryLookup(path, Arena.global());
                }
            }
            problem = new KernelException(KernelException.BPF_REFUSED,
                    "cannot load libbpf.so.1: it is not installed — run: sudo apt-get install libbpf1 (Debian, Ubuntu)"
                            + " or sudo dnf install libbpf (Fedora)");
            return name -> Optional.empty();
        }
    }

    private static MemorySegment symbol(String name) {
        return LIBBPF.find(name).orElseGet(() -> {
            if (problem == null) {
                problem = new KernelException(KernelException.BPF_REFUSED, "cannot find " + name
                        + " in libbpf.so.1: it is too old — install libbpf 1.0 or newer");
            }
            return MemorySegment.NULL;
        });
    }

    /// For example `v1.1`.
    static String version() {
        return Native.string(call(libbpf_version_string));
    }

    /// Whom libbpf tells what goes on; 0 for nobody.
    static void libbpf_set_print(long function) {
        call(libbpf_set_print, function);
    }

    static int libbpf_num_possible_cpus() {
        return (int) call(libbpf_num_possible_cpus);
    }

    /// libbpf copies what it needs of `elf`.
    static long bpf_object__open_mem(MemorySegment elf, MemorySegment options) {
        return call(bpf_object__open_mem, elf.address(), elf.byteSize(), options.address(), 0);
    }

    static int bpf_object__load(long object) {
        return (int) call(bpf_object__load, object);
    }

    static void bpf_object__close(long object) {
        call(bpf_object__close, object);
    }

    /// Lives as long as the object.
    static long bpf_object__btf(long object) {
        return call(bpf_object__btf, object);
    }

    /// The program after `previous`, the first for 0; 0 at the end.
    static long bpf_object__next_program(long object, long previous) {
        return call(bpf_object__next_program, object, previous);
    }

    static long bpf_object__find_map_by_name(long object, MemorySegment name) {
        return call(bpf_object__find_map_by_name, object, name.address());
    }

    /// The map after `previous`, the first for 0; 0 at the end.
    static long bpf_object__next_map(long object, long previous) {
        return call(bpf_object__next_map, object, previous);
    }

    static String bpf_map__name(long map) {
        return Native.string(call(bpf_map__name, map));
    }

    /// Whether it holds a section of the object, such as .rodata.
    static boolean bpf_map__is_internal(long map) {
        return (call(bpf_map__is_internal, map) & 0xff) != 0;
    }

    static int bpf_map__set_autocreate(long map, boolean autocreate) {
        return (int) call(bpf_map__set_autocreate, map, autocreate ? 1 : 0);
    }

    /// Before the object is loaded: takes this map, which exists, instead of making one. The descriptor is duplicated.
    static int bpf_map__reuse_fd(long map, int fd) {
        return (int) call(bpf_map__reuse_fd, map, fd);
    }

    /// A link, or 0 with errno set; an iterator runs when it is read.
    static long bpf_program__attach_iter(long program) {
        return call(bpf_program__attach_iter, program, 0);
    }

    static int bpf_link__fd(long link) {
        return (int) call(bpf_link__fd, link);
    }

    /// A pinned link, or 0 with errno set. Destroying it leaves the pin alone.
    static long bpf_link__open(MemorySegment path) {
        return call(bpf_link__open, path.address());
    }

    /// A file descriptor to read an attached iterator from once, or negative with errno set.
    static int bpf_iter_create(int linkFd) {
        return (int) call(bpf_iter_create, linkFd);
    }

    static String bpf_program__name(long program) {
        return Native.string(call(bpf_program__name, program));
    }

    static int bpf_program__set_autoload(long program, boolean autoload) {
        return (int) call(bpf_program__set_autoload, program, autoload ? 1 : 0);
    }

    static int bpf_program__fd(long program) {
        return (int) call(bpf_program__fd, program);
    }

    /// A link, or 0 with errno set.
    static long bpf_program__attach(long program) {
        return call(bpf_program__attach, program);
    }

    static int bpf_link__destroy(long link) {
        return (int) call(bpf_link__destroy, link);
    }

    static int bpf_map__fd(long map) {
        return (int) call(bpf_map__fd, map);
    }

    static int bpf_map__set_max_entries(long map, int entries) {
        return (int) call(bpf_map__set_max_entries, map, entries);
    }

    /// The address of a data section's content before the object is loaded; its size is stored in `size`.
    static long bpf_map__initial_value(long map, MemorySegment size) {
        return call(bpf_map__initial_value, map, size.address());
    }

    static int bpf_map_lookup_elem(int fd, MemorySegment key, MemorySegment value) {
        return (int) call(bpf_map_lookup_elem, fd, key.address(), value.address(), 0);
    }

    static int bpf_map_update_elem(int fd, MemorySegment key, MemorySegment value) {
        return (int) call(bpf_map_update_elem, fd, key.address(), value.address(), 0);
    }

    static int bpf_map_delete_elem(int fd, MemorySegment key) {
        return (int) call(bpf_map_delete_elem, fd, key.address());
    }

    /// Stores the key after `key`, the first for NULL; negative at the end.
    static int bpf_map_get_next_key(int fd, MemorySegment key, MemorySegment next) {
        return (int) call(bpf_map_get_next_key, fd, key.address(), next.address(), 0);
    }

    static int bpf_prog_test_run_opts(int fd, MemorySegment options) {
        return (int) call(bpf_prog_test_run_opts, fd, options.address());
    }

    /// Gives a map, program or link a name in a BPF file system, which keeps it in the kernel.
    static int bpf_obj_pin(int fd, MemorySegment path) {
        return (int) call(bpf_obj_pin, fd, path.address());
    }

    /// A descriptor of what is pinned there, or negative with errno set.
    static int bpf_obj_get(MemorySegment path) {
        return (int) call(bpf_obj_get, path.address());
    }

    /// Fills `info` as far as the kernel knows; its size is stored in `size` before and after.
    static int bpf_obj_get_info_by_fd(int fd, MemorySegment info, MemorySegment size) {
        return (int) call(bpf_obj_get_info_by_fd, fd, info.address(), size.address(), 0);
    }

    /// The running kernel's types, or 0 with errno set; the caller frees it.
    static long btf__load_vmlinux_btf() {
        return call(btf__load_vmlinux_btf);
    }

    static void btf__free(long btf) {
        call(btf__free, btf);
    }

    /// A type's number, or negative when there is none.
    static int btf__find_by_name_kind(long btf, MemorySegment name, int kind) {
        return (int) call(btf__find_by_name_kind, btf, name.address(), kind, 0);
    }

    /// The address of a `struct btf_type`; 0 when there is none.
    static long btf__type_by_id(long btf, int id) {
        return call(btf__type_by_id, btf, id);
    }

    static String btf__name_by_offset(long btf, int offset) {
        return Native.string(call(btf__name_by_offset, btf, offset));
    }

    static long btf__resolve_size(long btf, int id) {
        return call(btf__resolve_size, btf, id);
    }
}
