package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.recorder.kernel.FakeSupervisor;
import exitbox.recorder.kernel.NeedsBpf;
import exitbox.schemas.contract.Table;
import exitbox.schemas.decode.CgroupNames;
import exitbox.schemas.decode.SpoolDecoder;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the recorder tells the one who supervises it.
class ServiceIT {
    @TempDir
    Path folder;

    private Path dir;
    private Map<String, String> environment;
    private FakeSupervisor supervisor;

    @BeforeEach
    void listen() {
        NeedsBpf.assumeBpf();
        dir = folder.resolve("recording");
        String socket = folder.resolve("notify").toString();
        environment = Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "4000000");
        supervisor = new FakeSupervisor(socket);
    }

    @AfterEach
    void hangUp() {
        if (supervisor != null) {
            supervisor.close();
        }
    }

    @Test
    void isReadyWhenItsOwnDeathStandsInTheSpool() throws Exception {
        try (LiveRecorder recorder = LiveRecorder.start(environment, List.of(), dir)) {
            String ready = supervisor.next("READY=1");
            assertTrue(deathsOfChildren(recorder.pid()) >= 1, "the death is read back before it says so");
            assertTrue(ready.contains("\nSTATUS=recording into " + dir + ": "), ready);
            assertTrue(supervisor.next("WATCHDOG=1\nSTATUS=").contains(" deaths, "));
            assertEquals(0, recorder.stop());
            supervisor.next("STOPPING=1");
            assertTrue(recorder.stderr().matches("exitbox: ready: .* ms after it began; deaths are seen at \\S+\nexitbox: recorded .*\n"),
                    recorder.stderr());
        }
    }

    @Test
    void isReadyByAHeartbeatWhereTheDeathWouldBeLeftOut() throws Exception {
        try (LiveRecorder recorder = LiveRecorder.start(environment, List.of(), dir, "-x")) {
            supervisor.next("READY=1");
            assertEquals(0, recorder.stop());
        }
    }

    @Test
    void aReloadHasRotatedWhenItIsOver() throws Exception {
        try (LiveRecorder recorder = LiveRecorder.start(environment, List.of(), dir)) {
            supervisor.next("READY=1");
            Path before = LiveRecorder.spools(dir).getLast();
            recorder.signal("HUP");
            assertTrue(supervisor.next("RELOADING=1").contains("\nMONOTONIC_USEC="));
            supervisor.next("READY=1");
            assertTrue(!LiveRecorder.spools(dir).getLast().equals(before));
            assertEquals(0, recorder.stop());
        }
    }

    @Test
    void aRestartIsNoStop() throws Exception {
        try (LiveRecorder recorder = LiveRecorder.start(environment, List.of(), dir)) {
            supervisor.next("READY=1");
            recorder.signal("USR1");
            supervisor.next("STOPPING=1");
            assertEquals(0, recorder.await());
        }
        try (Recorded recorded = Recorded.open(dir)) {
            assertEquals(List.of(List.of("restart")), recorded.rows("SELECT reason FROM runs WHERE event = 'stop'"));
            recorded.assertSeqWhole();
            assertEquals(1, recorded.number("SELECT count(*) FROM execs WHERE cmdline = 'exitbox-ready'"));
        }
    }

    @Test
    void servesMetricsWhileItRecordsAndRecordsWithoutWhereItCannot() throws Exception {
        Path socket = folder.resolve("metrics.sock");
        try (LiveRecorder recorder = LiveRecorder.start(environment, List.of(), dir, "--metrics", "unix:" + socket)) {
            supervisor.next("WATCHDOG=1\nSTATUS=");
            String page = metrics(socket);
            assertTrue(Pattern.compile("^exitbox_events_total\\{table=\"exits\"} [1-9]", Pattern.MULTILINE).matcher(page).find(), page);
            try (LiveRecorder other = LiveRecorder.armed(folder.resolve("other"), "--metrics", "unix:" + socket)) {
                assertEquals(0, other.stop());
                assertTrue(other.stderr().startsWith("exitbox: cannot serve metrics at unix:" + socket + ": Address already in use"),
                        other.stderr());
            }
            assertTrue(metrics(socket).contains("exitbox_events_total"));
            assertEquals(0, recorder.stop());
        }
        assertTrue(Files.notExists(socket));
    }

    private static String metrics(Path socket) throws IOException {
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            client.write(ByteBuffer.wrap("GET /metrics HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            return new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private long deathsOfChildren(long pid) throws IOException {
        long[] deaths = new long[1];
        for (Path spool : LiveRecorder.spools(dir)) {
            SpoolDecoder.decode(spool, new CgroupNames(), batch -> {
                for (int row = 0; batch.table().table() == Table.EXITS && row < batch.rows(); row++) {
                    deaths[0] += batch.longAt(batch.table().indexOf("ppid"), row) == pid ? 1 : 0;
                }
            });
        }
        return deaths[0];
    }
}
