package exitbox.recorder.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory shared with the kernel, unmapped when its arena closes.
final class Mapping {

    private Mapping() {}

    @SuppressWarnings("restricted")
    static MemorySegment map(int fd, long offset, long bytes, int protection, Arena arena) {
        long address = LibC.mmap(bytes, protection, LibC.MAP_SHARED, fd, offset);
        if (address == -1) {
            throw new KernelException(KernelException.BPF_REFUSED,
                    "cannot map a BPF map's " + bytes + " bytes: " + Errno.name(LibC.errno()));
        }
        return MemorySegment.ofAddress(address).reinterpret(bytes, arena, gone -> LibC.munmap(address, bytes));
    }
}
