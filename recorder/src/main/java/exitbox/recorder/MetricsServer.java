package exitbox.recorder;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Answers `GET /metrics`, one request a connection, one connection at a time, on a thread of its own that nothing waits
/// for. Who is slower than two seconds is left, and so is who says more than a request.
final class MetricsServer implements AutoCloseable {
    // S_IFMT and S_IFSOCK, inode(7).
    private static final int FILE_TYPE = 0170000;
    private static final int SOCKET = 0140000;
    private static final int WAITING_CONNECTIONS = 16;
    private static final int LONGEST_REQUEST = 8 << 10;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(2);
    private static final Pattern REQUEST = Pattern.compile("(\\S+) (\\S+) HTTP/1\\.\\d\r\n.*", Pattern.DOTALL);
    private static final Pattern ACCEPT = Pattern.compile("(?im)^accept:[ \t]*(.*?)[ \t\r]*$");

    private final ServerSocketChannel channel;
    private final Path file;
    private MetricsPage page;

    private MetricsServer(ServerSocketChannel channel, Path file) {
        this.channel = channel;
        this.file = file;
    }

    /// Takes the address; [#serve] answers.
    static MetricsServer open(MetricsAddress address) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(address.file() != null ? StandardProtocolFamily.UNIX
                : ((InetSocketAddress) address.address()).getAddress() instanceof Inet6Address ? StandardProtocolFamily.INET6
                : StandardProtocolFamily.INET);
        try {
            if (address.file() == null) {
                // A restart finds connections of the run before.
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            } else {
                removeLeftover(address);
            }
            channel.bind(address.address(), WAITING_CONNECTIONS);
            if (address.file() != null) {
                Files.setPosixFilePermissions(address.file(), PosixFilePermissions.fromString("rw-rw----"));
            }
            return new MetricsServer(channel, address.file());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /// A socket that nobody listens on any more is in the way; one that somebody does stays, and so does all else.
    private static void removeLeftover(MetricsAddress address) throws IOException {
        if (!isSocket(address.file())) {
            return;
        }
        try (SocketChannel other = SocketChannel.open(address.address())) {
            other.isConnected();
        } catch (ConnectException e) {
            Files.delete(address.file());
        }
    }

    private static boolean isSocket(Path path) throws IOException {
        try {
            return ((Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & FILE_TYPE) == SOCKET;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /// What it listens on.
    int port() throws IOException {
        return channel.getLocalAddress() instanceof InetSocketAddress inet ? inet.getPort() : -1;
    }

    /// Answers from now on; makes what it answers on its own thread too.
    void serve(Supplier<MetricsPage> pages) {
        Thread.ofPlatform().name("metrics").daemon().start(() -> {
            page = pages.get();
            serve();
        });
    }

    private void serve() {
        while (channel.isOpen()) {
            try (SocketChannel client = channel.accept()) {
                answer(client);
            } catch (IOException | RuntimeException e) {
                // Closed; or somebody who went away. Without file descriptors accept fails at once, again and again.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        }
    }

    private void answer(SocketChannel client) throws IOException {
        client.configureBlocking(false);
        long deadline = System.nanoTime() + PATIENCE_NS;
        try (Selector selector = Selector.open()) {
            SelectionKey key = client.register(selector, SelectionKey.OP_READ);
            String request = read(client, selector, deadline);
            if (request == null) {
                return;
            }
            ByteBuffer answer = ByteBuffer.wrap(answer(request));
            key.interestOps(SelectionKey.OP_WRITE);
            while (answer.hasRemaining() && awaits(selector, deadline)) {
                client.write(answer);
            }
        }
    }

    /// Null when there is none in time.
    private static String read(SocketChannel client, Selector selector, long deadline) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST_REQUEST);
        while (awaits(selector, deadline)) {
            int read = client.read(bytes);
            String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
            if (text.contains("\r\n\r\n") || !bytes.hasRemaining()) {
                return text;
            }
            if (read < 0) {
                return null;
            }
        }
        return null;
    }

    private static boolean awaits(Selector selector, long deadline) throws IOException {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        selector.selectedKeys().clear();
        return millis > 0 && selector.select(millis) > 0;
    }

    private byte[] answer(String request) throws IOException {
        Matcher matcher = REQUEST.matcher(request);
        if (!matcher.matches()) {
            return head("400 Bad Request", "text/plain", "not a request\n".getBytes(StandardCharsets.US_ASCII), true);
        }
        String method = matcher.group(1);
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return head("405 Method Not Allowed", "text/plain", "GET only\n".getBytes(StandardCharsets.US_ASCII), true);
        }
        boolean whole = method.equals("GET");
        if (!matcher.group(2).replaceFirst("\\?.*", "").equals("/metrics")) {
            return head("404 Not Found", "text/plain", "try /metrics\n".getBytes(StandardCharsets.US_ASCII), whole);
        }
        Matcher accept = ACCEPT.matcher(request);
        MetricsPage.Page now = page.page(accept.find() ? accept.group(1) : null);
        return head("200 OK", now.contentType(), now.bytes(), whole);
    }

    private static byte[] head(String status, String contentType, byte[] body, boolean whole) {
        byte[] head = ("HTTP/1.0 " + status + "\r\nContent-Type: " + contentType + "\r\nContent-Length: " + body.length
                + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        if (!whole) {
            return head;
        }
        return ByteBuffer.allocate(head.length + body.length).put(head).put(body).array();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (file != null) {
            Files.deleteIfExists(file);
        }
    }
}
