package exitbox.recorder.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The consumer's side of a BPF ring buffer (kernel/bpf/ringbuf.c), its pages mapped: no system call and no copy
/// between the kernel's record and write(2). One thread at a time; valid as long as its [Probe].
///
/// Positions count bytes since the ring was made and never wrap. The data is mapped twice in a row, so that what
/// goes over the ring's end is contiguous all the same.
public final class Ring {

    // uapi/linux/bpf.h
    private static final int BUSY_BIT = 1 << 31;
    private static final int DISCARD_BIT = 1 << 30;
    static final int HEADER_BYTES = 8;

    /// A record of this table is a dictionary entry, no row.
    public static final int CGROUP_NAMES = 13;

    private static final int HEARTBEATS = 10;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final int fd;
    private final long bytes;
    private final MemorySegment consumerPage;
    private final MemorySegment producerPage;
    private final MemorySegment data;
    // The same bytes: a buffer's getInt is a load on C1 too, a segment's a call through a method handle.
    private final ByteBuffer words;

    /// `data` is the ring's bytes twice in a row.
    Ring(int fd, MemorySegment consumerPage, MemorySegment producerPage, MemorySegment data) {
        this.fd = fd;
        this.bytes = data.byteSize() / 2;
        this.consumerPage = consumerPage;
        this.producerPage = producerPage;
        this.data = data;
        this.words = data.asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /// Maps a ring of `bytes` bytes for as long as the arena lives.
    static Ring map(int fd, long bytes, Arena arena) {
        long page = LibC.getpagesize();
        MemorySegment consumer = Mapping.map(fd, 0, page, LibC.PROT_READ | LibC.PROT_WRITE, arena);
        // The kernel refuses to map the producer's pages writable.
        MemorySegment rest = Mapping.map(fd, page, page + 2 * bytes, LibC.PROT_READ, arena);
        return new Ring(fd, consumer, rest.asSlice(0, page), rest.asSlice(page));
    }

    /// For epoll.
    public int fd() {
        return fd;
    }

    public long bytes() {
        return bytes;
    }

    public long producerPosition() {
        long position = producerPage.get(LONG, 0);
        VarHandle.acquireFence();
        return position;
    }

    public long consumerPosition() {
        return consumerPage.get(LONG, 0);
    }

    /// Goes on behind `position` when the ring was not given back so far: what lies before it is safe already. For a reader
    /// that takes over, before anything else.
    public void resumeBehind(long position) {
        if (position > consumerPosition() && position <= producerPosition()) {
            release(position);
        }
    }

    /// Bytes that wait, records under way included.
    public long fillBytes() {
        return producerPosition() - consumerPosition();
    }

    /// The records that wait, from the consumer's position on: up to the first that is still being written, and of about
    /// `maxBytes` at most (one record in any case). Empty when there are none. Nothing moves: [#release] does that.
    public Run committed(int maxBytes) {
        long from = consumerPosition();
        long end = producerPosition();
        long to = from;
        int rows = 0;
        int heartbeats = 0;
        while (to < end) {
            int at = (int) (to & (bytes - 1));
            int header = words.getInt(at);
            // What stands in the record was written before its busy bit was cleared.
            VarHandle.acquireFence();
            if (header < 0) {
                break;
            }
            long step = (HEADER_BYTES + (header & ~(BUSY_BIT | DISCARD_BIT)) + 7L) & -8L;
            if (to + step > end) {
                throw new IllegalStateException("record at ring position " + to + " goes beyond the producer's position " + end);
            }
            if (to + step - from > maxBytes && to > from) {
                break;
            }
            if ((header & DISCARD_BIT) == 0) {
                int table = words.getInt(at + HEADER_BYTES);
                rows += table == CGROUP_NAMES ? 0 : 1;
                heartbeats += table == HEARTBEATS ? 1 : 0;
            }
            to += step;
        }
        return new Run(from, to, rows, heartbeats, data.asSlice(from & (bytes - 1), to - from));
    }

    /// Gives the memory before `to` back to the kernel. Only after what stood there is safe.
    public void release(long to) {
        VarHandle.releaseFence();
        consumerPage.set(LONG, 0, to);
    }

    /// Whole records in a row, with their ring buffer headers.
    ///
    /// @param from ring position of the first byte
    /// @param to ring position after the last byte
    /// @param rows records that are neither discarded nor dictionary entries
    /// @param heartbeats how many of the rows are heartbeats
    /// @param data the bytes; valid until [Ring#release]
    public record Run(long from, long to, int rows, int heartbeats, MemorySegment data) {

        /// One whose heartbeats nobody counts.
        public Run(long from, long to, int rows, MemorySegment data) {
            this(from, to, rows, 0, data);
        }

        public boolean isEmpty() {
            return from == to;
        }
    }
}
