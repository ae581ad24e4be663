package exitbox.recorder.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// The other end of sd_notify(3): a unix datagram socket.
public final class FakeSupervisor implements AutoCloseable {

    private static final SymbolLookup LIBC = Linker.nativeLinker().defaultLookup();
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int PATIENCE_MILLIS = 60_000;

    private final Arena arena = Arena.ofShared();
    private final int fd;

    /// @param name a path, or `@` and an abstract name
    public FakeSupervisor(String name) {
        fd = (int) call("socket", AF_UNIX, SOCK_DGRAM, 0);
        byte[] path = name.getBytes(StandardCharsets.UTF_8);
        MemorySegment address = arena.allocate(2 + path.length + 1L, 8);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, 2, path.length);
        boolean isAbstract = name.startsWith("@");
        if (isAbstract) {
            address.set(ValueLayout.JAVA_BYTE, 2, (byte) 0);
        }
        if (call("bind", fd, address.address(), address.byteSize() - (isAbstract ? 1 : 0)) != 0) {
            throw new IllegalStateException("bind: " + Errno.name(Native.errno()));
        }
    }

    /// The next message; waits for it.
    public String next() {
        MemorySegment poll = arena.allocate(8, 8);
        poll.set(ValueLayout.JAVA_INT, 0, fd);
        poll.set(ValueLayout.JAVA_SHORT, 4, (short) Posix.POLLIN);
        if (Posix.poll(poll, 1, PATIENCE_MILLIS) != 1) {
            throw new AssertionError("no message came");
        }
        MemorySegment message = arena.allocate(4096);
        long length = LibC.read(fd, message);
        return StandardCharsets.UTF_8.decode(message.asSlice(0, length).asByteBuffer()).toString();
    }

    /// The next one that begins so; those before it are passed over.
    public String next(String beginning) {
        for (String message = next();; message = next()) {
            if (message.startsWith(beginning)) {
                return message;
            }
        }
    }

    private static long call(String function, long a, long b, long c) {
        return (int) Native.call(Native.symbol(LIBC, function), a, b, c, 0);
    }

    @Override
    public void close() {
        LibC.close(fd);
        arena.close();
    }
}
