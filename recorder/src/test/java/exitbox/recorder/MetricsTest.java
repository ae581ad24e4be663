package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.recorder.kernel.Clock;
import exitbox.recorder.kernel.Counts;
import exitbox.schemas.contract.Table;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsTest {
    private static final String GET = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";

    @TempDir
    Path folder;

    private Vitals vitals;

    private MetricsPage page() {
        return new MetricsPage(() -> vitals, () -> 1_760_000_000_500_000_000L, new Clock(), "1.2.3", "tp_btf/sched_process_exit");
    }

    private String text(MetricsPage page) throws IOException {
        return new String(page.page(null).bytes(), StandardCharsets.UTF_8);
    }

    private void beat(long lostExits) {
        vitals = new Vitals(new Counts(2).lost(1, Table.EXITS.number(), lostExits, 0, 0, 0).counters(), new long[Table.NUMBERS],
                new Vitals.Fill(4096, 1 << 20),
                new Vitals.Fill(8, 1 << 21), 1000, new Clock().bootNs() + 1_000_000_000_000L, 5000);
    }

    /// Names, kinds, units and words are what dashboards and alerts are made of: they stay.
    @Test
    void hasAllFiguresOfTheLastHeartbeat() throws IOException {
        MetricsPage page = page();
        beat(7);
        assertEquals("""
                # HELP exitbox_build_info The recorder that runs, and where it sees deaths.
                # TYPE exitbox_build_info gauge
                exitbox_build_info{hook="tp_btf/sched_process_exit",version="1.2.3"} 1
                # HELP exitbox_events_total Events that were recorded.
                # TYPE exitbox_events_total counter
                exitbox_events_total{table="execs"} 0.0
                exitbox_events_total{table="exits"} 0.0
                exitbox_events_total{table="forks"} 0.0
                exitbox_events_total{table="heartbeats"} 0.0
                exitbox_events_total{table="ooms"} 0.0
                exitbox_events_total{table="runqs"} 0.0
                exitbox_events_total{table="signals"} 0.0
                exitbox_events_total{table="tasks"} 0.0
                exitbox_events_total{table="thread_exits"} 0.0
                # HELP exitbox_filtered_events_total Events that filters left out.
                # TYPE exitbox_filtered_events_total counter
                exitbox_filtered_events_total{table="execs"} 0.0
                exitbox_filtered_events_total{table="exits"} 0.0
                exitbox_filtered_events_total{table="forks"} 0.0
                exitbox_filtered_events_total{table="heartbeats"} 0.0
                exitbox_filtered_events_total{table="ooms"} 0.0
                exitbox_filtered_events_total{table="runqs"} 0.0
                exitbox_filtered_events_total{table="signals"} 0.0
                exitbox_filtered_events_total{table="tasks"} 0.0
                exitbox_filtered_events_total{table="thread_exits"} 0.0
                # HELP exitbox_last_heartbeat_timestamp_seconds When the last heartbeat came through the kernel's ring, since 1970.
                # TYPE exitbox_last_heartbeat_timestamp_seconds gauge
                exitbox_last_heartbeat_timestamp_seconds 1.7600000005E9
                # HELP exitbox_lost_events_total Events that are known to be lost.
                # TYPE exitbox_lost_events_total counter
                exitbox_lost_events_total{table="execs"} 0.0
                exitbox_lost_events_total{table="exits"} 7.0
                exitbox_lost_events_total{table="forks"} 0.0
                exitbox_lost_events_total{table="heartbeats"} 0.0
                exitbox_lost_events_total{table="ooms"} 0.0
                exitbox_lost_events_total{table="runqs"} 0.0
                exitbox_lost_events_total{table="signals"} 0.0
                exitbox_lost_events_total{table="tasks"} 0.0
                exitbox_lost_events_total{table="thread_exits"} 0.0
                # HELP exitbox_ring_fill_bytes What waits in the kernel's rings for the recorder.
                # TYPE exitbox_ring_fill_bytes gauge
                exitbox_ring_fill_bytes{ring="deaths"} 4096.0
                exitbox_ring_fill_bytes{ring="events"} 8.0
                # HELP exitbox_ring_size_bytes How much the kernel's rings hold.
                # TYPE exitbox_ring_size_bytes gauge
                exitbox_ring_size_bytes{ring="deaths"} 1048576.0
                exitbox_ring_size_bytes{ring="events"} 2097152.0
                # HELP exitbox_sealed_bytes_total Segments that this run has sealed.
                # TYPE exitbox_sealed_bytes_total counter
                exitbox_sealed_bytes_total 5000.0
                # HELP exitbox_spool_age_seconds Since when the open spool is written.
                # TYPE exitbox_spool_age_seconds gauge
                exitbox_spool_age_seconds 0.0
                # HELP exitbox_spool_size_bytes The open spool: what is recorded and not yet sealed.
                # TYPE exitbox_spool_size_bytes gauge
                exitbox_spool_size_bytes 1000.0
                """, text(page));
        beat(6);
        assertTrue(text(page).contains("exitbox_lost_events_total{table=\"exits\"} 7.0\n"), "a counter does not go back");
    }

    @Test
    void hasNoFiguresBeforeTheFirstHeartbeat() throws IOException {
        assertEquals("""
                # HELP exitbox_build_info The recorder that runs, and where it sees deaths.
                # TYPE exitbox_build_info gauge
                exitbox_build_info{hook="tp_btf/sched_process_exit",version="1.2.3"} 1
                """, text(page()));
    }

    @Test
    void promtoolHasNothingToSay() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/promtool")), "promtool is not installed (Debian's package prometheus)");
        beat(7);
        Process lint = new ProcessBuilder("promtool", "check", "metrics").redirectErrorStream(true).start();
        lint.getOutputStream().write(page().page(null).bytes());
        lint.getOutputStream().close();
        assertEquals("", new String(lint.getInputStream().readAllBytes()));
        assertEquals(0, lint.waitFor());
    }

    @Test
    void answersOnLoopbackInTheFormThatIsAskedFor() throws IOException {
        beat(7);
        try (MetricsServer server = MetricsServer.open(new MetricsAddress(new InetSocketAddress("127.0.0.1", 0), null))) {
            server.serve(this::page);
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
            String text = ask(address, GET);
            assertTrue(text.startsWith("HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: "),
                    text);
            assertTrue(text.endsWith("exitbox_spool_size_bytes 1000.0\n"), text);
            String open = ask(address, "GET /metrics?x HTTP/1.0\r\nAccept: application/openmetrics-text; version=1.0.0\r\n\r\n");
            assertTrue(open.contains("\r\nContent-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n"), open);
            assertTrue(open.endsWith("# EOF\n"), open);
            assertTrue(ask(address, GET.replace("GET", "HEAD")).endsWith("\r\nConnection: close\r\n\r\n"));
            assertTrue(ask(address, GET.replace("GET", "POST")).startsWith("HTTP/1.0 405 "));
            assertTrue(ask(address, "GET / HTTP/1.0\r\n\r\n").startsWith("HTTP/1.0 404 "));
            assertTrue(ask(address, "\u0000\u0001\r\n\r\n").startsWith("HTTP/1.0 400 "));
            assertTrue(ask(address, "GET /" + "x".repeat(8187)).startsWith("HTTP/1.0 400 "));
        }
    }

    @Test
    void goesOnAfterThoseWhoSayNothingOrGoAway() throws IOException {
        beat(7);
        try (MetricsServer server = MetricsServer.open(new MetricsAddress(new InetSocketAddress("127.0.0.1", 0), null))) {
            server.serve(this::page);
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
            try (SocketChannel silent = SocketChannel.open(address)) {
                SocketChannel.open(address).close();
                assertTrue(ask(address, GET).startsWith("HTTP/1.0 200 "));
                assertEquals(-1, silent.read(ByteBuffer.allocate(1)), "who says nothing is left");
            }
        }
    }

    @Test
    void aSocketIsForItsGroupAndGoneAtTheEnd() throws Exception {
        beat(7);
        Path socket = folder.resolve("metrics.sock");
        try (ServerSocketChannel leftover = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            leftover.bind(UnixDomainSocketAddress.of(socket));
            assertThrows(IOException.class, () -> MetricsServer.open(MetricsAddress.parse("unix:" + socket)), "somebody listens there");
        }
        try (MetricsServer server = MetricsServer.open(MetricsAddress.parse("unix:" + socket))) {
            server.serve(this::page);
            assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
            assertTrue(ask(UnixDomainSocketAddress.of(socket), GET).startsWith("HTTP/1.0 200 "));
        }
        assertTrue(Files.notExists(socket));
        Path file = Files.writeString(folder.resolve("file"), "kept");
        assertThrows(IOException.class, () -> MetricsServer.open(MetricsAddress.parse("unix:" + file)));
        assertEquals("kept", Files.readString(file));
        Path pipe = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("/dev/null"));
        for (Path other : List.of(pipe, link)) {
            assertThrows(IOException.class, () -> MetricsServer.open(MetricsAddress.parse("unix:" + other)));
            assertTrue(Files.exists(other, LinkOption.NOFOLLOW_LINKS), other + " is no socket");
        }
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1:9435, /127.0.0.1:9435", "localhost:1, /127.0.0.1:1", "127.9.9.9:65535, /127.9.9.9:65535",
        "[::1]:9435, /[0:0:0:0:0:0:0:1]:9435", "public:0.0.0.0:9435, /0.0.0.0:9435", "public:10.0.0.5:9435, /10.0.0.5:9435"})
    void addresses(String text, String meant) {
        assertEquals(meant, MetricsAddress.parse(text).address().toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "9435 | not an address and a port — try 127.0.0.1:9435 or unix:/run/exitbox/metrics.sock",
        "127.0.0.1: | not an address and a port — try 127.0.0.1:9435 or unix:/run/exitbox/metrics.sock",
        "127.0.0.1:65536 | not an address and a port — try 127.0.0.1:9435 or unix:/run/exitbox/metrics.sock",
        "example.org:9435 | not an address — names other than localhost are not looked up",
        "0.0.0.0:9435 | not a loopback address, and whoever reaches it would read, without a password, what this machine does"
                + " — if that is meant: public:0.0.0.0:9435",
        "[2001:db8::1]:9435 | not a loopback address, and whoever reaches it would read, without a password, what this machine does"
                + " — if that is meant: public:[2001:db8::1]:9435",
        "unix:metrics.sock | a socket's path begins with / and has 107 characters at most"})
    void refused(String text, String message) {
        assertEquals("--metrics " + text + ": " + message, assertThrows(Failure.class, () -> MetricsAddress.parse(text)).getMessage());
    }

    private static String ask(SocketAddress address, String request) throws IOException {
        try (SocketChannel client = SocketChannel.open(address)) {
            ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                client.write(bytes);
            }
            ByteBuffer answer = ByteBuffer.allocate(64 << 10);
            while (client.read(answer) >= 0) {
                // until it is closed
            }
            return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
        }
    }
}
