package exitbox.recorder;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// Where metrics are served: on a loopback address, or on a unix socket. Another address has to be asked for as such, for the
/// counts tell everybody who reaches it what this machine does.
///
/// @param file the socket's; null when it is none
record MetricsAddress(SocketAddress address, Path file) {
    private static final String UNIX = "unix:";
    private static final String PUBLIC = "public:";
    private static final int LONGEST_PATH = 107; // struct sockaddr_un

    /// From `127.0.0.1:9435`, `[::1]:9435`, `localhost:9435`, `unix:/run/exitbox/metrics.sock` or `public:10.0.0.5:9435`.
    static MetricsAddress parse(String text) {
        if (text.startsWith(UNIX)) {
            return unix(text, text.substring(UNIX.length()));
        }
        boolean isPublic = text.startsWith(PUBLIC);
        String rest = isPublic ? text.substring(PUBLIC.length()) : text;
        int colon = rest.lastIndexOf(':');
        String host = colon < 0 ? "" : rest.substring(0, colon).replaceFirst("^\\[(.*)]$", "$1");
        String port = rest.substring(colon + 1);
        if (host.isEmpty() || !port.matches("\\d{1,5}") || Integer.parseInt(port) > 65535 || Integer.parseInt(port) == 0) {
            throw wrong(text, "not an address and a port — try 127.0.0.1:9435 or unix:/run/exitbox/metrics.sock");
        }
        InetAddress address;
        try {
            // No look-up: a name server need not answer when the machine begins.
            address = InetAddress.ofLiteral(host.equals("localhost") ? "127.0.0.1" : host);
        } catch (IllegalArgumentException e) {
            throw wrong(text, "not an address — names other than localhost are not looked up");
        }
        if (!isPublic && !address.isLoopbackAddress()) {
            throw wrong(text, "not a loopback address, and whoever reaches it would read, without a password, what this machine does"
                    + " — if that is meant: " + PUBLIC + text);
        }
        return new MetricsAddress(new InetSocketAddress(address, Integer.parseInt(port)), null);
    }

    private static MetricsAddress unix(String text, String path) {
        try {
            Path file = Path.of(path);
            if (!file.isAbsolute() || path.length() > LONGEST_PATH) {
                throw wrong(text, "a socket's path begins with / and has " + LONGEST_PATH + " characters at most");
            }
            return new MetricsAddress(UnixDomainSocketAddress.of(file), file);
        } catch (InvalidPathException e) {
            throw wrong(text, "not a path");
        }
    }

    private static Failure wrong(String text, String what) {
        return new Failure(Failure.USAGE, "--metrics " + text + ": " + what, null);
    }
}
