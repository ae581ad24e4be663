package exitbox.analyzer.dialect;

import exitbox.analyzer.text.TextOut;
import exitbox.schemas.text.Escape;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A line under construction, by the conversions of C's printf that the tools use: no format is read at run time, and
/// only whole lines go to the stream. Not for several threads.
final class Line {
    private static final long SECOND = 1_000_000_000L;
    private static final long HUNDREDTH = 10_000_000L;
    private static final byte[] NOTHING = {'-'};
    // Below 2^23 s a double is off by less than half a nanosecond.
    private static final long EXACT = (1L << 23) * SECOND;

    private byte[] bytes = new byte[256];
    private int size;

    /// Writes the line and its end, and begins a new one.
    void end(TextOut out) {
        out.whole(bytes, size).line();
        size = 0;
    }

    /// What was written since the last end, and begins a new line.
    String take() {
        String text = new String(bytes, 0, size, StandardCharsets.UTF_8);
        size = 0;
        return text;
    }

    int size() {
        return size;
    }

    Line text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return raw(utf8, 0, utf8.length);
    }

    Line raw(byte[] from, int start, int length) {
        room(length);
        System.arraycopy(from, start, bytes, size, length);
        size += length;
        return this;
    }

    Line blank() {
        room(1);
        bytes[size++] = ' ';
        return this;
    }

    /// Blanks; none when the count is not positive.
    Line blanks(int count) {
        if (count > 0) {
            room(count);
            Arrays.fill(bytes, size, size + count, (byte) ' ');
            size += count;
        }
        return this;
    }

    /// Two digits.
    Line two(long value) {
        room(2);
        bytes[size++] = (byte) ('0' + value / 10);
        bytes[size++] = (byte) ('0' + value % 10);
        return this;
    }

    Line character(char c) {
        room(1);
        bytes[size++] = (byte) c;
        return this;
    }

    /// `%-7d`, and so on; `-` for [Exit#UNKNOWN].
    Line number(long value, int width) {
        if (value == Exit.UNKNOWN) {
            return character('-').blanks(width - 1);
        }
        room(20 + width);
        int start = size;
        long rest = value;
        if (rest < 0) {
            bytes[size++] = '-';
            rest = -rest;
        }
        int end = size + TextOut.length(rest);
        size = end;
        while (rest >= Integer.MAX_VALUE) {
            bytes[--end] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        int small = (int) rest;
        do {
            bytes[--end] = (byte) ('0' + small % 10);
            small /= 10;
        } while (small != 0);
        while (size < start + width) {
            bytes[size++] = ' ';
        }
        return this;
    }

    /// `%-7.2f` of nanoseconds as seconds in a double: ties are decided by the double's exact value, as C and Python do,
    /// and not by its shortest decimal form, as Java's `%.2f` does (0.015 is a little less: 0.01).
    Line seconds(long nanos, int width) {
        int start = size;
        if (nanos == Exit.UNKNOWN) {
            character('-');
        } else if (nanos < 0 || nanos >= EXACT || nanos % HUNDREDTH == HUNDREDTH / 2) {
            text(rounded(nanos / 1e9));
        } else {
            long hundredths = (nanos + HUNDREDTH / 2) / HUNDREDTH;
            number(hundredths / 100, 1).character('.').two(hundredths % 100);
        }
        return blanks(width - (size - start));
    }

    /// `%.2f` of a double.
    static String rounded(double value) {
        String text = new BigDecimal(value).setScale(2, RoundingMode.HALF_EVEN).toPlainString();
        // A negative number that rounds to nothing keeps its sign in C.
        return value < 0 && text.charAt(0) != '-' ? "-" + text : text;
    }

    /// `%-16s` of a name, with its control characters replaced. It is padded by what the tool would have printed.
    ///
    /// @param byPoints by code points as Python pads, else by bytes as C does
    Line name(Exit exit, int width, boolean byPoints) {
        byte[] comm = exit.comm();
        int from = exit.commFrom();
        int length = exit.commLength();
        for (int i = from; i < from + length; i++) {
            if (unusual(comm[i])) {
                String text = new String(comm, from, length, StandardCharsets.UTF_8);
                return printable(comm, from, length)
                        .blanks(width - (byPoints ? text.codePointCount(0, text.length()) : length));
            }
        }
        return raw(comm, from, length).blanks(width - length);
    }

    /// `%-16s` of a name from a column that is escaped reversibly, padded by bytes as C does; null for NULL.
    Line name(String escaped, int width) {
        byte[] name = unescaped(escaped);
        return printable(name, 0, name.length).blanks(width - name.length);
    }

    /// The bytes that a column of escaped text stands for; null for NULL.
    static byte[] unescaped(String escaped) {
        return escaped == null ? NOTHING : escaped.indexOf('\\') < 0 ? escaped.getBytes(StandardCharsets.UTF_8) : Escape.unescape(escaped);
    }

    /// Bytes as the tool would have printed them, but for what would steer a terminal.
    Line printable(byte[] text, int from, int length) {
        int end = from + length;
        int start = from;
        boolean unusual = false;
        for (int i = from; i <= end; i++) {
            // A backslash is nothing to escape here: it stands for itself, as in the tool.
            if (i == end || text[i] == '\\') {
                byte[] printable = unusual ? Escape.escape(text, start, i - start) : null;
                if (printable == null) {
                    raw(text, start, i - start);
                } else {
                    raw(printable, 0, printable.length);
                }
                if (i < end) {
                    character('\\');
                }
                start = i + 1;
                unusual = false;
            } else {
                unusual |= unusual(text[i]);
            }
        }
        return this;
    }

    // Bytes of UTF-8 are negative: some of what they stand for steers too.
    private static boolean unusual(byte b) {
        return b < 0x20 || b == 0x7f;
    }

    /// `%3d`, and so on; `-` for [Exit#UNKNOWN].
    Line right(long value, int width) {
        int digits = value == Exit.UNKNOWN ? 1 : TextOut.length(Math.abs(value)) + (value < 0 ? 1 : 0);
        return blanks(width - digits).number(value, 1);
    }

    /// `%-8.3f` of microseconds as seconds in a double; like [#seconds].
    Line sinceStart(long micros, int width) {
        int start = size;
        if (micros == Exit.UNKNOWN) {
            character('-');
        } else {
            text(new BigDecimal(micros / 1e6).setScale(3, RoundingMode.HALF_EVEN).toPlainString());
        }
        return blanks(width - (size - start));
    }

    private void room(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }
}
