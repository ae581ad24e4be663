package exitbox.recorder.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/// Collects what libbpf prints between opening and closing, the verifier's log included.
///
/// Only for a second try of something that failed: making the upcall costs about as much start-up time as
/// everything else here together. One at a time: libbpf has one print function for the whole process.
final class BpfLog implements AutoCloseable {

    private static final int DEBUG = 2; // enum libbpf_print_level
    private static final int MAX_CHARS = 4 << 20;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment line = arena.allocate(1 << 20);
    private final StringBuilder text = new StringBuilder();

    @SuppressWarnings("restricted")
    BpfLog() {
        ValueLayout.OfLong number = ValueLayout.JAVA_LONG;
        MethodType type = MethodType.methodType(long.class, long.class, long.class, long.class);
        try {
            MethodHandle print = MethodHandles.lookup().findVirtual(BpfLog.class, "print", type).bindTo(this);
            FunctionDescriptor shape = FunctionDescriptor.of(number, number, number, number);
            LibBpf.libbpf_set_print(Linker.nativeLinker().upcallStub(print, shape, arena).address());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /// int (*libbpf_print_fn_t)(enum libbpf_print_level level, const char *format, va_list arguments).
    /// Nothing may be thrown from here: it would end the process.
    private long print(long level, long format, long arguments) {
        try {
            if ((int) level < DEBUG && text.length() < MAX_CHARS) {
                LibC.vsnprintf(line, format, arguments);
                text.append(line.getString(0));
            }
        } catch (Throwable t) {
            // A lost line of the log is better than a lost process.
        }
        return 0;
    }

    String text() {
        return text.toString();
    }

    @Override
    public void close() {
        LibBpf.libbpf_set_print(0);
        arena.close();
    }
}
