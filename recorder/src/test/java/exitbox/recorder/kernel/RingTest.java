package exitbox.recorder.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.contract.Table;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/// The consumer's rules, on memory forged as the kernel would leave it.
class RingTest {

    private static final int BYTES = 4096;
    private static final int BUSY = 1 << 31;
    private static final int DISCARDED = 1 << 30;
    private static final int EXITS = 1;

    private final MemorySegment consumer = Arena.ofAuto().allocate(8, 8);
    private final MemorySegment producer = Arena.ofAuto().allocate(8, 8);
    private final MemorySegment data = Arena.ofAuto().allocate(2 * BYTES, 8);
    private final Ring ring = new Ring(-1, consumer, producer, data);

    @Test
    void nothingWaits() {
        assertTrue(ring.committed(BYTES).isEmpty());
    }

    @Test
    void stopsAtTheRecordStillBeingWritten() {
        produce(24, 0, EXITS);
        produce(24, BUSY, EXITS);
        produce(24, 0, EXITS);
        Ring.Run run = ring.committed(BYTES);
        assertEquals(32, run.to());
        assertEquals(1, run.rows());
    }

    @Test
    void discardedRecordsAndNamesAreNoRows() {
        produce(24, 0, EXITS);
        produce(24, DISCARDED, EXITS);
        produce(24, 0, Ring.CGROUP_NAMES);
        produce(24, 0, 99); // a table nobody knows is a row all the same: it gets a number, and a gap
        Ring.Run run = ring.committed(BYTES);
        assertEquals(4 * 32, run.to());
        assertEquals(2, run.rows());
    }

    @Test
    void heartbeatsAreCounted() {
        produce(24, 0, Table.HEARTBEATS.number());
        produce(24, 0, EXITS);
        produce(24, DISCARDED, Table.HEARTBEATS.number());
        produce(24, 0, Table.HEARTBEATS.number());
        produce(24, BUSY, Table.HEARTBEATS.number());
        assertEquals(2, ring.committed(BYTES).heartbeats());
    }

    @Test
    void lengthsAreRoundedUpToEight() {
        produce(25, 0, EXITS);
        produce(24, 0, EXITS);
        Ring.Run run = ring.committed(BYTES);
        assertEquals(40 + 32, run.to());
        assertEquals(2, run.rows());
    }

    @Test
    void takesWholeRecordsUpToTheMaximumButAlwaysOne() {
        produce(24, 0, EXITS);
        produce(24, 0, EXITS);
        produce(24, 0, EXITS);
        assertEquals(64, ring.committed(95).to());
        assertEquals(32, ring.committed(1).to());
    }

    @Test
    void aRunOverTheEndIsContiguous() {
        skipTo(3 * BYTES - 16);
        produce(24, 0, EXITS);
        Ring.Run run = ring.committed(BYTES);
        assertEquals(3 * BYTES - 16, run.from());
        assertEquals(32, run.data().byteSize());
        assertEquals(EXITS, run.data().get(ValueLayout.JAVA_INT, 8));
        ring.release(run.to());
        assertEquals(run.to(), ring.consumerPosition());
        assertEquals(0, ring.fillBytes());
    }

    @Test
    void aLengthBeyondTheProducerIsNotFollowed() {
        produce(24, 0, EXITS);
        data.set(ValueLayout.JAVA_INT, 0, 1 << 20);
        assertThrows(IllegalStateException.class, () -> ring.committed(BYTES));
    }

    private void skipTo(long position) {
        producer.set(ValueLayout.JAVA_LONG, 0, position);
        consumer.set(ValueLayout.JAVA_LONG, 0, position);
    }

    private void produce(int length, int flags, int table) {
        long position = ring.producerPosition();
        put(position, length | flags);
        put(position + 8, table);
        producer.set(ValueLayout.JAVA_LONG, 0, position + (8 + length + 7) / 8 * 8);
    }

    /// Both mappings show the same page.
    private void put(long position, int value) {
        long at = position % BYTES;
        data.set(ValueLayout.JAVA_INT, at, value);
        data.set(ValueLayout.JAVA_INT, at + BYTES, value);
    }
}
