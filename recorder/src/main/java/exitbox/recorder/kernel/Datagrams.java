package exitbox.recorder.kernel;

import static exitbox.recorder.kernel.Native.call;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// Sends datagrams to a unix socket, which Java cannot. Never waits: what does not fit the receiver's queue is not sent.
/// From any thread.
public final class Datagrams {

    // sys/socket.h, sys/un.h
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SUN_PATH = 2;
    private static final int SUN_PATH_BYTES = 108;

    private static final SymbolLookup LIBC = Linker.nativeLinker().defaultLookup();
    private static final MemorySegment socket = Native.symbol(LIBC, "socket");
    private static final MemorySegment sendto = Native.symbol(LIBC, "sendto");

    private final int fd;
    private final MemorySegment address;

    private Datagrams(int fd, MemorySegment address) {
        this.fd = fd;
        this.address = address;
    }

    /// For a receiver's path, or its abstract name behind an `@`; null when there is no such socket to be had.
    public static Datagrams to(String name) {
        byte[] path = name.getBytes(StandardCharsets.UTF_8);
        boolean isAbstract = name.startsWith("@");
        if (!isAbstract && !name.startsWith("/") || path.length >= SUN_PATH_BYTES) {
            return null;
        }
        int fd = (int) call(socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, 0);
        if (fd < 0) {
            return null;
        }
        // A path ends with NUL; an abstract name begins with it, and ends where the address does.
        MemorySegment address = Arena.ofAuto().allocate(SUN_PATH + path.length + (isAbstract ? 0 : 1), 8);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, SUN_PATH, path.length);
        if (isAbstract) {
            address.set(ValueLayout.JAVA_BYTE, SUN_PATH, (byte) 0);
        }
        return new Datagrams(fd, address);
    }

    /// Whether the receiver has it.
    public boolean send(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(bytes.length);
            MemorySegment.copy(bytes, 0, data, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return call(sendto, fd, data.address(), bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL, address.address(),
                    address.byteSize()) == bytes.length;
        }
    }
}
