package exitbox.recorder.kernel;

import exitbox.schemas.layout.RecordLayout;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// Programs and maps that another recorder has pinned, as this one has them open.
final class Pinned implements Loaded {
    private static final int FACTS_BYTES = 64 << 10; // FACTS_BYTES in records.h
    private static final String FACTS = "facts";

    private final Pins pins;
    private final Facts facts;
    private final Map<String, Integer> maps = new HashMap<>();
    private final Map<String, Integer> programs = new HashMap<>();

    private Pinned(Pins pins, Facts facts) {
        this.pins = pins;
        this.facts = facts;
    }

    /// Opens a whole set of pins.
    static Pinned open(Pins pins) {
        int fd = pins.openMap(FACTS);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(FACTS_BYTES, 8);
            if (LibBpf.bpf_map_lookup_elem(fd, arena.allocate(4, 4), value) != 0) {
                throw foreign(pins, Errno.name(Native.errno()), null);
            }
            return new Pinned(pins, Facts.ofJson(value.getString(0, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw foreign(pins, e.getMessage(), e);
        } finally {
            LibC.close(fd);
        }
    }

    private static KernelException foreign(Pins pins, String reason, IOException cause) {
        KernelException foreign = new KernelException(KernelException.BPF_REFUSED, "cannot take over the programs pinned in "
                + pins.folder() + ": " + reason
                + " — with the version that pinned them: exitbox record --unpin; or remove the folder, and what they hold");
        foreign.initCause(cause);
        return foreign;
    }

    /// Writes what is to be known of a set of programs into their map.
    static void write(Facts facts, int map) {
        byte[] json = facts.toJson().getBytes(StandardCharsets.UTF_8);
        if (json.length >= FACTS_BYTES) {
            throw new IllegalStateException("the facts of the programs have " + json.length + " bytes: more than there is room for");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(FACTS_BYTES, 8);
            MemorySegment.copy(json, 0, value, ValueLayout.JAVA_BYTE, 0, json.length);
            if (LibBpf.bpf_map_update_elem(map, arena.allocate(4, 4), value) != 0) {
                throw new IllegalStateException("cannot write the facts of the programs: " + Errno.name(Native.errno()));
            }
        }
    }

    Facts facts() {
        return facts;
    }

    @Override
    public int mapFd(String name) {
        return maps.computeIfAbsent(name, pins::openMap);
    }

    @Override
    public int programFd(String name) {
        return programs.computeIfAbsent(name, pins::openProgram);
    }

    @Override
    public RecordLayout struct(String name) {
        return facts.structs().stream().filter(layout -> layout.struct().equals(name)).findFirst()
                .orElseThrow(() -> foreign(pins, "they do not say what struct " + name + " is", null));
    }

    @Override
    public void close() {
        maps.values().forEach(LibC::close);
        programs.values().forEach(LibC::close);
        maps.clear();
        programs.clear();
    }
}
