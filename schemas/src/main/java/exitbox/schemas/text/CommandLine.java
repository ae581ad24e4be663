package exitbox.schemas.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Arguments as one line, each as a shell would want it quoted where it needs that: what a shell makes of the line,
/// before it is escaped, are the same arguments byte for byte.
public final class CommandLine {
    private static final String SAFE = "@%+=:,./-_^";

    private CommandLine() {}

    /// The line, escaped (see [Escape]); "" when there are no arguments.
    public static String text(List<byte[]> argv) {
        return Escape.escape(bytes(argv));
    }

    /// The same as UTF-8.
    public static byte[] utf8(List<byte[]> argv) {
        byte[] line = bytes(argv);
        return Escape.escape(line, 0, line.length);
    }

    static byte[] bytes(List<byte[]> argv) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (byte[] argument : argv) {
            if (line.size() > 0) {
                line.write(' ');
            }
            append(line, argument);
        }
        return line.toByteArray();
    }

    private static void append(ByteArrayOutputStream line, byte[] argument) {
        boolean safe = argument.length > 0;
        boolean single = false;
        // Between double quotes a shell still replaces these.
        boolean active = false;
        for (byte b : argument) {
            safe &= b < 0 || Character.isLetterOrDigit(b) || SAFE.indexOf(b) >= 0;
            single |= b == '\'';
            active |= b == '"' || b == '$' || b == '`' || b == '\\' || b == '!';
        }
        if (safe) {
            line.writeBytes(argument);
            return;
        }
        byte quote = (byte) (single && !active ? '"' : '\'');
        line.write(quote);
        for (byte b : argument) {
            if (b == quote) {
                line.writeBytes("'\\''".getBytes(StandardCharsets.US_ASCII));
            } else {
                line.write(b);
            }
        }
        line.write(quote);
    }
}
