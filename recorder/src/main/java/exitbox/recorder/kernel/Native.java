package exitbox.recorder.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The one way from Java into C: every function is called with six 64-bit integers and returns one.
///
/// A shape of its own for each signature would cost 5-8 ms of start-up apiece. Here all arguments of all functions
/// are integers or pointers; on the 64-bit Linux ABIs (x86-64, aarch64, riscv64) those travel in the first six
/// integer registers, a C `int` reads the low half of its register, and a register that the callee does not
/// expect is ignored. An `int` result leaves the upper half of its register undefined: callers cast to int.
final class Native {

    // dlfcn.h
    private static final long RTLD_DEFAULT = 0;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final MethodHandle CALL = bind();

    /// Where the C library's errno is kept after each call of this thread.
    private static final ThreadLocal<MemorySegment> ERRNO = ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(8, 8));

    private Native() {}

    @SuppressWarnings("restricted")
    private static MethodHandle bind() {
        FunctionDescriptor shape = FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG);
        return Linker.nativeLinker().downcallHandle(shape, Linker.Option.captureCallState("errno"));
    }

    static long call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) CALL.invokeExact(function, ERRNO.get(), a, b, c, d, e, f);
        } catch (Throwable t) { // a downcall throws nothing by itself
            throw new AssertionError(t);
        }
    }

    static long call(MemorySegment function, long a, long b, long c, long d) {
        return call(function, a, b, c, d, 0, 0);
    }

    static long call(MemorySegment function, long a, long b) {
        return call(function, a, b, 0, 0, 0, 0);
    }

    static long call(MemorySegment function, long a) {
        return call(function, a, 0, 0, 0, 0, 0);
    }

    static long call(MemorySegment function) {
        return call(function, 0, 0, 0, 0, 0, 0);
    }

    /// errno as this thread's last [#call] left it; it means something only when that call reported a failure.
    static int errno() {
        return ERRNO.get().get(ValueLayout.JAVA_INT, 0);
    }

    static MemorySegment symbol(SymbolLookup library, String name) {
        return library.find(name).orElseThrow(() -> new UnsatisfiedLinkError("no " + name + " in the C library"));
    }

    /// As a C program would find it, so that a library that is loaded before all others may stand in for the C library
    /// (libfaketime for its clocks): Java's own look-up passes over those.
    static MemorySegment replaceable(SymbolLookup library, String name) {
        try (Arena arena = Arena.ofConfined()) {
            long address = call(symbol(library, "dlsym"), RTLD_DEFAULT, arena.allocateFrom(name).address());
            return address == 0 ? symbol(library, name) : MemorySegment.ofAddress(address);
        }
    }

    /// The C string at this address; null for a null pointer. Copied: the pointer need not stay valid.
    static String string(long address) {
        return address == 0 ? null : memory(address, Integer.MAX_VALUE).getString(0);
    }

    /// The memory at an address that C gave us. Its lifetime is the caller's concern.
    @SuppressWarnings("restricted")
    static MemorySegment memory(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }
}
