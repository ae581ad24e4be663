package exitbox.recorder.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.spool.ClockPair;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The whole way from a death in the kernel to the mapped ring.
class ProbeTest {

    private static final int EXITS = 1;
    private static final int HEARTBEATS = 10;

    @BeforeEach
    void needsBpf() {
        NeedsBpf.assumeBpf();
    }

    @Test
    void aDeathIsInTheRingWithItsStatus() throws Exception {
        try (Probe probe = Arming.arm(ProbeOptions.deaths())) {
            Process child = new ProcessBuilder("sh", "-c", "exit 3").start();
            assertEquals(3, child.waitFor());
            probe.detach();
            RecordLayout layout = exit(probe);
            long status = -1;
            for (Record record : drain(probe)) {
                if (record.table() == EXITS && record.number(layout, "pid") == child.pid()) {
                    status = record.number(layout, "status");
                }
            }
            assertEquals(3 << 8, status);
        }
    }

    @Test
    void afterDetachEverythingSeenIsAccountedFor() throws Exception {
        try (Probe probe = Arming.arm(ProbeOptions.deaths().withRingBytes(4096))) {
            for (int i = 0; i < 30; i++) {
                new ProcessBuilder("true").start().waitFor();
            }
            probe.detach();
            Counters counters = probe.counters();
            long inRing = drain(probe).stream().filter(record -> record.table() == EXITS).count();
            assertTrue(counters.lost(EXITS) > 0, "a ring of a page cannot hold 30 deaths");
            assertEquals(counters.seen(EXITS), inRing + counters.filtered(EXITS) + counters.lost(EXITS));
        }
    }

    /// No deaths but this process's: a record that another CPU is still writing would stand before what comes behind it.
    static ProbeOptions quiet() {
        OptionalInt self = OptionalInt.of((int) ProcessHandle.current().pid());
        return new ProbeOptions(64 << 10, OptionalLong.empty(), OptionalLong.empty(), self, false, false, null, EventOptions.none(), 0);
    }

    @Test
    void aHeartbeatTravelsThroughTheRing() {
        try (Probe probe = Arming.arm(quiet())) {
            ClockPair pair = new Clock().pair();
            assertTrue(probe.heartbeat(pair, probe.counters(), 4711));
            RecordLayout layout = probe.layouts().stream()
                    .filter(l -> l.struct().equals("heartbeat_record"))
                    .findFirst().orElseThrow();
            List<Record> beats = drain(probe).stream().filter(record -> record.table() == HEARTBEATS).toList();
            assertEquals(1, beats.size());
            assertEquals(pair.realNs(), beats.getFirst().number(layout, "real_ns"));
            assertEquals(4711, beats.getFirst().number(layout, "spool_bytes"));
        }
    }

    @Test
    void runsEndAtTheMaximumAndAreContiguousOverTheRingsEnd() throws Exception {
        try (Probe probe = Arming.arm(quiet().withRingBytes(4096))) {
            Ring ring = probe.deaths();
            long position = 0;
            while (position < 3 * ring.bytes()) {
                probe.heartbeat(new Clock().pair(), probe.counters(), 0);
                Ring.Run run = ring.committed(1);
                assertFalse(run.isEmpty());
                assertEquals(position, run.from());
                assertEquals(run.to() - run.from(), run.data().byteSize());
                position = run.to();
                ring.release(position);
            }
        }
    }

    @Test
    void theLastHookWorksOnEveryKernel() throws Exception {
        try (Probe probe = Arming.arm(ProbeOptions.deaths().withHook(ExitHook.LIVE))) {
            assertEquals(ExitHook.LIVE, probe.hook());
            Process child = new ProcessBuilder("true").start();
            child.waitFor();
            probe.detach();
            RecordLayout layout = exit(probe);
            assertTrue(drain(probe).stream()
                    .anyMatch(record -> record.table() == EXITS && record.number(layout, "pid") == child.pid()));
            assertEquals(0, probe.recursionMisses());
        }
    }

    @Test
    void filtersCountWhatTheyLeaveOut() throws Exception {
        ProbeOptions nobody = new ProbeOptions(4096, OptionalLong.of(4_000_000_000L), OptionalLong.empty(), OptionalInt.empty(),
                false, false, null, EventOptions.none(), 0);
        try (Probe probe = Arming.arm(nobody)) {
            new ProcessBuilder("true").start().waitFor();
            probe.detach();
            assertTrue(probe.deaths().committed(4096).isEmpty());
            assertTrue(probe.counters().seen(EXITS) > 0);
            assertEquals(probe.counters().seen(EXITS), probe.counters().filtered(EXITS));
        }
    }

    private static RecordLayout exit(Probe probe) {
        return probe.layouts().getFirst();
    }

    /// Copies what waits in the ring.
    private static List<Record> drain(Probe probe) {
        List<Record> records = new ArrayList<>();
        for (Ring.Run run = probe.deaths().committed(1 << 20); !run.isEmpty(); run = probe.deaths().committed(1 << 20)) {
            byte[] bytes = run.data().toArray(ValueLayout.JAVA_BYTE);
            ByteBuffer all = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
            int at = 0;
            while (at < bytes.length) {
                int length = all.getInt(at) & 0x3fffffff;
                records.add(new Record(all.slice(at + 8, length).order(ByteOrder.nativeOrder())));
                at += (8 + length + 7) & -8;
            }
            probe.deaths().release(run.to());
        }
        return records;
    }

    private record Record(ByteBuffer bytes) {

        int table() {
            return bytes.getInt(0);
        }

        long number(RecordLayout layout, String field) {
            var place = layout.field(field);
            return place.size() == 8
                    ? bytes.getLong(place.offset())
                    : Integer.toUnsignedLong(bytes.getInt(place.offset()));
        }
    }
}
