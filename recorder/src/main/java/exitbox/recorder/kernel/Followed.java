package exitbox.recorder.kernel;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// The processes that are recorded when not all are: the kernel's programs add the children of these and remove the dead.
/// Valid until the [Probe] is closed; safe from any thread.
public final class Followed {

    private static final int MOST = 1 << 20; // in case the list changes faster than it is read

    // PROC_PID_INIT_INO in linux/proc_ns.h
    private static final String INITIAL_NAMESPACE = "pid:[4026531836]";

    private final int map;
    private final Supplier<Adoption> adoption;
    private final Runnable beginning;

    /// @param beginning to be called before the first process of a tree is put in
    Followed(int map, Supplier<Adoption> adoption, Runnable beginning) {
        this.map = map;
        this.adoption = adoption;
        this.beginning = beginning;
    }

    /// Whether the kernel knows processes by the numbers that this process knows them by. In a PID namespace of its own,
    /// such as a container's, it does not.
    public static boolean isPossible() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString().equals(INITIAL_NAMESPACE);
        } catch (IOException e) {
            return true; // a kernel without such namespaces
        }
    }

    /// From now on records this process and those that it starts. Returns false when there is no room for more.
    public boolean add(int pid) {
        try (Arena arena = Arena.ofConfined()) {
            return LibBpf.bpf_map_update_elem(map, key(arena, pid), arena.allocate(8, 8)) == 0;
        }
    }

    /// From now on records this process and all that descend from it, those that live already and those to come, however
    /// fast they come and go: this is when [Probe#armedBootNs] is then. Returns false when there is no room even for the first. Throws [KernelException] when the
    /// kernel refuses.
    public boolean addTree(int pid) {
        try (Adoption adopting = adoption.get()) {
            beginning.run();
            boolean added = add(pid);
            adopting.adoptLiving();
            return added;
        }
    }

    /// From now on leaves this process out, but not those that it has started.
    public void remove(int pid) {
        try (Arena arena = Arena.ofConfined()) {
            LibBpf.bpf_map_delete_elem(map, key(arena, pid));
        }
    }

    public boolean contains(int pid) {
        try (Arena arena = Arena.ofConfined()) {
            return LibBpf.bpf_map_lookup_elem(map, key(arena, pid), arena.allocate(8, 8)) == 0;
        }
    }

    /// Those that live now; while processes come and go one may be missing or twice.
    public List<Integer> pids() {
        List<Integer> pids = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment next = arena.allocate(4, 4);
            MemorySegment key = MemorySegment.NULL;
            while (pids.size() < MOST && LibBpf.bpf_map_get_next_key(map, key, next) == 0) {
                pids.add(next.get(ValueLayout.JAVA_INT, 0));
                key = key(arena, next.get(ValueLayout.JAVA_INT, 0));
            }
        }
        return pids;
    }

    private static MemorySegment key(Arena arena, int pid) {
        MemorySegment key = arena.allocate(4, 4);
        key.set(ValueLayout.JAVA_INT, 0, pid);
        return key;
    }
}
